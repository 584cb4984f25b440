"""Does what a scenario says of its script come to pass? Proved by running it."""

from collections.abc import Iterator, Sequence

from app.lessons.outcome import outcome
from app.rooms.guided import guided_run
from app.rooms.timeline import Timeline
from app.scenarios.misconceptions import Misconception, Said
from app.scenarios.scenario import Caption, Counted, Scenario
from app.scenarios.shape import nearest
from app.trace.commands import PlacedCommand
from app.trace.ranks import STORY, rank
from app.trace.sentences import sentence
from app.trace.verdicts import FindingChanged

Told = list[tuple[int, str]]
"""The transcript of one cluster: moments and sentences."""


def check_captions(scenario: Scenario, seed: int | None = None) -> list[str]:
    """A sentence for each caption and count that does not hold; `seed` None: the scenario's own."""
    if not scenario.captions and not scenario.verdicts:
        return []
    timeline = Timeline(scenario, scenario.seed if seed is None else seed, scenario.script)
    timeline.run_until(scenario.spoken_until)
    told = {name: _told(timeline, name) for name in timeline.tracks}
    troubles = []
    for place, caption in enumerate(scenario.captions):
        trouble = _caption(caption, scenario.captions, told[caption.cluster])
        troubles += [f"captions[{place}]: {trouble}"] if trouble else []
    for place, counted in enumerate(scenario.verdicts):
        troubles += [f"verdicts[{place}]: {trouble}" for trouble in _counted(counted, timeline)]
    return troubles


def check_misconception(one: Misconception, scenario: Scenario) -> list[str]:
    """A sentence for all that the scene, its guide and the variants do not show, and should."""
    troubles = check_captions(scenario)
    if scenario.guide:
        room = guided_run(scenario, None, "").room
        timeline = room.timeline(room.fold.current.id)
    else:
        timeline = _played(scenario, scenario.script)
    told = {name: _told(timeline, name) for name in timeline.tracks}
    troubles += [f"said: {trouble}" for trouble in _said(one.said, told)]
    for variant in one.variants:
        timeline = _played(scenario, variant.of(scenario))
        told = {name: _told(timeline, name) for name in timeline.tracks}
        troubles += [f"{variant.title}: {trouble}" for trouble in _said(variant.said, told)]
        for name in told if (variant.lost, variant.stale) != (None, None) else ():
            counted = Counted(timeline.horizon, name, variant.lost, variant.stale)
            troubles += [f"{variant.title}: {trouble}" for trouble in _counted(counted, timeline)]
        for no in variant.never:
            if no.says in (words for _, words in told[no.cluster]):
                troubles.append(f"{variant.title}: {no.cluster} says “{no.says}”. Correct it.")
    return troubles


def _played(scenario: Scenario, commands: tuple[PlacedCommand, ...]) -> Timeline:
    """A script run until every answer is there."""
    timeline = Timeline(scenario, scenario.seed, commands)
    timeline.run_until(scenario.spoken_until)
    timeline.run_to_answers(scenario.spoken_until + 10 * scenario.client_timeout_us)
    return timeline


def _said(wanted: Sequence[Said], told: dict[str, Told]) -> Iterator[str]:
    """For each sentence that is not said, the nearest that is."""
    for one in wanted:
        said = [words for _, words in told[one.cluster]]
        if one.says not in said:
            yield f"{one.cluster} does not say “{one.says}”. {nearest(one.says, said)}"


def _told(timeline: Timeline, cluster: str) -> Told:
    spec, types = timeline.scenario.cluster(cluster), timeline.scenario.types
    assert spec is not None
    events = timeline.events(timeline.horizon)[cluster]
    return [(e.at, sentence(spec.design, e, types)) for e in events if rank(e) >= STORY]


def _caption(caption: Caption, captions: Sequence[Caption], told: Told) -> str:
    """Why it does not hold, with a remedy; empty when it does."""
    since = max(
        (c.at_us for c in captions if c.cluster == caption.cluster and c.at_us < caption.at_us),
        default=-1,
    )
    said = [words for at, words in told if since < at <= caption.at_us]
    if caption.says in said:
        return ""
    begun = f"after {since / 1e6:.3f} s and " if since >= 0 else ""
    remedy = nearest(caption.says, said) if said else "It says nothing then: give another moment."
    return (
        f"The transcript of {caption.cluster} does not say “{caption.says}” {begun}by "
        f"{caption.at_us / 1e6:.3f} s. {remedy}"
    )


def _counted(counted: Counted, timeline: Timeline) -> list[str]:
    name, at = counted.cluster, counted.at_us
    verdicts = timeline.judgements(at)
    stale = [
        row.count
        for row in verdicts[name]
        if isinstance(row, FindingChanged) and row.check == "stale_reads"
    ]
    counts = (
        ("lost writes", counted.lost, outcome(timeline.events(at), verdicts)[name].lost()),
        ("stale reads", counted.stale, stale[-1] if stale else 0),
    )
    return [
        f"{name} has {count} {what} at {at / 1e6:.3f} s, not {wanted}. Correct the count."
        for what, wanted, count in counts
        if wanted is not None and wanted != count
    ]
