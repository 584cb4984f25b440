"""Where a simulation stops: at the first story, or when nobody waits for an answer any more.

Both stop after a whole moment, in both clusters alike, so that a snapshot can be taken there.
"""

from collections.abc import Callable, Sequence

from app.protocols.client import Client
from app.scenarios.simulation import Simulation
from app.trace.ranks import is_story


def run_to_story(simulation: Simulation, limit: int) -> int | None:
    """Simulate on to the first moment with a story; None, at `limit`, if there is none until then.

    The rows on the way stay in the kernels' traces.
    """
    kernels = [cluster.kernel for cluster in simulation.clusters.values()]
    traces = [kernel.trace for kernel in kernels]
    seen = [len(trace) for trace in traces]

    def told() -> bool:
        found = False
        for place, trace in enumerate(traces):
            if len(trace) > seen[place]:
                found = found or any(map(is_story, trace[seen[place] :]))
                seen[place] = len(trace)
        return found

    return _run_on(simulation, limit, told)


def waiting(simulation: Simulation, clients: Sequence[str]) -> bool:
    """Does any of these clients wait for an answer, in any cluster?"""
    return any(one.state.busy is not None for one in _both(simulation, clients))


def run_to_answers(simulation: Simulation, clients: Sequence[str], limit: int) -> None:
    """Simulate on until none of these clients waits for an answer, at most to `limit`."""
    asked = _both(simulation, clients)
    _run_on(simulation, limit, lambda: all(one.state.busy is None for one in asked))


def _both(simulation: Simulation, clients: Sequence[str]) -> list[Client]:
    """The clients of these names, in every cluster."""
    return [cluster.client(name) for cluster in simulation.clusters.values() for name in clients]


def _run_on(simulation: Simulation, limit: int, enough: Callable[[], bool]) -> int | None:
    """Moment by moment until it is enough: that moment. None, at `limit`, if it never is."""
    while (at := simulation.next_at()) is not None and at <= limit:
        simulation.run_until(at)
        if enough():
            return at
    simulation.run_until(limit)
    return None
