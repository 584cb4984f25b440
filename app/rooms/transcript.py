"""A run in words, and a run in lines of JSON."""

from collections.abc import Iterator
from heapq import merge
from typing import Any

from app.checkers.answers import Spread, answers, milliseconds, tally
from app.checkers.stale_reads import READ_WORDS
from app.checkers.status import STATUS_WORDS
from app.rooms.guided import GuidedRun
from app.trace.codec import LEGEND, decode_events, decode_verdicts, encode
from app.trace.events import AnyEvent, OperationReturned
from app.trace.ranks import STORY, rank
from app.trace.sentences import minus, sentence
from app.trace.values import CART
from app.trace.verdicts import AnyVerdict, FindingChanged, StatusChanged

Line = tuple[int, str, int, int, Any]
"""(at, cluster, seq, 0 event or 1 verdict, row): how the views merge."""


def rows(run: GuidedRun) -> list[Line]:
    """All rows of both clusters in the order of the views."""
    tracks: list[list[Line]] = []
    for frame in run.room.rows({}):
        events: list[AnyEvent] = decode_events(bytes(frame.rows))
        verdicts: list[AnyVerdict] = decode_verdicts(bytes(frame.verdicts))
        tracks.append([(e.at, frame.cluster, e.seq, 0, e) for e in events])
        tracks.append([(v.at, frame.cluster, v.after, 1, v) for v in verdicts])
    return list(merge(*tracks, key=lambda line: line[:4]))


def jsonl(run: GuidedRun) -> Iterator[str]:
    """A header, then a row a line."""
    fold = run.room.fold
    header = {
        "scenario": fold.scenario,
        "seed": fold.seed,
        "engine": run.engine,
        "commands": fold.current.commands,
        "legend": LEGEND,
    }
    yield encode(header).decode()
    for _, cluster, _, _, row in rows(run):
        yield encode({"cluster": cluster, "row": row}).decode()


def transcript(run: GuidedRun) -> Iterator[str]:
    """The story in English: the script, a chapter a step of the guide,
    then what was told and what is true."""
    scenario = run.room.scenario
    designs = {spec.name: spec.design for spec in scenario.clusters}
    width = max(len(name) for name in designs)
    chapters = iter(run.chapters)
    yield f"{scenario.title}. Seed {run.room.fold.seed}."
    end = -1
    for at, cluster, _, is_verdict, row in rows(run):
        if is_verdict or rank(row) < STORY:
            continue
        if at > end:
            button, end = next(chapters, ("The start", at))
            yield ""
            yield f"{button}."
        said = sentence(designs[cluster], row, scenario.types)
        yield f"  {at / 1e6:6.3f} s  {cluster:<{width}}  {said}"
    yield ""
    yield "Told and true."
    yield from _ledger(run, list(designs))
    yield ""
    yield "Counts."
    yield from _counts(run, list(designs))


def _ledger(run: GuidedRun, clusters: list[str]) -> Iterator[str]:
    told: dict[tuple[str, str], OperationReturned] = {}
    now: dict[tuple[str, str], str] = {}
    for _, cluster, _, _, row in rows(run):
        if isinstance(row, OperationReturned):
            told[(cluster, row.op)] = row
            if row.kind == "read" and row.outcome == "ok":
                now[(cluster, row.op)] = READ_WORDS["fresh"]
        elif isinstance(row, StatusChanged):
            now[(cluster, row.op)] = STATUS_WORDS[row.status]
        elif isinstance(row, FindingChanged) and row.check == "stale_reads":
            now[(cluster, row.op)] = READ_WORDS["stale"]
    words = {"ok": "OK", "failed": "Refused", "unknown": "No answer"}
    ops = dict.fromkeys(op for _, op in told)
    for op in ops:
        first = next(told[(c, op)] for c in clusters if (c, op) in told)
        sides = []
        for cluster in clusters:
            row = told.get((cluster, op))
            answer = words[row.outcome] if row else "–"
            sides.append(f"{cluster}: {answer} → {now.get((cluster, op), '–')}")
        key = "" if first.key == CART else f"{first.key} "
        what = f"{first.client.capitalize()} {first.action} {key}{minus(first.item)}".strip()
        yield f"  {what:<20} {'   '.join(sides)}"


def _counts(run: GuidedRun, clusters: list[str]) -> Iterator[str]:
    """A line a cluster: the counters of the stage, then the latencies of reads and of writes."""
    lines = rows(run)
    width = max(len(name) for name in clusters)
    for name in clusters:
        own = [row for _, cluster, _, _, row in lines if cluster == name]
        broken = {row.check: row.count for row in own if isinstance(row, FindingChanged)}
        counts = tally(answers(own))
        told = {
            "lost": broken.get("lost_writes", 0),
            "stale": broken.get("stale_reads", 0),
            "refused": counts.refused,
            "no answer": counts.no_answer,
        }
        for check, word in (("resurrected_items", "back"), ("false_siblings", "false siblings")):
            if check in broken:
                told[word] = broken[check]
        words = "   ".join(f"{word} {count}" for word, count in told.items())
        yield f"  {name:<{width}}  {words}   {_latency('OK', counts.ok)}"
        for kind, spread in (("reads", counts.reads), ("writes", counts.writes)):
            if spread.count:
                yield f"  {'':<{width}}  {_latency(kind, spread)}"


def _latency(what: str, spread: Spread) -> str:
    if spread.p50 is None or spread.p95 is None or spread.p99 is None:
        return f"{what} 0"
    parts = (("p50", spread.p50), ("p95", spread.p95), ("p99", spread.p99))
    times = "  ".join(f"{name} {milliseconds(us)}" for name, us in parts)
    return f"{what} {spread.count}: {times}"
