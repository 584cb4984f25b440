"""A bound on the length of version vectors: the pair that was raised longest ago goes.

DeCandia et al. 2007, §4.4: each pair carries the time at which its node last raised it, and at a
threshold, "say 10", the oldest is dropped (Riak prunes too). What is forgotten can no longer be
compared: a version that replaced another may then stand beside it.
"""

from app.versions.version_vector import VersionVector, merge

MARK = "@"
"""Times travel with a context under the node's name behind this mark: "@n1" last raised then."""


def prune(
    vector: VersionVector, times: VersionVector, limit: int
) -> tuple[VersionVector, VersionVector]:
    """The vector and its times with at most `limit` pairs; 0: without a bound. A pair without a
    time is the oldest; between equal times the names decide."""
    if not limit or len(vector) <= limit:
        return vector, times
    raised = dict(times)
    oldest = sorted(vector, key=lambda pair: (raised.get(MARK + pair[0], -1), pair[0]))
    gone = [name for name, _ in oldest[: len(vector) - limit]]
    return (
        tuple([pair for pair in vector if pair[0] not in gone]),
        tuple([pair for pair in times if pair[0].removeprefix(MARK) not in gone]),
    )


def with_times(vector: VersionVector, times: VersionVector) -> VersionVector:
    """One context out of both."""
    return merge(vector, times)


def apart(context: VersionVector) -> tuple[VersionVector, VersionVector]:
    """The vector and the times of a context."""
    vector = tuple([pair for pair in context if not pair[0].startswith(MARK)])
    return vector, tuple([pair for pair in context if pair[0].startswith(MARK)])
