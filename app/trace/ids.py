"""Names of operations and of the requests that serve them.

An operation is called after its client and its number: `phone-1`. A client that had no answer asks
again: the request of the first try is called like the operation, that of try k `phone-1~k`, and so
is the value that it carries. So what nodes do for a try, and what they store of it, is told apart,
and whose it is can be read off its name.

Operations of the background workload begin with `load:`, which no name of a person's can.
"""

AGAIN = "~"
BACKGROUND = "load:"


def request_name(op: str, attempt: int) -> str:
    """The name of one try of an operation."""
    return f"{op}{AGAIN}{attempt}" if attempt else op


def operation_of(name: str) -> str:
    """The operation of which this is a try, or a value."""
    return name.partition(AGAIN)[0]


def attempt_of(name: str) -> int:
    """Which try, from 0."""
    return int(name.partition(AGAIN)[2] or 0)


def is_background(op: str) -> bool:
    """Does this serve the background workload?"""
    return op.startswith(BACKGROUND)
