"""Commands to clients carried out in one cluster: where one enters, whether it asks again, where it
is, and whether the background clients work."""

from typing import Any, cast

from msgspec.structs import replace

from app.protocols.client import Client, Intent, Retries
from app.protocols.leader_follower.observer import PROXY
from app.scenarios.scenario import Scenario
from app.scenarios.workload import Load
from app.sim.kernel import Kernel
from app.trace.commands import ConfigureClient
from app.trace.events import ClientChanged, FaultIgnored, WorkloadChanged


def clients_of(scenario: Scenario, settings: Any) -> dict[str, Client]:
    """The clients' processes, the background's too; whom they ask is the cluster's routing."""
    routing, timeout_us = getattr(settings, "routing", "forward"), scenario.client_timeout_us
    via = PROXY if routing == "proxy" else ""
    background = [(name, entry, "off") for name, entry in scenario.background]
    shoppers = [(client.name, client.entry, client.retries) for client in scenario.clients]
    return {
        name: Client(name, entry, timeout_us, cast(Retries, retries), via, routing == "direct")
        for name, entry, retries in (*shoppers, *background)
    }


def as_taken(settings: Any, intent: Intent) -> Intent:
    """The intent as this side takes it: a type that merges is told the change alone."""
    rule = {"add": "cart", "remove": "cart", "increment": "counter"}.get(intent.action, "")
    if getattr(settings, rule, "as_written") == "as_written":
        return intent
    return replace(intent, write="operation")


def change_client(kernel: Kernel, client: Client, change: ConfigureClient) -> None:
    """Entry and retries hold from its next operation on; its region for all that is sent now."""
    name, setting, value = change.client, change.setting, change.value
    state = client.state
    before = {
        "entry": state.entry,
        "retries": state.retries,
        "region": kernel.region_of.get(name, ""),
    }
    if before[setting] == value:
        reason = f"{name} has {setting} {value} already"
        kernel.emit(FaultIgnored, f"set {setting} of {name} to {value}", reason)
        return
    kernel.emit(ClientChanged, name, setting, value)
    match setting:
        case "entry":
            state.entry = value
        case "retries":
            state.retries = cast(Retries, value)
        case "region":
            kernel.move(name, value)


def say_workload(kernel: Kernel, load: Load, switched: bool) -> None:
    """The background clients begin or stop, or did so before."""
    kernel.cause = None
    workload, state = load.workload, "on" if load.on else "off"
    if workload is None or not switched:
        reason = f"the workload is {state} already" if workload else "there is no workload"
        kernel.emit(FaultIgnored, f"switch the workload {state}", reason)
        return
    rates = workload.clients, workload.per_second, workload.reads_percent
    kernel.emit(WorkloadChanged, state, *rates)
