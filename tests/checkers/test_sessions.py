"""The promises that are followed while a run goes on: what breaks them, and what only looks so."""

import pytest

from app.checkers.judge import Judge
from app.checkers.outside.pasts import SESSION_PROMISES
from app.trace.events import VersionsStored
from app.trace.values import StoredVersion
from app.trace.verdicts import FindingChanged
from tests.checkers.traces import Tale, judged


def tale(text: str, design: str = "leaderless") -> Tale:
    """`phone+a` writes a and is told OK, `phone+b<a` having read a; `laptop?a,b` is shown a and b;
    `log:a,b` is what stands in the log, in this order."""
    told, ids = Tale(design), dict[str, str]()
    for count, word in enumerate(text.split(), 1):
        if word.startswith("log:"):
            for label in word[4:].split(","):
                told.append("n1 n2", ids[label])
        elif "+" in word:
            client, what = word.split("+")
            label, _, read = what.partition("<")
            op = f"{client}-{count}"
            ids[label] = op
            context = " ".join(ids[one] for one in read.split(",") if one)
            told.add(op, label, context=context).told(op)
        else:
            client, what = word.split("?")
            shown = [ids[one] for one in what.split(",") if one]
            told.asks(f"{client}-{count}").shown(f"{client}-{count}", *shown)
    return told


@pytest.mark.parametrize(
    ("design", "text", "broken"),
    [
        ("leaderless", "phone+a phone?", {"read_your_writes"}),
        ("leaderless", "phone+a phone?a", set()),
        ("leaderless", "phone+a laptop+b phone?b", {"read_your_writes"}),
        ("leaderless", "phone+a laptop+b<a phone?b", set()),
        ("leader_follower", "phone+a laptop+b log:b,a phone?b", {"read_your_writes"}),
        ("leader_follower", "phone+a laptop+b log:a,b phone?b", set()),
        ("leaderless", "phone+a laptop?a laptop?", {"monotonic_reads"}),
        ("leaderless", "phone+a laptop? laptop?a", set()),
        ("leaderless", "phone+a tablet+b laptop?a laptop?b laptop?a,b", {"monotonic_reads"}),
        ("leader_follower", "phone+a tablet+b log:a,b laptop?a laptop?b", set()),
        ("leader_follower", "phone+a tablet+b log:a,b laptop?b laptop?a", {"monotonic_reads"}),
        ("leaderless", "phone+a phone+b laptop?b", {"monotonic_writes"}),
        ("leaderless", "phone+a phone+b<a laptop?b", set()),
        ("leader_follower", "phone+a phone+b log:b,a laptop?b", {"monotonic_writes"}),
        ("leader_follower", "phone+a phone+b log:a,b laptop?b", set()),
        ("leaderless", "phone+a laptop?a laptop+b tablet?b", {"writes_follow_reads"}),
        ("leaderless", "phone+a laptop+b watch?a tablet?b", set()),
        ("leaderless", "phone+a laptop?a laptop+b<a tablet?b", set()),
        ("leader_follower", "phone+a laptop?a laptop+b log:b,a tablet?b", {"writes_follow_reads"}),
    ],
)
def test_each_promise_to_a_client(design: str, text: str, broken: set[str]) -> None:
    rows = [
        row for row in judged(design, tale(text, design).events) if isinstance(row, FindingChanged)
    ]
    told = {row.check: row for row in rows if row.check in SESSION_PROMISES}
    assert set(told) == (broken | {"causal"} if broken else set()), text


@pytest.mark.parametrize(
    ("text", "promise", "evidence", "words"),
    [
        (
            "phone+a phone?",
            "read_your_writes",
            (1, 2, 3, 4),
            "Phone was shown a cart without its own",
        ),
        (
            "tablet+x phone+a laptop?a laptop?",
            "monotonic_reads",
            (3, 4, 5, 6, 7, 8),
            "had been shown before",
        ),
        (
            "phone+a phone+b tablet? laptop?b",
            "monotonic_writes",
            (1, 2, 3, 4, 7, 8),
            "what Phone wrote after it",
        ),
        (
            "phone+a laptop?a laptop+b tablet?b",
            "writes_follow_reads",
            (1, 2, 3, 4, 5, 6, 7, 8),
            "a write of its reader",
        ),
        (
            "phone+a laptop?a laptop+b tablet+z tablet?b tablet+c watch?c",
            "causal",
            (1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 14),
            "what came of it",
        ),
    ],
)
def test_the_evidence_is_the_chain_from_the_write_to_the_read(
    text: str, promise: str, evidence: tuple[int, ...], words: str
) -> None:
    rows = judged("leaderless", tale(text).events)
    found = [row for row in rows if isinstance(row, FindingChanged) and row.check == promise]
    last = next(row for row in found if row.evidence[-1] == len(tale(text).events) - 1)
    assert last.evidence == evidence
    assert words in last.because


def test_how_many_disks_had_it_at_its_ok_is_told_when_it_was_never_so_few() -> None:
    told = Tale("leaderless").add("phone-1", "milk").holds("n1 n2 n3", "phone-1").told("phone-1")
    told.add("phone-2", "eggs", context="phone-1").holds("n2", "phone-2").told("phone-2")
    told.add("phone-3", "tea", context="phone-2").holds("n1 n2", "phone-3").told("phone-3")
    rows = [row for row in judged("leaderless", told.events) if isinstance(row, FindingChanged)]
    copies = [row for row in rows if row.check == "durable_copies"]
    assert [row.count for row in copies] == [3, 1]
    assert copies[1].because == "n2 had eggs when Phone was told OK."


def test_a_key_that_is_changed_step_by_step_is_left_to_the_search() -> None:
    told = Tale("leaderless").add("phone-1", "milk").told("phone-1")
    event = told.events[1]
    told.events[1] = type(event)(*[*list(_fields(event))[:-2], "operation", "cart"])
    rows = [row for row in judged("leaderless", told.events) if isinstance(row, FindingChanged)]
    found = next(row for row in rows if row.check == "linearizable")
    assert (found.verdict, found.count) == ("cannot_tell", 0)
    assert "Phone changes by a step the cart" in found.because


def _fields(event: object) -> list[object]:
    return [getattr(event, name) for name in event.__struct_fields__]  # type: ignore[attr-defined]


def test_where_the_last_write_wins_a_later_stamp_is_newer() -> None:
    for stamps, broken in (((1, 2), False), ((2, 1), True)):
        told = Tale("leaderless").add("phone-1", "milk").told("phone-1")
        told.add("laptop-2", "eggs").told("laptop-2")
        for op, stamp in zip(("phone-1", "laptop-2"), stamps, strict=True):
            version = StoredVersion(told.values[op], (), stamp)
            told.tell(VersionsStored, "n1", "", "write", (version,))
        told.asks("phone-3").shown("phone-3", "laptop-2")
        rows = judged("leaderless", told.events)
        checks = {row.check for row in rows if isinstance(row, FindingChanged)}
        assert ("read_your_writes" in checks) is broken, stamps


def test_pasts_are_made_again_as_they_were() -> None:
    events = tale("phone+a phone+b laptop?b").events
    for at in range(1, len(events)):
        first = Judge("", "leaderless")
        rows = [row for event in events[:at] for row in first.observe(event)]
        second = Judge.restore("", "leaderless", first.snapshot())
        rows += [row for event in events[at:] for row in second.observe(event)]
        assert rows == judged("leaderless", events), at
