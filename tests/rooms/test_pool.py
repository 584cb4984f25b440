"""Heavy work in processes: in turns, refused in words, and nobody notices another's trouble."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.errors import CommandRejected
from app.rooms.limits import Limits
from app.rooms.pool import Pool
from app.rooms.quota import Quota
from tests.rooms import jobs

ASKED = "Count this."
LIMITS = replace(Limits(), workers=1)


def with_pool(limits: Limits, test: Callable[[Pool], Awaitable[None]]) -> None:
    async def run() -> None:
        pool = Pool(limits)
        try:
            await test(pool)
        finally:
            pool.close()

    asyncio.run(run())


async def refusal(pool: Pool, visitor: str, function: Callable, job: object, **more: float) -> str:  # type: ignore[type-arg]
    with pytest.raises(CommandRejected) as refused:
        await pool.run(visitor, function, job, ASKED, **more)
    return str(refused.value)


def test_what_ends_a_process_ends_one_job_alone(tmp_path: Path) -> None:
    async def test(pool: Pool) -> None:
        assert await pool.run("ada", jobs.double, 4, ASKED) == 8
        first = await pool.run("ada", jobs.whose, 0, ASKED)
        assert await pool.run("ada", jobs.whose, 0, ASKED) == first
        assert await pool.run("ada", jobs.priority, 0, ASKED) == min(19, os.nice(0) + 10)
        assert "failed on it (ValueError: no such luck)" in await refusal(
            pool, "ada", jobs.wrong, 0
        )
        assert await pool.run("ada", jobs.whose, 0, ASKED) == first
        killed = asyncio.create_task(refusal(pool, "ada", jobs.die, 0))
        other = asyncio.create_task(pool.run("bob", jobs.double, 5, ASKED))
        assert "ended before it had an answer. Ask again" in await killed
        assert await other == 10
        assert await pool.run("ada", jobs.whose, 0, ASKED) != first
        assert "more memory than the 3000 MB" in await refusal(pool, "ada", jobs.fill, 0)
        os.mkfifo(tmp_path / "a")
        late = await refusal(pool, "ada", jobs.wait_for_ever, str(tmp_path / "a"), seconds=0.01)
        assert "takes longer than 0 s" in late
        assert await pool.run("ada", jobs.double, 6, ASKED) == 12

    with_pool(LIMITS, test)


def test_what_nobody_wants_any_more_is_ended_at_once(tmp_path: Path) -> None:
    async def test(pool: Pool) -> None:
        sign = tmp_path / "begun"
        os.mkfifo(sign)
        run = asyncio.create_task(pool.run("ada", jobs.wait_for_ever, str(sign), ASKED))
        waits = asyncio.create_task(pool.run("bob", jobs.double, 1, ASKED))
        await asyncio.to_thread(sign.read_text)
        assert pool.waiting == 1
        waits.cancel()
        run.cancel()
        assert await asyncio.gather(run, waits, return_exceptions=True)
        assert pool.waiting == 0
        assert await pool.run("ada", jobs.double, 2, ASKED) == 4

    with_pool(LIMITS, test)


def test_lines_take_turns_and_are_bounded() -> None:
    limits = replace(LIMITS, jobs_a_visitor=3, jobs_waiting=4)

    async def test(pool: Pool) -> None:
        told: list[str] = []

        async def ask(visitor: str, number: int) -> None:
            await pool.run(visitor, jobs.double, number, ASKED)
            told.append(f"{visitor} {number}")

        asked = [asyncio.create_task(ask("ada", number)) for number in range(4)]
        await asyncio.sleep(0)
        asked.append(asyncio.create_task(ask("bob", 0)))
        await asyncio.sleep(0)
        assert "3 pieces of work of yours wait" in await refusal(pool, "ada", jobs.double, 9)
        assert "Too many people have work waiting" in await refusal(pool, "eve", jobs.double, 9)
        await asyncio.gather(*asked)
        assert told == ["ada 0", "ada 1", "bob 0", "ada 2", "ada 3"]

    with_pool(limits, test)


def test_a_bucket_is_emptied_by_work_and_filled_by_time() -> None:
    now = [0.0]
    quota = Quota(10, 0.5, lambda: now[0])
    quota.charge("ada", 9)
    quota.check("ada", ASKED)
    quota.charge("ada", 3)
    with pytest.raises(CommandRejected, match=r"You have used the 10 s .* Wait 5 s and ask again"):
        quota.check("ada", ASKED)
    quota.check("bob", ASKED)
    now[0] = 5.0
    quota.check("ada", ASKED)
    assert quota.used("ada") == 9.5


def test_what_was_used_is_charged(tmp_path: Path) -> None:
    async def test(pool: Pool) -> None:
        os.mkfifo(tmp_path / "a")
        await refusal(pool, "ada", jobs.wait_for_ever, str(tmp_path / "a"), seconds=0.3)
        assert pool.quota.used("ada") > 0.1
        assert "used the 0 s" in await refusal(pool, "ada", jobs.double, 1)
        assert await pool.run("bob", jobs.double, 1, ASKED) == 2

    with_pool(replace(LIMITS, work_seconds=0, work_share=0.001), test)
