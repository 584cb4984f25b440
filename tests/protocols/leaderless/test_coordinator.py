"""One coordinator, rule by rule, with a recording Out."""

from app.protocols.client_messages import ClientRead, ClientReply, ClientWrite
from app.protocols.leaderless.messages import (
    ReplicaRead,
    ReplicaReadReply,
    ReplicaRepair,
    ReplicaWrite,
    ReplicaWriteAck,
)
from app.protocols.leaderless.replica import Replica
from app.protocols.leaderless.settings import LeaderlessSettings
from app.trace.events import (
    QuorumMissed,
    QuorumReached,
    RepairApplied,
    ReplyCounted,
    RequestAccepted,
    RequestRefused,
    SiblingsFormed,
    VersionsStored,
)
from app.trace.values import Value
from app.versions.dotted import new_version, reduce
from app.versions.version_vector import EMPTY, VersionVector
from tests.protocols.leaderless.harness import Recorder

NODES = ("n1", "n2", "n3", "n4")
OLD = new_version(Value("w-old", "a", ("milk",)), "n2", 1, EMPTY)
NEW = new_version(Value("w-new", "b", ("milk", "bread")), "n3", 1, OLD.stored.vector)
BESIDE = new_version(Value("w-beside", "c", ("tea",)), "n1", 1, EMPTY)


def started(
    node: str = "n1", settings: LeaderlessSettings | None = None
) -> tuple[Replica, Recorder]:
    replica, out = Replica(node, NODES, settings or LeaderlessSettings()), Recorder()
    replica.on_start(out)
    out.sent.clear()
    return replica, out


def write(op: str, context: VersionVector = EMPTY) -> ClientWrite:
    return ClientWrite(op, 0, Value(op, "a", ("milk",)), context)


def suspect(replica: Replica, out: Recorder, *silent: str) -> None:
    """Let all peers but these speak, long enough for the others to be suspected."""
    out.now += 300_000
    for peer in replica.place.peers:
        if peer not in silent:
            replica.state.memory.last_heard[peer] = out.now
    replica.on_timer(out, "silence")


# ---- writes -----------------------------------------------------------------------------------


def test_a_write_is_kept_here_and_sent_to_all_other_replicas() -> None:
    replica, out = started()
    replica.on_message(out, "phone", write("phone-1"))
    assert [kind for kind, _ in out.events[-3:]] == [RequestAccepted, VersionsStored, ReplyCounted]
    assert out.of(RequestAccepted) == [("n1", "phone-1", "write", 2, 3)]
    assert [target for target, _ in out.sent_of(ReplicaWrite)] == ["n2", "n3"]
    assert out.of(ReplyCounted) == [("n1", "phone-1", "n1", 1, 2, 3)]


def test_a_write_is_acknowledged_only_at_w() -> None:
    replica, out = started(settings=LeaderlessSettings(w=3, r=1))
    replica.on_message(out, "phone", write("phone-1"))
    replica.on_message(out, "n2", ReplicaWriteAck("phone-1", 0))
    assert out.sent_of(ClientReply) == []
    replica.on_message(out, "n3", ReplicaWriteAck("phone-1", 0))
    assert out.of(QuorumReached) == [("n1", "phone-1", "write", 3, 3, 3)]
    reply = ClientReply("phone-1", 0, "ok", "", (), (("n1", 1),))
    assert out.sent_of(ClientReply) == [("phone", reply)]


def test_a_node_is_counted_once() -> None:
    replica, out = started(settings=LeaderlessSettings(w=3, r=1))
    replica.on_message(out, "phone", write("phone-1"))
    for _ in range(3):
        replica.on_message(out, "n2", ReplicaWriteAck("phone-1", 0))
    assert [fields[2] for fields in out.of(ReplyCounted)] == ["n1", "n2"]
    assert out.sent_of(ClientReply) == []


def test_the_first_answer_of_a_node_stands() -> None:
    """A network may deliver one twice, and late: what comes second is older."""
    replica, out = started("n4", LeaderlessSettings(w=1, r=2))
    replica.on_message(out, "phone", ClientRead("phone-1", 0))
    replica.on_message(out, "n2", ReplicaReadReply("phone-1", 0, (NEW,)))
    replica.on_message(out, "n2", ReplicaReadReply("phone-1", 0, (OLD,)))
    replica.on_message(out, "n3", ReplicaReadReply("phone-1", 0, (OLD,)))
    ((_, reply),) = out.sent_of(ClientReply)
    assert [value.id for value in reply.values] == ["w-new"]


def test_acknowledgements_after_the_quorum_are_counted_and_answered_once() -> None:
    replica, out = started()
    replica.on_message(out, "phone", write("phone-1"))
    replica.on_message(out, "n2", ReplicaWriteAck("phone-1", 0))
    replica.on_message(out, "n3", ReplicaWriteAck("phone-1", 0))
    assert [fields[3] for fields in out.of(ReplyCounted)] == [1, 2, 3]
    assert len(out.sent_of(ClientReply)) == 1
    assert "phone-1" not in out.timers
    assert not replica.state.memory.pending


