"""All measurements, one table: `make bench` prints it and writes it into bench/README.md."""

import platform
import statistics
from pathlib import Path

from app.main import engine_digest
from bench import classroom, engine, laboratory, page, rooms, sandbox

OPERATIONS = 20_000
README = Path(__file__).parent / "README.md"
MARK = "<!-- table -->"

Line = tuple[str, str, str, bool]
"""(what, measured, budget, met)."""


def _engine() -> list[Line]:
    ratios, encodings, speeds = [], [], []
    for _ in range(3):
        simulating, encoding, rows, done = engine.ours(OPERATIONS)
        reference = engine.simpy_process_per_message(OPERATIONS)
        ratios.append((done / simulating) / (OPERATIONS / reference))
        encodings.append(encoding / simulating)
        speeds.append((done / simulating, rows / simulating))
    ratio, share = statistics.median(ratios), statistics.median(encodings)
    operations, rows_a_second = sorted(speeds)[1]
    return [
        (
            "engine",
            f"{operations:,.0f} operations/s, {rows_a_second:,.0f} rows/s: "
            f"{ratio:.2f} × SimPy process-per-message",
            "≥ 2 ×",
            ratio >= 2,
        ),
        ("trace to wire", f"{share:.0%} of simulating", "≤ 50 %", share <= 0.5),
    ]


def _rooms() -> list[Line]:
    f = rooms.measure()
    viewer, room = f.bytes_a_viewer / 1_000, f.bytes_a_room / 1_000
    return [
        (
            "command → first new rows at the viewer",
            f"p50 {f.command_p50:.1f} ms, p99 {f.command_p99:.1f} ms; "
            f"{f.long_events:,} events in: p99 {f.long_p99:.1f} ms",
            "p99 ≤ 100 ms",
            max(f.command_p99, f.long_p99) <= 100,
        ),
        ("reset, back", f"p99 {f.reset_p99:.1f} ms", "≤ 100 ms", f.reset_p99 <= 100),
        (
            "sandbox rooms on one process",
            f"{f.rooms} rooms, each acting twice a second: p99 {f.rooms_p99:.0f} ms",
            "200, p99 ≤ 150 ms",
            f.rooms_p99 <= 150,
        ),
        (
            "memory",
            f"{viewer:.0f} kB a viewer, {room:.0f} kB a room with {f.room_events:,} events",
            "≤ 60 kB a viewer, ≤ 3 MB a room with 10,000 events",
            viewer <= 60 and room <= 3_000,
        ),
        ("start of the server", f"{f.start:.0f} ms to the first answer", "≤ 3 s", f.start <= 3_000),
    ]


def _sandbox() -> list[Line]:
    f = sandbox.measure()
    return [
        (
            "12 nodes and the background: command → first new rows at the viewer",
            f"p50 {f.command_p50:.1f} ms, p99 {f.command_p99:.1f} ms, to {f.events:,} events; "
            f"{f.rows_a_second:,.0f} rows/s simulated, judged and encoded",
            "p99 ≤ 100 ms",
            f.command_p99 <= 100,
        ),
        (
            "12 nodes and the background: the stage while it plays",
            f"frame p50 {f.frame_p50:.0f} ms, p99 {f.frame_p99:.0f} ms",
            "p99 ≤ 20 ms",
            f.frame_p99 <= 20,
        ),
        (
            "12 nodes and the background: memory",
            f"{f.bytes_a_room / 1e6:.2f} MB a room with 10,000 events",
            "≤ 3 MB",
            f.bytes_a_room <= 3_000_000,
        ),
    ]


def _classroom() -> list[Line]:
    f = classroom.measure()
    return [
        (
            "a class joins and votes, from one address",
            f"200 opened the page and joined in {f.joined_in:.2f} s, p99 {f.join_p99:.0f} ms; "
            f"200 votes at once kept in {f.voted_in:.2f} s, p99 {f.vote_p99:.0f} ms",
            "200 in 10 s, 200 in 5 s",
            f.joined_in <= 10 and f.voted_in <= 5,
        ),
        (
            f"{f.observers:,} observers of one class, 10 messages/s of {f.message_bytes:.0f} bytes",
            f"p50 {f.p50:.0f} ms, p99 {f.p99:.0f} ms, {f.cpu:.0%} of a core, "
            f"{f.kb_a_viewer:.0f} kB a viewer; websockets.broadcast of the same frames: "
            f"p99 {f.reference_p99:.0f} ms, {f.reference_cpu:.0%}",
            "p99 ≤ 50 ms, ≤ 25 % of a core, ≤ 60 kB",
            f.p99 <= 50 and f.cpu <= 0.25 and f.kb_a_viewer <= 60,
        ),
    ]


def _laboratory() -> list[Line]:
    f = laboratory.measure()
    return [
        (
            f"laboratory: staleness curve, {f.points} points, {f.trials:,} trials, with its band",
            f"{f.means:.0f} ms with exponential delays, {f.fitted:.0f} ms with the published fits "
            f"for the first time, then {f.again:.0f} ms; "
            f"draws hashed once in {f.hashing:.0f} ms; by the engine itself "
            f"{f.engine_a_second:,.0f} trials/s",
            "≤ 50 ms",
            max(f.means, f.fitted) <= 50,
        ),
    ]


def _page() -> list[Line]:
    f = page.measure()
    return [
        (
            "first page, cold",
            f"{f.page_bytes / 1_000:.0f} kB, {f.foreign_hosts} foreign hosts; slow phone: "
            f"first paint {f.first_paint / 1_000:.1f} s, usable {f.usable / 1_000:.1f} s",
            "≤ 300 kB, none, ≤ 1.5 s, ≤ 3 s",
            f.page_bytes <= 300_000
            and not f.foreign_hosts
            and f.first_paint <= 1_500
            and f.usable <= 3_000,
        ),
        (
            "animation of the home scene",
            f"busy {f.busy:.0%}, frame p99 {f.frame_p99:.0f} ms; "
            f"CPU ÷ 4: p99 {f.slow_frame_p99:.0f} ms; "
            f"500 in flight: p99 {f.crowd_frame_p99:.0f} ms",
            "busy ≤ 20 %, p99 ≤ 20 ms; CPU ÷ 4: p99 ≤ 33 ms; 500 in flight: p99 ≤ 20 ms",
            f.busy <= 0.2 and max(f.frame_p99, f.crowd_frame_p99) <= 20 and f.slow_frame_p99 <= 33,
        ),
    ]


def main() -> None:
    lines = [*_engine(), *_rooms(), *_sandbox(), *_classroom(), *_laboratory(), *_page()]
    table = ["| what | measured | budget | met |", "|---|---|---|---|"]
    table += [
        f"| {what} | {measured} | {budget} | {'yes' if met else '**no**'} |"
        for what, measured, budget, met in lines
    ]
    about = f"CPython {platform.python_version()}, engine {engine_digest()}."
    text = "\n".join([about, "", *table])
    print(text)
    before, _, rest = README.read_text().partition(MARK)
    _, _, after = rest.partition(MARK)
    README.write_text(f"{before}{MARK}\n{text}\n{MARK}{after}")


if __name__ == "__main__":
    main()
