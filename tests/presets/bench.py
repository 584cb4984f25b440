"""The bench of the presets: three nodes on wires of 1 ms, settings from the preset's own file.

`stand` gives a run of the preset with the changes that a scenario names; the rest is the bench of
acknowledgements (`tests/protocols/leader_follower/bench.py`). Nodes are n1 (leads first), n2, n3.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.main import read_presets
from app.trace.commands import AnyCommand
from app.trace.events import OperationReturned, RequestRefused, TraceEvent
from tests.protocols.leader_follower import bench as acknowledgements
from tests.protocols.leader_follower.bench import (
    MS,
    SECOND,
    Step,
    broken,
    logs,
    of,
    shown,
    status,
    told,
)

__all__ = [
    "MS", "PRESETS", "SECOND", "Step", "at", "broken", "holders", "logs", "of", "outcomes",
    "refusals", "shown", "stand", "status", "told", "values",
]  # fmt: skip
PRESETS = read_presets()


def values(name: str, variant: str = "") -> dict[str, str | int]:
    """What the file says, and what its variant changes."""
    preset = PRESETS[name]
    return {**preset.values, **(preset.variant(variant) if variant else {})}


def stand(
    name: str,
    *steps: Step,
    until: int,
    variant: str = "",
    changed: Mapping[str, Any] | None = None,
    **bench: Any,
) -> list[TraceEvent]:
    """Run (µs, commands) on a preset. `changed`: settings that the scenario changes; `bench`: of
    the bench, such as entries, links, patience, nodes."""
    settings = {**values(name, variant), **(changed or {})}
    return acknowledgements.bench(*steps, until=until, **bench, **settings)


def at(seconds: float, *commands: AnyCommand) -> Step:
    return round(seconds * SECOND), list(commands)


def outcomes(trace: Sequence[TraceEvent]) -> dict[str, tuple[str, str]]:
    """(outcome, reason) of every operation that has an answer."""
    return {e.op: (e.outcome, e.reason) for e in trace if isinstance(e, OperationReturned)}


def refusals(trace: Sequence[TraceEvent]) -> list[tuple[str, str]]:
    """(node, reason) of every refusal, in order."""
    return [(e.node, e.reason) for e in trace if isinstance(e, RequestRefused)]


def holders(trace: list[TraceEvent], op: str) -> set[str]:
    """The nodes in whose log a write is at the end: copies(k) of a scenario."""
    return {node for node, log in logs(trace).items() if op in log}
