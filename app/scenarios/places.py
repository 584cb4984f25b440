"""Regions, round trips and the background workload of a file: what can work, and why not.

Each function raises Misfit with the path of what is wrong.
"""

from itertools import combinations

from app.scenarios.scenario import BESIDE, Scenario
from app.scenarios.shape import Misfit, Path, nearest, shown
from app.scenarios.workload import load_keys
from app.sim.network import link_name

WHAT = {"nodes": "node", "clients": "client", "beside": "process beside the nodes"}


def check_places(scenario: Scenario) -> None:
    """Raise Misfit for the first of these things that cannot work."""
    _regions(scenario)
    _round_trips(scenario)
    _workload(scenario)


def _regions(scenario: Scenario) -> None:
    """Everybody is in exactly one; who stands beside the nodes, in one at most."""
    if not scenario.regions:
        return
    clients = tuple(client.name for client in scenario.clients)
    named: dict[str, bool] = {}
    region_of: dict[str, str] = {}
    for place, region in enumerate(scenario.regions):
        path: Path = ("regions", place)
        if region.name in named:
            wrong = f"The region {region.name} is there twice."
            raise Misfit((*path, "name"), wrong, "Give each another name.")
        named[region.name] = True
        for key, known in (
            ("nodes", scenario.nodes),
            ("clients", clients),
            ("beside", BESIDE),
        ):
            for number, name in enumerate(getattr(region, key)):
                at = (*path, key, number)
                if name not in known:
                    wrong = f"There is no {WHAT[key]} {shown(name)}."
                    raise Misfit(at, wrong, nearest(name, known))
                if name in region_of:
                    wrong = f"{name} is in {region_of[name]} already."
                    raise Misfit(at, wrong, "Leave it out of one of them.")
                region_of[name] = region.name
    for name in (*scenario.nodes, *clients):
        if name not in region_of:
            wrong = f"{name} is in none of them."
            raise Misfit(("regions",), wrong, f"Give {name} to one region.")


def _round_trips(scenario: Scenario) -> None:
    """Each pair of regions has exactly one."""
    regions = [region.name for region in scenario.regions]
    known: dict[str, bool] = {}
    for place, trip in enumerate(scenario.round_trips):
        path: Path = ("round_trips", place, "between")
        for number, name in enumerate(trip.between):
            if name not in regions:
                wrong = f"There is no region {shown(name)}."
                raise Misfit((*path, number), wrong, nearest(name, regions))
        a, b = trip.between
        if a == b:
            wrong = f"Within {a} the delays of the network hold."
            raise Misfit(path, wrong, "Name two different regions.")
        pair = link_name(a, b)
        if pair in known:
            raise Misfit(path, f"{pair} is there twice.", "Leave one of them out.")
        known[pair] = True
    for a, b in combinations(regions, 2):
        if link_name(a, b) not in known:
            wrong = f"None is given between {a} and {b}."
            raise Misfit(("round_trips",), wrong, f'Give between = ["{a}", "{b}"] and ms.')


def _workload(scenario: Scenario) -> None:
    """Its clients have names that nobody else has."""
    taken = (*scenario.nodes, *(client.name for client in scenario.clients))
    for name in scenario.workload.names if scenario.workload else ():
        if name in taken:
            wrong = f"{name} is the name of a background client, and of another one here."
            raise Misfit(("workload", "clients"), wrong, "Give the other one another name.")
    for name, _ in load_keys(scenario.workload):
        if name in scenario.types:
            wrong = f"{name} is a key of the background clients, and another one here."
            raise Misfit(("workload", "clients"), wrong, "Give the other one another name.")
