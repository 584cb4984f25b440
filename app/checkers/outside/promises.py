"""Every promise that can be judged by what clients saw alone: what it says, who defined it, its
check, and histories that break it (`breaks`) or only look as if they did (`tempts`).

In this order each comes before what it implies. Examples start with 0 everywhere.
"""

from collections.abc import Callable, Hashable, Sequence

from msgspec import Struct

from app.checkers.outside import causal, regular, search, sessions, staleness
from app.checkers.outside.judged import verdict_of
from app.checkers.outside.operation import Operation, Verdict, by_key
from app.checkers.outside.zones import unique_writes

Check = Callable[[Sequence[Operation], Hashable, int], Verdict]
"""(operations of all keys, what keys hold at first, states to look at) → the verdict"""


class Promise(Struct, frozen=True):
    """`says`: in one sentence. `source`: who defined it, and whose algorithm it is."""

    name: str
    title: str
    says: str
    source: str
    check: Check
    breaks: tuple[str, ...]
    tempts: tuple[str, ...]


def _key_by_key(check: Check) -> Check:
    """Broken if it is for one key, and kept if it is for all: the promise is local."""

    def worst(operations: Sequence[Operation], initial: Hashable, most: int) -> Verdict:
        found = [check(some, initial, most) for some in by_key(operations).values()]
        for holds in (False, None):
            for verdict in found:
                if verdict.holds is holds:
                    return verdict
        if not found:
            return Verdict("", True, "No client did anything.")
        return Verdict(
            found[0].promise, True, found[0].because, (), tuple(o for v in found for o in v.order)
        )

    return worst


def _session(name: str) -> Check:
    return lambda operations, initial, _: sessions.session_promise(operations, name, initial)


