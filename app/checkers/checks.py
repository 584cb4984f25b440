"""The promises that the judge follows while a run goes on: the `check` of a FindingChanged.

Each latches once broken. Those that clients' words alone decide are `outside/promises.py`'s; here
the judge knows more, since it sees the disks.
"""

from msgspec import Struct

from app.checkers.outside.pasts import SESSION_PROMISES
from app.checkers.outside.promises import BY_NAME


class Followed(Struct, frozen=True):
    """`says`: the promise in one sentence. `source`: who defined it. `of`: leader, counter, or
    empty: of whom it is asked alone."""

    title: str
    says: str
    source: str
    of: str = ""


OURS = "Ours."
CHECKS: dict[str, Followed] = {
    **{
        name: Followed(BY_NAME[name].title, BY_NAME[name].says, BY_NAME[name].source)
        for name in ("linearizable", *reversed(SESSION_PROMISES))
    },
    "lost_writes": Followed(
        "Nothing acknowledged is lost",
        "What was acknowledged is not lost; what comes back stays counted.",
        "Ours; the set checker of Jepsen counts alike.",
    ),
    "stale_reads": Followed(
        "No stale reads",
        "A read shows every write that was acknowledged before it began.",
        "Bailis et al. 2012, as k and t of one.",
    ),
    "refused_writes": Followed(
        "Refused means not done", "A write that was refused has no effect.", OURS
    ),
    "resurrected_items": Followed(
        "What was removed stays away",
        "What was acknowledged as removed or deleted does not come back by itself.",
        "DeCandia et al. 2007, section 4.4.",
    ),
    "false_siblings": Followed(
        "No false siblings",
        "No value is shown beside one whose writer had read it.",
        "Preguiça et al. 2010.",
    ),
    "below_zero": Followed(
        "Counters stay at 0 or more", "A counter never shows less than 0.", OURS, "counter"
    ),
    "two_leaders": Followed(
        "One leader in force",
        "Of two nodes that lead, only the newer one acknowledges writes.",
        "Ongaro and Ousterhout 2014, election safety.",
        "leader",
    ),
}
