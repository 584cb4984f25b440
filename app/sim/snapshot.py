"""A kernel as bytes and back. The trace is not in it: its length is, so a restored kernel goes on
writing at the same seq."""

from typing import Any

import msgspec
from msgspec import Raw, Struct

from app.sim.kernel import Kernel
from app.sim.slow_nodes import Entry

Pending = tuple[int, int, int, str, str, int | None, Raw]


class KernelState(Struct, frozen=True):
    """Everything that a kernel knows, as plain data."""

    now: int
    order: int
    seq: int
    cause: int | None
    heap: list[Pending]
    timers: list[tuple[str, str, int]]
    cut: list[str]
    one_way: list[tuple[str, str]]
    slow: dict[str, int]
    lossy: dict[str, int]
    down: list[str]
    paused: dict[str, list[Pending]]
    skew: dict[str, int]
    region_of: dict[str, str]
    slowed: dict[str, int]
    queued: dict[str, list[Pending]]
    work: dict[str, tuple[int, int]]
    processes: dict[str, Raw]


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(KernelState).decode


def snapshot(kernel: Kernel) -> bytes:
    """The kernel between two steps."""
    heap = sorted(kernel.heap, key=lambda entry: entry[:2])
    return _pack(
        KernelState(
            now=kernel.now,
            order=kernel.order,
            seq=kernel.seq,
            cause=kernel.cause,
            heap=_pending(heap),
            timers=[(node, name, order) for (node, name), order in kernel.timers.items()],
            cut=list(kernel.cut),
            one_way=list(kernel.one_way),
            slow=kernel.slow,
            lossy=kernel.lossy,
            down=list(kernel.down),
            paused={node: _pending(waiting) for node, waiting in kernel.paused.items()},
            skew=kernel.skew,
            region_of=kernel.region_of,
            slowed=kernel.slowed,
            queued={node: _pending(waiting) for node, waiting in kernel.queued.items()},
            work=kernel.work,
            processes={
                name: Raw(_pack(process.state)) for name, process in kernel.processes.items()
            },
        )
    )


def _pending(entries: list[Entry]) -> list[Pending]:
    return [(*entry[:6], Raw(_pack(entry[6]))) for entry in entries]


def restore(kernel: Kernel, data: bytes, message_type: Any) -> None:
    """Bring a kernel with the same processes to the snapshot; its trace is empty then."""
    state = _unpack(data)
    decode_message = msgspec.msgpack.Decoder(message_type | None).decode
    kernel.now, kernel.order, kernel.seq = state.now, state.order, state.seq
    kernel.cause = state.cause

    def entries(pending: list[Pending]) -> list[Entry]:
        return [(*entry[:6], decode_message(entry[6])) for entry in pending]

    kernel.heap = entries(state.heap)
    kernel.paused = {node: entries(waiting) for node, waiting in state.paused.items()}
    kernel.timers = {(node, name): order for node, name, order in state.timers}
    kernel.cut = dict.fromkeys(state.cut, True)
    kernel.one_way = dict.fromkeys(state.one_way, True)
    kernel.slow, kernel.lossy = dict(state.slow), dict(state.lossy)
    kernel.skew = dict(state.skew)
    kernel.region_of = dict(state.region_of)
    kernel.ways.clear()
    kernel.slowed, kernel.work = dict(state.slowed), dict(state.work)
    kernel.queued = {node: entries(waiting) for node, waiting in state.queued.items()}
    kernel.down = dict.fromkeys(state.down, True)
    kernel.trace = []
    for name, process in kernel.processes.items():
        process.state = msgspec.msgpack.decode(state.processes[name], type=type(process.state))
