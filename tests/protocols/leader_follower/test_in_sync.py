"""One follower is waited for and alone may take over: nothing acknowledged is lost, whatever fails.

Random scripts of crashes, pauses, cuts, loss and promotions, of the lock service too; disks stay.
SEEDS=2000 for the full size; SEED=17 replays one script.
"""

import os

import pytest

from app.errors import CommandRejected
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.scenarios.simulation import Simulation
from app.trace.commands import Add, Configure, Crash, CutLink, HealEverything, WipeNode
from app.trace.events import (
    LeaderPromoted,
    LogAppended,
    LogTruncated,
    OperationReturned,
    StandbysChanged,
    TraceEvent,
)
from tests.home import home
from tests.protocols.leader_follower import test_outside_safety as outside
from tests.protocols.leader_follower.outside_runs import broken, of, run, told

SEEDS = (
    [int(os.environ["SEED"])] if "SEED" in os.environ else range(int(os.environ.get("SEEDS", 40)))
)
REPLAY = "replay: SEED={} python -m pytest tests/protocols/leader_follower/test_in_sync.py"
LEASE_SEEDS = 6
"""A seed of the outside scripts that has the lock service beside the nodes, of each six."""
SYNC = {"failover": "lease", "sync_mode": "on", "reads": "any", "read_concern": "local"}


def random_run(seed: int) -> list[TraceEvent]:
    mode = ("on", "strict")[seed % 2]
    start = {"failover": "lease", "sync_mode": mode, "flush_us": ("0", "4000")[seed // 2 % 2]}
    changes = tuple(Configure("leader", name, value) for name, value in start.items())
    simulation = Simulation(home(), seed, changes)
    simulation.start()
    for at, command in outside.script(LEASE_SEEDS * seed + 3):
        if not isinstance(command, WipeNode):
            simulation.do(at, [command])
    simulation.do(outside.HEALED_US, [HealEverything()])
    simulation.run_until(outside.HEALED_US + outside.BOUND_US)
    simulation.do(outside.HEALED_US + outside.BOUND_US, [Add("laptop", "cake")])
    simulation.run_until(outside.HEALED_US + outside.BOUND_US + 2_000_000)
    return simulation.traces()["leader"]


def test_no_acknowledged_write_is_lost_and_writes_go_on() -> None:
    promoted = changed = 0
    for seed in SEEDS:
        trace = random_run(seed)
        replay = REPLAY.format(seed)
        assert "two_leaders" not in broken(trace), replay
        logs: dict[str, list[str]] = {}
        for event in trace:
            if isinstance(event, LogAppended):
                logs.setdefault(event.node, []).append(event.op)
            elif isinstance(event, LogTruncated):
                del logs[event.node][event.position - 1 :]
        returned = of(OperationReturned, trace)
        acked = {e.op for e in returned if (e.kind, e.outcome) == ("write", "ok")}
        assert all(acked <= set(log) for log in logs.values()), replay
        last = [e for e in returned if e.client == "laptop"][-1]
        assert (last.item, last.outcome) == ("cake", "ok"), replay
        promoted += len(of(LeaderPromoted, trace))
        changed += len(of(StandbysChanged, trace))
    if len(SEEDS) > 1:
        assert promoted > len(SEEDS) / 4
        assert changed > len(SEEDS) / 2


def test_until_the_service_knows_both_are_waited_for() -> None:
    """n2 is cut off from n1, and n1 from the lock service at the moment it chooses n3: n2 may still
    be the one that takes over, so a write that n3 alone has is not OK."""
    steps = (
        (450, [CutLink("n1", "n2")]),
        (660, [CutLink("n1", "lock")]),
        (720, [Add("phone", "milk")]),
    )
    trace = run(1, SYNC, *steps, until=3_000)
    both = [e for e in of(StandbysChanged, trace) if e.standbys == ("n2", "n3")]
    assert both
    assert both[0].at <= 720_000
    assert told(trace, "phone-1")[0] != "ok"
    assert [e.node for e in of(LeaderPromoted, trace)][:1] == ["n2"]


def test_who_lacks_what_was_acknowledged_is_not_chosen() -> None:
    """n3 is heard again a moment after n2 is gone, and has not got the milk yet."""
    steps = (
        (300, [CutLink("n1", "n3"), Add("phone", "milk")]),
        (500, [Crash("n2")]),
    )
    trace = run(1, SYNC, *steps, until=2_000)
    assert told(trace, "phone-1") == ("ok", "")
    assert [e.standbys for e in of(StandbysChanged, trace)] == [()]


def test_what_cannot_work_together_is_refused() -> None:
    def refused(**given: object) -> str:
        with pytest.raises(CommandRejected) as found:
            LeaderFollowerSettings(**given).validate(3)  # type: ignore[arg-type]
        return str(found.value)

    assert "a lock" in refused(follower_writes="accept", failover="election")
    assert "a lock" in refused(follower_writes="accept", shards=2)
    assert "failover by a lock" in refused(sync_mode="on")
    assert "durability" in refused(sync_mode="on", failover="lease", durability="local")
    assert "ack_timeout_us" in refused(sync_mode="strict", failover="lease", ack_timeout_us=5)
    LeaderFollowerSettings(sync_mode="strict", failover="lease").validate(3)
