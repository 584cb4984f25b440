"""What the tests of the pool give its processes to do: found by name there, so at the top level."""

import os
import signal
from pathlib import Path


def double(number: int) -> int:
    return 2 * number


def whose(_: int) -> int:
    return os.getpid()


def die(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def wrong(_: int) -> None:
    raise ValueError("no such luck")


def fill(_: int) -> int:
    return len(bytearray(1 << 40))


def wait_for_ever(pipe: str) -> None:
    """Says by a named pipe that it has begun, to whoever reads that."""
    Path(pipe).write_text("")
    signal.pause()


def priority(_: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, 0)
