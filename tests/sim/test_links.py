"""Slow and lossy links: what each does to which messages, and that a snapshot remembers it."""

from app.sim.kernel import Kernel
from app.sim.latency import Constant
from app.sim.network import NetworkSpec
from app.sim.snapshot import restore, snapshot
from app.trace.codec import encode_lines
from app.trace.events import FaultIgnored, LinkHealed, MessageDropped, MessageSent
from tests.sim.ping import PingMessage, pinging

TEN_MS = NetworkSpec(nodes=Constant(10_000))
LINK = {("n1", "n3"), ("n3", "n1")}


def sent(kernel: Kernel, after: int = 0) -> list[MessageSent]:
    return [e for e in kernel.trace if isinstance(e, MessageSent) and e.at > after]


def lost(kernel: Kernel) -> list[MessageDropped]:
    return [e for e in kernel.trace if isinstance(e, MessageDropped) and e.reason == "loss"]


def test_a_slow_link_takes_so_many_times_as_long_both_ways_and_no_other_does() -> None:
    kernel = pinging(1, network=TEN_MS)
    kernel.run_until(100_000)
    kernel.slow_link("n3", "n1", 7)
    kernel.run_until(300_000)
    later = sent(kernel, 100_000)
    delays = {way: e.arrives_at - e.at for e in later if (way := (e.source, e.target))}
    assert {way for way, delay in delays.items() if delay == 70_000} == LINK
    assert {delay for way, delay in delays.items() if way not in LINK} == {10_000}
    kernel.heal_link("n1", "n3")
    assert isinstance(kernel.trace[-1], LinkHealed)
    kernel.run_until(500_000)
    assert {e.arrives_at - e.at for e in sent(kernel, 300_000)} == {10_000}


def test_a_lossy_link_loses_its_share_and_no_other_link_any() -> None:
    kernel = pinging(3, network=TEN_MS)
    kernel.lose_on_link("n1", "n3", 30)
    kernel.run_until(60_000_000)
    gone = lost(kernel)
    assert {(e.source, e.target) for e in gone} == LINK
    tried = sum(1 for e in sent(kernel) if (e.source, e.target) in LINK)
    # Three standard deviations of a binomial with these counts are less than 0.05.
    assert tried > 1_000
    assert abs(len(gone) / tried - 0.30) < 0.05


def test_losses_are_each_messages_own_luck_and_apart_from_the_networks() -> None:
    whole = pinging(3, network=NetworkSpec(nodes=Constant(10_000), loss_ppm=300_000))
    lossy = pinging(3, network=NetworkSpec(nodes=Constant(10_000), loss_ppm=300_000))
    lossy.lose_on_link("n1", "n3", 50)
    for kernel in (whole, lossy):
        kernel.run_until(20_000_000)
    names = [{(e.source, e.target, e.kind, e.op) for e in lost(k)} for k in (whole, lossy)]
    # Where a ping is lost no pong is sent: what was sent in both is compared.
    in_both = {(e.source, e.target, e.kind, e.op) for e in sent(lossy)}
    assert names[0] & in_both < names[1], "what the network loses is lost in both"
    on_link = sum(1 for e in sent(lossy) if (e.source, e.target) in LINK)
    share = sum(1 for name in names[1] if name[:2] in LINK) / on_link
    assert abs(share - 0.65) < 0.06, "1 − 0.7 × 0.5"


def test_some_messages_arrive_twice_each_after_a_delay_of_its_own_and_the_rest_as_before() -> None:
    once, twice = pinging(3), pinging(3, network=NetworkSpec(duplicate_ppm=200_000))
    for kernel in (once, twice):
        kernel.run_until(20_000_000)
    by_seq = {e.seq: e for e in sent(twice)}
    copies = [
        (by_seq[e.cause], e)
        for e in by_seq.values()
        if e.cause in by_seq and (by_seq[e.cause].kind, by_seq[e.cause].op) == (e.kind, e.op)
    ]
    share = len(copies) / (len(by_seq) - len(copies))
    assert abs(share - 0.2) < 0.03
    assert all(copy.source == first.source and copy.at == first.at for first, copy in copies)
    assert any(copy.arrives_at < first.arrives_at for first, copy in copies)
    assert any(copy.arrives_at > first.arrives_at for first, copy in copies)
    own = {(e.source, e.target, e.kind, e.op): e.arrives_at for e in sent(once)}
    first_ones = [e for e in by_seq.values() if e.seq not in {copy.seq for _, copy in copies}]
    same = [e for e in first_ones if own.get((e.source, e.target, e.kind, e.op)) == e.arrives_at]
    assert len(same) > 0.7 * len(own), "a copy changes the luck of no other message"


def test_healing_a_whole_link_is_a_visible_no_op_and_one_heal_mends_all() -> None:
    kernel = pinging(1)
    kernel.heal_link("n1", "n2")
    assert isinstance(kernel.trace[-1], FaultIgnored)
    kernel.slow_link("n1", "n2", 3)
    kernel.lose_on_link("n1", "n2", 50)
    kernel.cut_link("n1", "n2")
    assert kernel.troubled_links() == ["n1–n2"]
    kernel.heal_link("n2", "n1")
    assert kernel.troubled_links() == []


def test_a_snapshot_remembers_slow_and_lossy_links() -> None:
    first, second = pinging(9), pinging(9)
    first.slow_link("n1", "n2", 5)
    first.lose_on_link("n2", "n3", 40)
    first.run_until(500_000)
    restore(second, snapshot(first), PingMessage)
    before = len(first.trace)
    for kernel in (first, second):
        kernel.run_until(2_000_000)
    assert encode_lines(first.trace[before:]) == encode_lines(second.trace)


def test_a_cut_one_way_leaves_the_other_way_as_it_was() -> None:
    kernel = pinging(1, network=TEN_MS)
    kernel.run_until(105_000)
    kernel.cut_one_way("n1", "n3")
    kernel.run_until(400_000)
    gone = [e for e in kernel.trace if isinstance(e, MessageDropped)]
    assert {(e.source, e.target, e.reason) for e in gone} == {("n1", "n3", "cut")}
    tried = [e for e in sent(kernel, 105_000) if (e.source, e.target) == ("n1", "n3")]
    assert len(gone) >= len(tried) > 5
    came = [e for e in sent(kernel, 105_000) if (e.source, e.target) == ("n3", "n1")]
    assert len(came) > 5
    kernel.cut_one_way("n1", "n3")
    assert isinstance(kernel.trace[-1], FaultIgnored)
    second = pinging(1, network=TEN_MS)
    restore(second, snapshot(kernel), PingMessage)
    assert list(second.one_way) == [("n1", "n3")]
    kernel.heal_link("n3", "n1")
    assert kernel.troubled_links() == []
