"""Our exceptions, by whose fault it is.

    QuorateError
    ├── CommandRejected     a person asked for something impossible: asked, reason, remedy
    ├── InvariantViolation  our bug: that run stops, with seed and seq to replay it
    ├── ScenarioError       a scenario or preset file is wrong
    └── HistoryError        a file of operations cannot be read as one

What fails inside the simulation (a time-out, a refused write) is never an exception: it is data.
"""


class QuorateError(Exception):
    """Base of all our exceptions."""


class CommandRejected(QuorateError):
    """What was asked, why not, and what to do instead, each a sentence for the person."""

    def __init__(self, asked: str, reason: str, remedy: str) -> None:
        super().__init__(f"{asked} {reason} {remedy}")
        self.asked = asked
        self.reason = reason
        self.remedy = remedy


class InvariantViolation(QuorateError):
    """The engine broke one of its own rules; the run is stopped where it stands."""

    def __init__(self, rule: str, cluster: str, seq: int) -> None:
        super().__init__(f"{rule} (cluster {cluster}, after event {seq})")
        self.rule = rule
        self.cluster = cluster
        self.seq = seq


class ScenarioError(QuorateError):
    """A scenario names something that does not exist or cannot work."""


class HistoryError(QuorateError):
    """A file of operations that cannot be read: where it stops making sense, and what is wanted."""
