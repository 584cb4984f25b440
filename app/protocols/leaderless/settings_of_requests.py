"""Which settings of requests, of their answers and of upkeep make no sense together."""

from typing import TYPE_CHECKING

from app.errors import CommandRejected, duration
from app.trace.levels import SERIAL_LEVELS

if TYPE_CHECKING:
    from app.protocols.leaderless.settings import LeaderlessSettings

DEEPEST = 15


def check_requests(settings: "LeaderlessSettings") -> None:
    """Of levels that can never be met, and of digests where they save nothing."""
    reads, writes = (
        ("R", settings.read_level, settings.pr),
        ("W", settings.write_level, settings.pw),
    )
    for letter, level, own in (reads, writes):
        least = {"two": 2, "three": 3}.get(level, 1)
        if least > settings.n:
            raise CommandRejected(
                f"{letter} at level {level.upper()} of N={settings.n} was asked for.",
                f"There are only {settings.n} copies.",
                f"Choose a level that {settings.n} copies can meet.",
            )
        if not 0 <= own <= settings.n:
            raise CommandRejected(
                f"P{letter}={own} of N={settings.n} was asked for.",
                f"A key has {settings.n} replicas of its own.",
                f"Choose P{letter} from 0 to {settings.n}.",
            )
    if settings.tombstones == "grace" and settings.conflict != "last_write":
        raise CommandRejected(
            "Tombstones that go after a time of grace were asked for.",
            "Grace is counted from a time stamp, and without last write wins there is none.",
            "Choose last write wins as well, or another rule for tombstones.",
        )
    if not 1 <= settings.tree_depth <= DEEPEST:
        raise CommandRejected(
            f"A tree of depth {settings.tree_depth} was asked for.",
            "It needs a level, and more leaves than keys show nothing more.",
            f"Choose from 1 to {DEEPEST}.",
        )
    times = (settings.anti_entropy_us, settings.hint_window_us, settings.hint_replay_us)
    if min(*times, settings.grace_us, settings.compact_us) < 0:
        raise CommandRejected(
            "A time below 0 was asked for.",
            "Nothing lasts shorter than no time.",
            "Choose 0 or more.",
        )
    if settings.digests == "on" and settings.read_fanout == "all":
        raise CommandRejected(
            "Digest reads of all replicas were asked for.",
            "A digest that comes after the answer could not be compared with anything.",
            "Let a read ask as many as it needs, or choose no digests.",
        )
    if settings.speculative_us < 0 or (settings.speculative_us and settings.read_fanout == "all"):
        raise CommandRejected(
            f"One replica more after {duration(settings.speculative_us)} was asked for.",
            "A read asks all replicas at once.",
            "Let a read ask as many as it needs, or choose 0.",
        )


def check_answers(settings: "LeaderlessSettings") -> None:
    """Of who coordinates, of rounds, and of answers that count for nothing."""
    keeps = (
        settings.hints == "on"
        and settings.quorum == "strict"
        and settings.hint_keeper == "coordinator"
    )
    if settings.coordinator == "client" and keeps:
        raise CommandRejected(
            "Hints kept by a coordinator in the client were asked for.",
            "A client keeps nothing for others.",
            "Let the next node keep hints, or let a node coordinate.",
        )
    if settings.compare == "refused" and settings.read_level in SERIAL_LEVELS:
        raise CommandRejected(
            f"Reads at level {settings.read_level.upper()} were asked for.",
            "It takes rounds, and these are not held here.",
            "Choose compare-and-set by rounds as well, or another level.",
        )
    if settings.compare == "refused" and settings.counter == "agreed":
        raise CommandRejected(
            "Counters whose changes are agreed on were asked for.",
            "It takes rounds, and these are not held here.",
            "Choose compare-and-set by rounds as well, or another rule for counters.",
        )
    for words, number in (
        ("nodes that confirm", settings.node_confirms),
        ("preferred answers to a read", settings.preferred_r),
        ("preferred answers to a write", settings.preferred_w),
    ):
        if not 0 <= number <= settings.n:
            raise CommandRejected(
                f"{number} {words}, with N={settings.n}, were asked for.",
                f"A request goes to {settings.n} nodes.",
                f"Choose from 0 to {settings.n}.",
            )
    if settings.notfound == "fails" and settings.digests == "on":
        raise CommandRejected(
            "Digest reads where nothing found is no answer were asked for.",
            "A digest does not tell whether there is anything.",
            "Choose no digests, or let nothing found count.",
        )
    if settings.basic_quorum == "on" and settings.notfound == "counts":
        raise CommandRejected(
            "To give up when more than half have nothing was asked for.",
            "Nothing found is an answer like any other here.",
            "Let nothing found be no answer, or leave the basic quorum off.",
        )
