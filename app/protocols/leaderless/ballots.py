"""Ballots: names of tries to get a majority's promise, in one order.

A ballot is (moment, disk): the moment on its coordinator's clock, in microseconds, raised above
every ballot that it has heard of; the disk's name decides between equal moments and makes every
ballot its coordinator's own.
"""

from msgspec import Struct

from app.versions.dotted import Siblings

Ballot = tuple[int, str]
NO_BALLOT: Ballot = (0, "")
"""Below every ballot that is ever given."""


class Acceptor(Struct):
    """What a replica remembers of one key's rounds, on disk.

    It has `promised` to take nothing below this ballot. `accepted`: the highest ballot under which
    it took a proposal, and what that was (nothing: a round that only looked). `committed`: the
    highest ballot that it knows to be decided, and what was.
    """

    promised: Ballot = NO_BALLOT
    accepted: Ballot = NO_BALLOT
    proposal: Siblings = ()
    committed: Ballot = NO_BALLOT
    decided: Siblings = ()
