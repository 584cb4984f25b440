"""Facts of the products, each a row: what happens, and what a client is told and shown.

Written against the documentation of scenario files alone; the other tests here know more of what
goes on inside.
"""

from collections.abc import Sequence

import pytest
from msgspec import Struct

from app.trace.commands import Add, AnyCommand, Crash, CutLink, CutOff, HealAll, Read, Restart
from tests.presets.bench import SECOND, Step, at, outcomes, shown, stand, told


class Row(Struct, frozen=True):
    """`told`: outcome by operation; `at_s`: when some were answered, within half a second;
    `shows`: what a read saw; `changed`: settings apart from the preset's."""

    fact: str
    preset: str
    steps: Sequence[Step]
    told: dict[str, str]
    variant: str = ""
    at_s: dict[str, float] = {}
    shows: dict[str, tuple[str, ...]] = {}
    changed: dict[str, str | int] = {}
    entries: tuple[str, str] = ("n1", "n1")


def add(item: str, client: str = "phone") -> AnyCommand:
    return Add(client, item)


BOTH_GONE = at(1, Crash("n2"), Crash("n3"))
ROWS = (
    Row(
        "mysql: after 10 s the commit succeeds; semi-sync resumes with a replica that caught up",
        "mysql-semisync",
        [at(1, CutOff("n1")), at(2, add("milk")), at(13, add("tea")), at(14, HealAll()),
         at(16, CutOff("n1")), at(17, add("figs"))],
        {"phone-1": "ok", "phone-2": "ok", "phone-3": "ok"},
        at_s={"phone-1": 12, "phone-2": 13, "phone-3": 27},
    ),
    Row(
        "mysql: AFTER_SYNC hides from others what no replica has",
        "mysql-semisync",
        [at(1, CutOff("n1")), at(2, add("milk")), at(3, Read("laptop")), at(13, Read("laptop"))],
        {"phone-1": "ok", "laptop-1": "ok", "laptop-2": "ok"},
        shows={"laptop-1": (), "laptop-2": ("milk",)},
    ),
    Row(
        "mysql: AFTER_COMMIT shows it",
        "mysql-semisync",
        [at(1, CutOff("n1")), at(2, add("milk")), at(3, Read("laptop"))],
        {"phone-1": "ok", "laptop-1": "ok"},
        variant="after-commit", shows={"laptop-1": ("milk",)},
    ),
    Row(
        "orchestrator: while a replica still replicates nobody is promoted, and writes go on",
        "mysql-async",
        [at(1, CutLink("watcher", "n1")), at(60, add("milk"))],
        {"phone-1": "ok"},
        variant="orchestrator", at_s={"phone-1": 60},
    ),
    Row(
        "orchestrator: it acts once in an hour",
        "mysql-async",
        [at(1, Crash("n1")), at(30, add("milk")), at(40, Crash("n2")), at(100, Read("phone"))],
        {"phone-1": "ok", "phone-2": "failed"},
        variant="orchestrator", entries=("n3", "n3"), changed={"reads": "leader"},
    ),
    Row(
        "postgres: a commit that waits is hidden, and returns when a standby is back",
        "postgres-sync",
        [BOTH_GONE, at(3, add("milk")), at(4, Read("laptop")), at(5, Restart("n3"))],
        {"phone-1": "ok", "laptop-1": "ok"},
        at_s={"phone-1": 5}, shows={"laptop-1": ()},
    ),
    Row(
        "postgres: synchronous_commit = local waits for no standby, though a list is there",
        "postgres-sync",
        [BOTH_GONE, at(3, add("milk"))],
        {"phone-1": "ok"},
        at_s={"phone-1": 3}, changed={"durability": "local"},
    ),
    Row(
        "patroni: half a minute without a primary, and none with two",
        "patroni",
        [at(11, Crash("n1")), at(35, add("milk", "laptop")), at(41, add("tea", "laptop"))],
        {"laptop-1": "failed", "laptop-2": "ok"},
        entries=("n1", "n2"),
    ),
    Row(
        "mongodb: two data nodes and an arbiter acknowledge with one copy by default",
        "mongodb-psa",
        [at(1, Crash("n2")), at(3, add("milk"))],
        {"phone-1": "ok"},
        at_s={"phone-1": 3},
    ),
    Row(
        "mongodb: w: majority needs both data nodes of such a set, and waits for ever",
        "mongodb-psa",
        [at(1, Crash("n2")), at(3, add("milk"))],
        {},
        changed={"copies": 2},
    ),
    Row(
        "mongodb: a linearizable read at a primary that is alone does not answer",
        "mongodb",
        [at(1, CutOff("n1")), at(2, Read("phone"))],
        {"phone-1": "unknown"},
        variant="linearizable",
    ),
    Row(
        "etcd: a serializable read at a member behind a cut shows what that has",
        "etcd",
        [at(1, add("milk")), at(2, CutOff("n2")), at(3, add("tea")), at(4, Read("laptop"))],
        {"phone-1": "ok", "phone-2": "ok", "laptop-1": "ok"},
        changed={"reads": "any", "read_concern": "local"}, entries=("n1", "n2"),
        shows={"laptop-1": ("milk",)},
    ),
)  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=[row.fact.replace(" ", "-") for row in ROWS])
def test_a_fact(row: Row) -> None:
    trace = stand(
        row.preset, *row.steps, variant=row.variant, changed=row.changed, entries=row.entries,
        until=row.steps[-1][0] + 40 * SECOND, patience=100 * SECOND,
    )  # fmt: skip
    assert {op: outcome for op, (outcome, _) in outcomes(trace).items()} == row.told
    for op, seconds in row.at_s.items():
        assert 0 <= told(trace, op)[2] - seconds * SECOND < SECOND / 2, op
    for op, items in row.shows.items():
        assert shown(trace, op) == items, op
