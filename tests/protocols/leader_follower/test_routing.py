"""How clients find the leader, and what they hear from an old one."""

import pytest

from app.trace.commands import Add, Crash, CutOff, HealAll, Promote
from app.trace.events import (
    ClientsRedirected,
    ClientTurned,
    LeaderPromoted,
    MessageSent,
    OperationInvoked,
)
from tests.protocols.leader_follower.outside_runs import broken, of, run, told

OBSERVER = {"failover": "observer"}


def test_directly_a_client_learns_the_leader_and_stays_with_it() -> None:
    steps = (300, [Add("laptop", "milk")]), (600, [Add("laptop", "tea")])
    trace = run(1, {"routing": "direct"}, *steps)
    (turned,) = of(ClientTurned, trace)
    assert (turned.op, turned.node, turned.leader) == ("laptop-1", "n3", "n1")
    assert told(trace, "laptop-1") == told(trace, "laptop-2") == ("ok", "")
    assert [e.entry for e in of(OperationInvoked, trace)] == ["n3", "n1"]
    assert not [e for e in of(MessageSent, trace) if e.kind == "forward"]


def test_a_client_without_an_answer_forgets_the_leader_it_knew() -> None:
    steps = (300, [Add("laptop", "milk")]), (500, [Crash("n1")]), (600, [Add("laptop", "tea")])
    trace = run(1, {**OBSERVER, "routing": "direct"}, *steps, (1_600, [Add("laptop", "bread")]))
    assert told(trace, "laptop-2") == ("unknown", "no_answer")
    assert [e.entry for e in of(OperationInvoked, trace)] == ["n3", "n1", "n3"]
    assert told(trace, "laptop-3") == ("ok", "")


def test_after_a_change_of_leader_the_old_one_sends_its_clients_on() -> None:
    steps = (300, [Add("phone", "milk")]), (500, [Promote("n2")]), (1_200, [Add("phone", "tea")])
    trace = run(1, {"routing": "direct"}, *steps)
    assert [(e.node, e.leader) for e in of(ClientTurned, trace)] == [("n1", "n2")]
    assert told(trace, "phone-2") == ("ok", "")


@pytest.mark.parametrize("redirect_ms", [0, 1_000])
def test_a_proxy_turns_to_the_new_leader_late(redirect_ms: int) -> None:
    """Until then it points to a node that is gone."""
    settings = {**OBSERVER, "routing": "proxy", "redirect_us": str(redirect_ms * 1_000)}
    steps = (300, [Add("laptop", "milk")]), (500, [Crash("n1")]), (1_200, [Add("laptop", "tea")])
    trace = run(1, settings, *steps, (2_400, [Add("laptop", "bread")]))
    assert told(trace, "laptop-1") == ("ok", "")
    assert told(trace, "laptop-2")[0] == ("unknown" if redirect_ms else "ok")
    assert told(trace, "laptop-3") == ("ok", "")
    assert {e.entry for e in of(OperationInvoked, trace)} == {"proxy"}
    turned = next(e for e in of(ClientsRedirected, trace) if e.node == "proxy")
    assert turned.at >= of(LeaderPromoted, trace)[0].at + redirect_ms * 1_000


def test_a_proxy_that_is_cut_off_from_the_new_leader_points_to_the_old_one() -> None:
    """The old leader is not fenced: through the proxy it goes on taking writes."""
    settings = {**OBSERVER, "routing": "proxy", "copies": "1", "agreement": "off"}
    cuts = [CutOff("n1"), CutOff("proxy")]
    trace = run(1, settings, (400, cuts), (401, [HealAll()]), (900, [Add("phone", "milk")]))
    assert told(trace, "phone-1") == ("ok", "")
    trace = run(
        1, settings, (400, [CutOff("n1")]), (1_200, [Add("phone", "milk")]), (2_000, [HealAll()])
    )
    assert told(trace, "phone-1") == ("ok", "")
    assert "lost_writes" not in broken(trace)


def test_a_crashed_proxy_lets_nobody_through() -> None:
    settings = {"routing": "proxy"}
    trace = run(1, settings, (300, [Crash("proxy")]), (400, [Add("phone", "milk")]))
    assert told(trace, "phone-1") == ("unknown", "no_answer")