PROMISES: tuple[Promise, ...] = (
    Promise(
        "linearizable",
        "Linearizable",
        "Every operation takes effect at one moment between its call and its answer, as if there "
        "were a single copy.",
        "Herlihy and Wing 1990. Unique writes: Gibbons and Korach 1997; else the search of Lowe "
        "2017.",
        _key_by_key(verdict_of),
        (
            "w200[0,100] r200[10,30] r0[40,90]",
            "w200[0,100] r200[10,10] r200[10,10] r0[40,90]",
            "r1[0,3] w1[5,6]",
            "r1[0,1]",
            "w1[0,60] r1[2,5] r0[10,12]",
            "w1[0,?] r1[30,32] r0[40,42]",
            "w1[0,5] r0[30,32]",
            "w1[0,5] w2[10,15] r1[20,22]",
        ),
        (
            "w100[0,100] r100[25,75] r0[30,60]",
            "w100[0,100] r100[25,75] r0[30,30] r0[30,30]",
            "w1[0,?] r0[5,6]",
            "r1[0,10] w1[5,6]",
            "w1[0,60] r1[2,5] r1[10,12]",
            "w1[0,?] r0[30,32] r1[40,42]",
            "w1[0,10] w2[2,12] r2[20,22]",
            "w1[0,?] w2[10,15] w1[20,25] r1[30,31]",
            "w1[0,?] w2[10,15] r2[20,21] r1[30,31]",
            "w1[0,5] r1[5,9] r0[5,9]",
        ),
    ),
    Promise(
        "regular",
        "Regular register",
        "Every read shows the last write that was over before it began, or one that had begun by "
        "its end.",
        "Lamport 1986; several writers: Shao, Welch, Pierce and Lee 2011.",
        _key_by_key(lambda some, initial, _: regular.regular(some, initial)),
        ("w1[0,5] r0[30,32]", "w1[0,5] w2[10,15] r1[20,22]", "r1[0,3] w1[5,6]"),
        ("w1[0,60] r1[2,5] r0[10,12]", "w1[0,?] r1[30,32] r0[40,42]", "w1[0,5] r0[5,9]"),
    ),
    Promise(
        "convergent",
        "Causal, and all agree (CCv)",
        "Causal, and concurrent writes are put into one order that every read agrees with.",
        "Bouajjani, Enea, Guerraoui and Hamza 2017.",
        lambda operations, initial, _: causal.convergent(operations, initial),
        ("wx1 rx2 | wx2 rx1", "wx1 | wx2 rx1 rx2", "wx1 wy1 | ry1 wx2 | rx2 rx1"),
        ("wz1 wx1 wy1 | wx2 rz0 ry1 rx2", "wx1 ry0 wy1 rx1 | wx2 ry0 wy2 rx2"),
    ),
    Promise(
        "causal",
        "Causal (CC)",
        "Who was shown an effect is shown no state without its causes.",
        "Ahamad et al. 1995; bad patterns: Bouajjani, Enea, Guerraoui and Hamza 2017.",
        lambda operations, initial, _: causal.causal(operations, initial),
        (
            "wx1 wy1 | ry1 wx2 | rx2 rx1",
            "rx1 wy1 | ry1 wx1",
            "rx7",
            "wx1 wy1 | ry1 wz1 | rz1 rx0",
        ),
        ("wx1 rx2 | wx2 rx1", "wx1 | wx2 rx1 rx2", "wz1 wx1 wy1 | wx2 rz0 ry1 rx2"),
    ),
    Promise(
        "writes_follow_reads",
        "Writes follow reads",
        "Who was shown a write is shown no state without what its writer had read before.",
        "Terry et al. 1994.",
        _session("writes_follow_reads"),
        ("wx1 | rx1 wy1 | ry1 rx0",),
        ("wx1 | rx1 wy1 | rx0 ry1", "wx1 wy1 | ry1 rx0"),
    ),
    Promise(
        "monotonic_writes",
        "Monotonic writes",
        "Who was shown a write is shown no state without the earlier writes of the same client.",
        "Terry et al. 1994.",
        _session("monotonic_writes"),
        ("wx1 wy1 | ry1 rx0", "wx1 wx2 wy1 | ry1 rx1"),
        ("wx1 | wy1 | ry1 rx0", "wx1 wy1 | rx0 ry1 rx1", "wx1 wx2 | rx2 rx1"),
    ),
    Promise(
        "monotonic_reads",
        "Monotonic reads",
        "No client is shown an older state than it was shown before.",
        "Terry et al. 1994.",
        _session("monotonic_reads"),
        ("wx1 | rx1 rx0", "wx1 | rx1 wx2 | rx2 rx1"),
        ("wx1 | rx1 | rx0", "wx1 wx2 | rx1 rx2", "wx1 rx0"),
    ),
    Promise(
        "read_your_writes",
        "Read your writes",
        "A client is shown its own writes, or something newer.",
        "Terry et al. 1994.",
        _session("read_your_writes"),
        ("wx1 rx0", "wx1 wx2 rx1", "wx1 | rx1 wx2 rx1"),
        ("wx1 | wx2 rx1", "wx1 rx2 | wx2", "wx1 | rx0", "A.w1[0,?] A.r0[9,9]"),
    ),
)
BY_NAME: dict[str, Promise] = {promise.name: promise for promise in PROMISES}


def judge(
    name: str,
    operations: Sequence[Operation],
    initial: Hashable = None,
    most: int = search.MOST_STATES,
) -> Verdict:
    """The verdict on a promise by its name."""
    try:
        return BY_NAME[name].check(operations, initial, most)
    except ValueError as error:  # One key is used as two objects.
        return Verdict(BY_NAME[name].title.lower(), None, str(error))


class Distance(Struct, frozen=True):
    """How far a register is from linearizable, over all keys. `delta` in the time of the history;
    None where no time is enough or it cannot be told, `k` likewise."""

    delta: int | None
    k: int | None


def distance(
    operations: Sequence[Operation], initial: Hashable = None, most: int = staleness.MOST_STATES
) -> Distance:
    """Least Δ and least k of the worst key (`staleness.py`)."""
    keys = list(by_key(operations).values())
    if not all(unique_writes(some, initial) for some in keys):
        return Distance(None, None)
    deltas = [staleness.least_delta(some, initial) for some in keys]
    ks = [staleness.least_k(some, initial, most) for some in keys]
    known = [delta for delta in deltas if delta is not None]
    found = [k for k in ks if k is not None]
    return Distance(
        max(known, default=0) if len(known) == len(keys) else None,
        max(found, default=1) if len(found) == len(keys) else None,
    )
