"""Commands to clients carried out in one cluster: where one enters, whether it asks again, where it
is, and whether the background clients work."""

from typing import Any, cast

from msgspec.structs import replace

from app.protocols.client import Client
from app.protocols.client_state import Retries
from app.protocols.finding import ENTRY_ALONE, Finding
from app.protocols.intents import Intent
from app.protocols.leader_follower.observer import PROXY
from app.protocols.leader_follower.shards import shard_of
from app.protocols.leaderless.library import ROUTED, RoutedClient
from app.protocols.leaderless.settings import LeaderlessSettings
from app.scenarios.scenario import Scenario
from app.scenarios.workload import Load, load_keys
from app.sim.kernel import Kernel
from app.trace.commands import ConfigureClient
from app.trace.events import ClientChanged, FaultIgnored, WorkloadChanged
from app.trace.values import CART


def clients_of(scenario: Scenario, settings: Any) -> dict[str, Client]:
    """The clients' processes, the background's too; whom they ask is the cluster's routing."""
    timeout_us, finding = scenario.client_timeout_us, _finding(scenario, settings)
    background = [(name, entry, "off") for name, entry in scenario.background]
    shoppers = [(client.name, client.entry, client.retries) for client in scenario.clients]
    if isinstance(settings, LeaderlessSettings) and settings.coordinator in ROUTED:
        keys = (*scenario.types, *dict(load_keys(scenario.workload)))
        around = scenario.nodes, settings, keys, scenario.geography.region_of
        return {
            name: RoutedClient(name, entry, timeout_us, cast(Retries, retries), *around)
            for name, entry, retries in (*shoppers, *background)
        }
    return {
        name: Client(name, entry, timeout_us, cast(Retries, retries), finding)
        for name, entry, retries in (*shoppers, *background)
    }


def _finding(scenario: Scenario, settings: Any) -> Finding:
    routing = getattr(settings, "routing", "forward")
    if routing == "proxy":
        return Finding(via=PROXY)
    if routing != "direct":
        return ENTRY_ALONE
    keys = (*scenario.types, *dict(load_keys(scenario.workload)))
    groups = shard_of(keys, settings.shards) if settings.shards > 1 else {}
    return Finding("", True, settings.find_leader_us, groups)


def tell_clients(kernel: Kernel, settings: Any) -> None:
    """The settings have changed; those hear of it that coordinate, or choose who does."""
    for process in kernel.processes.values():
        if isinstance(process, RoutedClient):
            process.configure(settings)


def is_parted(settings: Any) -> bool:
    """Do parts of a cart go by a rule of their own, beside whole values?"""
    cart = getattr(settings, "cart", "as_written")
    return cart in ("two_phase", "cells") or (cart == "or_set" and settings.conflict != "siblings")


def as_taken(settings: Any, intent: Intent) -> Intent:
    """The intent as this side takes it: a type that merges is told the change alone."""
    if intent.action == "delete" and intent.type == CART and is_parted(settings):
        # One whole value cannot take the place of parts; the coordinator says so.
        return replace(intent, write="operation")
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
