"""What a replica does with versions that reach it, with a crash, and with silence."""

import msgspec

from app.protocols.client_messages import ClientWrite
from app.protocols.leaderless.messages import (
    Gossip,
    ReplicaRead,
    ReplicaReadReply,
    ReplicaRepair,
    ReplicaWrite,
    ReplicaWriteAck,
)
from app.protocols.leaderless.replica import Replica
from app.protocols.leaderless.settings import LeaderlessSettings
from app.protocols.leaderless.state import ReplicaState
from app.trace.events import (
    PeerHeard,
    PeerSuspected,
    QuorumOutOfReach,
    RepairApplied,
    SiblingsFormed,
    VersionsStored,
)
from app.trace.values import Value
from app.versions.dotted import new_version
from app.versions.version_vector import EMPTY
from tests.protocols.leaderless.harness import Recorder

NODES = ("n1", "n2", "n3", "n4")
OLD = new_version(Value("w-old", "a", ()), "n1", 1, EMPTY)
NEW = new_version(Value("w-new", "b", ()), "n3", 1, OLD.stored.vector)
BESIDE = new_version(Value("w-beside", "c", ()), "n1", 2, EMPTY)


def started() -> tuple[Replica, Recorder]:
    replica, out = Replica("n2", NODES, LeaderlessSettings()), Recorder()
    replica.on_start(out)
    return replica, out


def test_a_write_is_stored_and_acknowledged() -> None:
    replica, out = started()
    replica.on_message(out, "n1", ReplicaWrite("w-old", 0, (OLD,)))
    assert out.of(VersionsStored) == [("n2", "w-old", "write", (OLD.stored,), "cart")]
    assert out.sent_of(ReplicaWriteAck) == [("n1", ReplicaWriteAck("w-old", 0))]


def test_an_older_version_that_comes_late_is_acknowledged_and_not_taken() -> None:
    replica, out = started()
    replica.on_message(out, "n3", ReplicaWrite("w-new", 0, (NEW,)))
    replica.on_message(out, "n1", ReplicaWrite("w-old", 0, (OLD,)))
    assert replica.state.disk.versions["cart"] == (NEW,)
    assert len(out.of(VersionsStored)) == 1
    assert len(out.sent_of(ReplicaWriteAck)) == 2


def test_siblings_are_told_when_they_become_more() -> None:
    for first, second in ((NEW, BESIDE), (BESIDE, NEW)):
        replica, out = started()
        replica.on_message(out, "n1", ReplicaWrite("one", 0, (first,)))
        assert out.of(SiblingsFormed) == []
        replica.on_message(out, "n1", ReplicaWrite("two", 0, (second,)))
        assert out.of(SiblingsFormed) == [("n2", "two", 2, "cart")]
        assert replica.state.disk.versions["cart"] == (BESIDE, NEW)


def test_a_repair_that_changes_nothing_leaves_no_row() -> None:
    replica, out = started()
    replica.on_message(out, "n1", ReplicaRepair("phone-1", 0, (NEW,)))
    assert out.of(RepairApplied) == [("n2", "phone-1", "n1", "cart")]
    replica.on_message(out, "n3", ReplicaRepair("phone-2", 0, (OLD,)))
    assert replica.state.disk.versions["cart"] == (NEW,)
    assert len(out.of(RepairApplied)) == len(out.of(VersionsStored)) == 1


def test_a_read_request_is_answered_with_all_that_is_held() -> None:
    replica, out = started()
    replica.state.disk.versions["cart"] = (BESIDE, NEW)
    replica.on_message(out, "n1", ReplicaRead("phone-1", 0))
    reply = ReplicaReadReply("phone-1", 0, (BESIDE, NEW))
    assert out.sent_of(ReplicaReadReply) == [("n1", reply)]
    assert reply.carries() == ("w-beside", "w-new")


def test_a_crash_loses_requests_and_opinions_and_keeps_the_disk() -> None:
    replica, out = started()
    value = Value("phone-1", "a", ())
    replica.on_message(out, "phone", ClientWrite("phone-1", 0, value, EMPTY))
    out.now = 200_000
    replica.on_timer(out, "silence")
    replica.on_crash()
    assert not replica.state.memory.pending
    replica.on_restart(out)
    assert replica.state.memory.suspected == ()
    assert [version.stored.value for version in replica.state.disk.versions["cart"]] == [value]
    sent = len(out.sent)
    replica.on_message(out, "n1", ReplicaWriteAck("phone-1", 0))
    assert len(out.sent) == sent


def test_state_survives_as_bytes() -> None:
    replica, out = started()
    replica.on_message(out, "n1", ReplicaWrite("w-old", 0, (OLD,)))
    replica.on_message(out, "phone", ClientWrite("phone-1", 0, Value("phone-1", "a", ()), EMPTY))
    data = msgspec.msgpack.encode(replica.state)
    assert msgspec.msgpack.decode(data, type=ReplicaState) == replica.state


# ---- gossip and suspicion -----------------------------------------------------------------------


def test_gossip_goes_to_every_peer_and_never_repeats_a_name() -> None:
    replica, out = started()
    replica.on_timer(out, "gossip")
    replica.on_crash()
    replica.on_restart(out)
    gossip = [(target, message.op) for target, message in out.sent_of(Gossip)]
    peers = ("n1", "n3", "n4")
    assert gossip == [(peer, f"gossip-n2-{count}") for count in (1, 2, 3) for peer in peers]
    assert out.timers["gossip"] == 50_000


def test_a_peer_is_suspected_after_exactly_its_silence() -> None:
    replica, out = started()
    out.now = 30_000
    for peer in ("n1", "n4"):
        replica.on_message(out, peer, Gossip("gossip-x-1", 0))
    assert out.timers["silence"] == 200_000
    out.now = 200_000
    replica.on_timer(out, "silence")
    assert out.of(PeerSuspected) == [("n2", "n3", ("n1", "n4"))]
    assert out.timers["silence"] == 230_000


def test_any_message_of_a_peer_is_a_sign_of_life() -> None:
    replica, out = started()
    out.now = 200_000
    replica.on_timer(out, "silence")
    assert [fields[1] for fields in out.of(PeerSuspected)] == ["n1", "n3", "n4"]
    replica.on_message(out, "n3", ReplicaRead("phone-1", 0))
    assert out.of(PeerHeard) == [("n2", "n3", ("n3",))]
    assert out.timers["silence"] == 400_000
    replica.on_message(out, "phone", ReplicaRead("phone-1", 0))
    assert len(out.of(PeerHeard)) == 1


def test_the_quorum_goes_out_of_reach_once_a_fall() -> None:
    replica, out = started()
    for fall in (1, 2):
        out.now += 200_000
        replica.on_timer(out, "silence")
        assert out.of(QuorumOutOfReach) == [("n2", 1, 2, 3)] * fall
        for peer in ("n1", "n3", "n4"):
            replica.on_message(out, peer, Gossip("gossip-x-1", 0))


def test_a_silent_node_without_a_copy_leaves_the_quorum_in_reach() -> None:
    replica, out = started()
    replica.place.settings = LeaderlessSettings(r=3, w=3)
    out.now = 190_000
    for peer in ("n1", "n3"):
        replica.on_message(out, peer, Gossip("gossip-x-1", 0))
    out.now = 200_000
    replica.on_timer(out, "silence")
    assert [fields[1] for fields in out.of(PeerSuspected)] == ["n4"]
    assert out.of(QuorumOutOfReach) == []