def test_a_coordinator_that_is_no_replica_keeps_and_counts_nothing_of_its_own() -> None:
    replica, out = started("n4", LeaderlessSettings(r=1, w=1))
    replica.on_message(out, "phone", write("phone-1"))
    assert [target for target, _ in out.sent_of(ReplicaWrite)] == ["n1", "n2", "n3"]
    assert out.of(VersionsStored) == out.of(ReplyCounted) == []
    replica.on_message(out, "n2", ReplicaWriteAck("phone-1", 0))
    assert out.of(ReplyCounted) == [("n4", "phone-1", "n2", 1, 1, 3)]
    assert len(out.sent_of(ClientReply)) == 1


def test_too_few_acknowledgements_in_time_are_unknown() -> None:
    replica, out = started()
    replica.on_message(out, "phone", write("phone-1"))
    assert out.timers["phone-1"] == 300_000
    replica.on_timer(out, "phone-1")
    assert out.of(QuorumMissed) == [("n1", "phone-1", "write", 1, 2, 3)]
    reply = ClientReply("phone-1", 0, "unknown", "too_few_answers", (), EMPTY)
    assert out.sent_of(ClientReply) == [("phone", reply)]
    replica.on_message(out, "n2", ReplicaWriteAck("phone-1", 0))
    assert len(out.of(ReplyCounted)) == 1
    assert len(out.sent_of(ClientReply)) == 1


def test_the_time_out_of_an_answered_request_says_nothing_more() -> None:
    replica, out = started()
    replica.on_message(out, "phone", write("phone-1"))
    replica.on_message(out, "n2", ReplicaWriteAck("phone-1", 0))
    replica.on_timer(out, "phone-1")
    assert out.of(QuorumMissed) == []
    assert len(out.sent_of(ClientReply)) == 1


def test_a_dot_is_never_given_twice_not_even_after_a_crash() -> None:
    replica, out = started()
    replica.on_message(out, "phone", write("phone-1"))
    replica.on_crash()
    replica.on_restart(out)
    replica.on_message(out, "laptop", write("laptop-1"))
    dots = [(m.versions[0].node, m.versions[0].counter) for _, m in out.sent_of(ReplicaWrite)]
    assert dots == [("n1", 1), ("n1", 1), ("n1", 2), ("n1", 2)]


def test_a_dot_is_above_all_that_the_context_knows_of_this_node() -> None:
    replica, out = started()
    replica.on_message(out, "phone", write("phone-1", (("n1", 7),)))
    assert out.sent_of(ReplicaWrite)[0][1].versions[0].counter == 8


def test_shoppers_who_have_not_read_each_other_become_siblings_at_one_coordinator() -> None:
    replica, out = started()
    replica.on_message(out, "phone", write("phone-1"))
    replica.on_message(out, "laptop", write("laptop-1"))
    held = [version.stored.value.id for version in replica.state.disk.versions["cart"]]
    assert held == ["phone-1", "laptop-1"]
    assert out.of(SiblingsFormed) == [("n1", "laptop-1", 2, "cart")]
    merged = write("phone-2", (("n1", 2),))
    replica.on_message(out, "phone", merged)
    assert [version.stored.value.id for version in replica.state.disk.versions["cart"]] == [
        "phone-2"
    ]


# ---- the up-front check -------------------------------------------------------------------------


def test_with_too_few_replicas_alive_nothing_is_sent_and_the_outcome_is_failed() -> None:
    replica, out = started()
    suspect(replica, out, "n2", "n3")
    replica.on_message(out, "phone", write("phone-1"))
    replica.on_message(out, "phone", ClientRead("phone-2", 0))
    assert out.of(RequestRefused) == [
        ("n1", "phone-1", "no_quorum", "cart"),
        ("n1", "phone-2", "no_quorum", "cart"),
    ]
    assert [(m.outcome, m.reason) for _, m in out.sent_of(ClientReply)] == [
        ("failed", "no_quorum"),
        ("failed", "no_quorum"),
    ]
    assert len(out.sent) == 2
    assert replica.state.disk.versions == {}
    assert out.of(RequestAccepted) == []


def test_reads_and_writes_are_checked_against_their_own_quorum() -> None:
    replica, out = started(settings=LeaderlessSettings(r=1, w=3))
    suspect(replica, out, "n2")
    replica.on_message(out, "phone", write("phone-1"))
    replica.on_message(out, "phone", ClientRead("phone-2", 0))
    assert [fields[1] for fields in out.of(RequestRefused)] == ["phone-1"]
    assert [fields[1] for fields in out.of(RequestAccepted)] == ["phone-2"]


def test_a_suspected_replica_is_written_to_as_well() -> None:
    replica, out = started()
    suspect(replica, out, "n2")
    replica.on_message(out, "phone", write("phone-1"))
    assert [target for target, _ in out.sent_of(ReplicaWrite)] == ["n2", "n3"]


