"""How much one visitor, one run and one server may use."""

from msgspec import Struct


class Limits(Struct, frozen=True):
    """`commands_a_second` is a steady rate; `burst` may come at once. Bytes, counts, seconds.

    `workers`: processes for heavy work (`pool.py`), each with so many bytes of memory. A visitor
    may use `work_seconds` of them at once, and gets `work_share` of a second back each second.
    """

    rooms: int = 2_000
    idle_seconds: int = 7_200
    viewers_a_room: int = 50
    observers_a_class: int = 2_000
    commands_a_second: int = 20
    burst: int = 40
    frame_bytes: int = 16_384
    file_bytes: int = 128_000
    events_a_run: int = 50_000
    commands_a_branch: int = 400
    branches_a_room: int = 200
    live_branches: int = 4
    queued_frames: int = 64
    queued_bytes: int = 4_000_000
    workers: int = 2
    worker_bytes: int = 3_000_000_000
    work_seconds: int = 240
    work_share: float = 0.25
    jobs_a_visitor: int = 8
    jobs_waiting: int = 400
    runs_kept: int = 100
    runs_a_visitor: int = 2
    trials_a_point: int = 2_000
    unwatched_seconds: int = 90
