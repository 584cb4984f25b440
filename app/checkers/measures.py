"""What can be measured of a run up to a moment: do copies agree, who was answered and how fast,
how many versions stood side by side. Each is a fold of one cluster's trace, and one sentence.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from app.checkers.answers import Answer, answers, milliseconds, tally
from app.checkers.because import both, name
from app.checkers.holdings import Holdings, Logs
from app.checkers.judge import Judge
from app.checkers.key_judge import KeyJudge
from app.trace.events import (
    ClusterStarted,
    OperationReturned,
    SiblingsFormed,
    TraceEvent,
)
from app.trace.values import carts


class Measure(Struct, frozen=True):
    """`verdict`: holds, broken or cannot_tell; empty where nothing was promised."""

    title: str
    says: str
    verdict: str = ""


def measures(events: Sequence[TraceEvent]) -> list[Measure]:
    """All of them; of no events none."""
    if not events or not isinstance(events[0], ClusterStarted):
        return []
    return [*converged(events), *answered(events), versions(events)]


# ---- do the copies agree -------------------------------------------------------------------------


def converged(events: Sequence[TraceEvent]) -> Iterator[Measure]:
    """For each key: do all nodes that run and keep it hold the same, and since when? Until they do
    nothing can be said, for they may come to it yet."""
    start = events[0]
    assert isinstance(start, ClusterStarted)
    judge = Judge("", start.design)
    since: dict[str, int] = {}
    written: dict[str, int] = {}
    for event in events:
        judge.observe(event)
        if isinstance(event, OperationReturned) and event.kind == "write":
            written[event.key] = event.at
        for key, one in judge.keys.items():
            if len(set(_held(start, judge, one).values())) > 1:
                since.pop(key, None)
            else:
                since.setdefault(key, event.at)
    for key, one in judge.keys.items():
        held = _held(start, judge, one)
        if key in since:
            took = since[key] - written.get(key, 0)
            what = f"{both(sorted(held))} hold the same since {since[key] / 1e6:.3f} s"
            how = f", {milliseconds(took)} after the last answer to a write" if took > 0 else ""
            says, verdict = f"{what}{how if key in written else ''}.", "holds"
        else:
            first = min(held)
            other = next(node for node in sorted(held) if held[node] != held[first])
            says = f"{first} and {other} hold different things; they may come to the same yet."
            verdict = "cannot_tell"
        yield Measure(f"Converged, {key}", says, verdict)


def _held(start: ClusterStarted, judge: Judge, one: KeyJudge) -> dict[str, tuple[str, ...]]:
    """Of each node that runs and keeps the key, the values that it holds."""
    holdings: Holdings = one.state.holdings
    down = judge.state.reachability.down
    arbiters = int(dict(start.settings).get("arbiters", "0"))
    nodes: Iterable[str] = start.nodes[: len(start.nodes) - arbiters]
    if isinstance(holdings, Logs):
        if one.state.shard:
            nodes = start.shards[one.state.shard - 1][0]
        return {
            node: tuple([v for _, v in reversed(holdings.logs.get(node, [])) if v][:1])
            for node in nodes
            if node not in down
        }
    if int(dict(start.settings).get("n", len(start.nodes))) < len(start.nodes):
        nodes = holdings.held
    return {node: tuple(sorted(holdings.held.get(node, ()))) for node in nodes if node not in down}


# ---- who was answered ----------------------------------------------------------------------------


def answered(events: Sequence[TraceEvent]) -> Iterator[Measure]:
    """Availability and latency of each group of clients: of a region, or of those that enter at one
    node."""
    start = events[0]
    assert isinstance(start, ClusterStarted)
    groups: dict[str, list[str]] = {}
    regions = dict(start.regions)
    for client, entry in (*start.clients, *start.background):
        where = f"in {regions[client]}" if client in regions else f"through {entry}"
        groups.setdefault(where, []).append(client)
    found = answers(events)
    for where, clients in groups.items():
        chosen = [one for one in found if one.client in clients]
        if chosen:
            yield Measure(f"Answered {where}", _answered(clients, chosen))


def _answered(clients: Sequence[str], chosen: Sequence[Answer]) -> str:
    parts = []
    for kind in ("read", "write"):
        asked = [one for one in chosen if one.kind == kind]
        ok = sum(1 for one in asked if one.outcome == "ok")
        if asked:
            parts.append(f"{ok} of {len(asked)} {kind}s OK")
    spread = tally(chosen).ok
    if spread.p50 is not None and spread.p99 is not None:
        parts.append(f"p50 {milliseconds(spread.p50)}, p99 {milliseconds(spread.p99)}")
    who = name(clients[0]) if len(clients) == 1 else f"{len(clients)} clients"
    return f"{who}: {'; '.join(parts)}."


# ---- versions side by side -----------------------------------------------------------------------


def versions(events: Iterable[TraceEvent]) -> Measure:
    """Conflicts that nodes met, and the most versions that one read was shown."""
    met, most = 0, 0
    for event in events:
        if isinstance(event, SiblingsFormed):
            met += 1
        elif isinstance(event, OperationReturned) and event.kind == "read":
            most = max(most, len(carts(event.values)))
    if not met and most < 2:
        return Measure(
            "Conflicts", "No node met two versions, and no read was shown more than one."
        )
    times = "once" if met == 1 else f"{met} times"
    return Measure(
        "Conflicts",
        f"Nodes came to hold versions side by side {times}; one read was shown up to {most}.",
    )