def test_a_silent_node_without_a_copy_takes_nothing_from_the_quorum() -> None:
    replica, out = started(settings=LeaderlessSettings(r=3, w=3))
    suspect(replica, out, "n4")
    replica.on_message(out, "phone", write("phone-1"))
    assert out.of(RequestRefused) == []


# ---- reads --------------------------------------------------------------------------------------


def read_with(settings: LeaderlessSettings, *answers: tuple[str, ReplicaReadReply]) -> Recorder:
    replica, out = started(settings=settings)
    replica.state.disk.versions["cart"] = (OLD,)
    replica.on_message(out, "phone", ClientRead("phone-1", 0))
    assert [target for target, _ in out.sent_of(ReplicaRead)] == ["n2", "n3"]
    for source, answer in answers:
        replica.on_message(out, source, answer)
    return out


def answer(*versions: object) -> ReplicaReadReply:
    return ReplicaReadReply("phone-1", 0, versions)  # type: ignore[arg-type]


def test_a_read_is_answered_at_r_with_what_nothing_supersedes() -> None:
    assert read_with(LeaderlessSettings()).sent_of(ClientReply) == []
    out = read_with(LeaderlessSettings(), ("n2", answer(NEW)))
    value = NEW.stored.value
    reply = ClientReply("phone-1", 0, "ok", "", (value,), (("n2", 1), ("n3", 1)))
    assert out.sent_of(ClientReply) == [("phone", reply)]
    assert out.of(QuorumReached) == [("n1", "phone-1", "read", 2, 2, 3)]


def test_concurrent_versions_are_all_returned_in_one_order() -> None:
    for first, second in (((NEW,), (BESIDE,)), ((BESIDE,), (NEW,))):
        settings = LeaderlessSettings(r=3, w=1)
        out = read_with(settings, ("n2", answer(*first)), ("n3", answer(*second)))
        ((_, reply),) = out.sent_of(ClientReply)
        assert [value.id for value in reply.values] == ["w-beside", "w-new"]
        assert reply.context == (("n1", 1), ("n2", 1), ("n3", 1))


def test_a_read_with_too_few_replies_is_unknown() -> None:
    replica, out = started(settings=LeaderlessSettings(r=3, w=1))
    replica.on_message(out, "phone", ClientRead("phone-1", 0))
    replica.on_message(out, "n2", answer(OLD))
    replica.on_timer(out, "phone-1")
    assert out.of(QuorumMissed) == [("n1", "phone-1", "read", 2, 3, 3)]
    ((_, reply),) = out.sent_of(ClientReply)
    assert (reply.outcome, reply.reason) == ("unknown", "too_few_answers")
    assert out.sent_of(ReplicaRepair) == []


# ---- read repair --------------------------------------------------------------------------------


def test_repair_waits_for_all_answers_and_comes_after_the_reply() -> None:
    out = read_with(LeaderlessSettings(), ("n2", answer(NEW)))
    assert out.sent_of(ReplicaRepair) == []
    settings = LeaderlessSettings(r=3, w=1)
    out = read_with(settings, ("n2", answer(NEW)), ("n3", answer(OLD)))
    kinds = [type(message) for _, message in out.sent]
    assert kinds.index(ClientReply) < kinds.index(ReplicaRepair)


def test_every_responder_that_lacks_something_is_repaired_with_the_newest() -> None:
    out = read_with(LeaderlessSettings(), ("n2", answer(NEW)), ("n3", answer()))
    assert out.sent_of(ReplicaRepair) == [("n3", ReplicaRepair("phone-1", 0, (NEW,)))]
    assert out.of(VersionsStored) == [("n1", "phone-1", "repair", (NEW.stored,), "cart")]
    assert out.of(RepairApplied) == [("n1", "phone-1", "n1", "cart")]


def test_repair_brings_all_siblings() -> None:
    out = read_with(LeaderlessSettings(), ("n2", answer(NEW)), ("n3", answer(BESIDE)))
    both = reduce([NEW, BESIDE])
    assert [(t, m.versions) for t, m in out.sent_of(ReplicaRepair)] == [("n2", both), ("n3", both)]


def test_after_the_time_out_those_who_answered_are_repaired() -> None:
    replica, out = started()
    replica.state.disk.versions["cart"] = (NEW,)
    replica.on_message(out, "phone", ClientRead("phone-1", 0))
    replica.on_message(out, "n2", answer(OLD))
    replica.on_timer(out, "phone-1")
    assert [target for target, _ in out.sent_of(ReplicaRepair)] == ["n2"]


def test_equal_answers_and_repair_off_send_nothing() -> None:
    same = read_with(LeaderlessSettings(), ("n2", answer(OLD)), ("n3", answer(OLD)))
    assert same.sent_of(ReplicaRepair) == []
    off = LeaderlessSettings(read_repair="off")
    out = read_with(off, ("n2", answer(NEW)), ("n3", answer(OLD)))
    assert out.sent_of(ReplicaRepair) == []
    assert out.of(VersionsStored) == []
