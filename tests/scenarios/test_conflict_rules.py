"""Each conflict rule at work in the engine: what is kept, what is lost, what is shown twice."""

import pytest

from app.errors import CommandRejected
from app.protocols.leaderless.settings import LeaderlessSettings
from app.trace.commands import (
    Add,
    AnyCommand,
    ConfigureClient,
    CutOff,
    HealAll,
    Increment,
    Put,
    Read,
    Remove,
    Resolve,
    SkewClock,
)
from app.trace.types.counter import total
from tests.scenarios.conflicts import Story, world


def put(client: str, value: str) -> Put:
    return Put(client=client, key="price", value=value)


def price(client: str) -> Read:
    return Read(client, "price")


AT_ONE_NODE: list[AnyCommand] = [ConfigureClient("laptop", "entry", "n1")]


# ---- version vectors ----------------------------------------------------------------------------


def paper(**values: str | int) -> Story:
    """D1 and D2 through n1, D3 through n2 and D4 through n3 by who had read D2, both read at n1."""
    story = Story(world(**values))
    story.then(put("phone", "d1")).then(put("phone", "d2"))
    story.then(price("tablet"), price("laptop"))
    return story.then(put("tablet", "d3"), put("laptop", "d4")).then(price("phone")).rest()


@pytest.mark.parametrize("rule", ["siblings", "server_vectors"])
def test_the_clocks_of_the_paper(rule: str) -> None:
    story = paper(conflict=rule)
    clocks = {version.value.items[0]: version.vector for version in story.held("n1")}
    assert clocks == {"d3": (("n1", 2), ("n2", 1)), "d4": (("n1", 2), ("n3", 1))}
    assert story.read("phone-3") == [{"d3"}, {"d4"}]
    client = story.simulation.clusters["leaderless"].client("phone")
    assert client.state.context["price"] == (("n1", 2), ("n2", 1), ("n3", 1))
    story.then(put("phone", "d5")).rest()
    for node in ("n1", "n2", "n3"):
        (last,) = story.held(node)
        assert (last.value.items, last.vector) == (("d5",), (("n1", 3), ("n2", 1), ("n3", 1)))


def test_a_vector_by_coordinator_loses_a_write_that_nobody_had_read() -> None:
    """Published: v1; v2 by who read nothing; v3 by who read v1. v1 and v2 share one vector."""
    outcomes = {}
    for rule in ("siblings", "server_vectors", "object_vectors", "client_vectors"):
        story = Story(world(conflict=rule)).then(*AT_ONE_NODE)
        story.then(put("phone", "v1")).then(put("laptop", "v2"))
        story.then(put("phone", "v3")).rest()
        outcomes[rule] = sorted(value for (value,) in story.shown("n1"))
        became = "overwritten" if rule == "server_vectors" else "sibling"
        assert story.statuses()["laptop-1"] == became, rule
    assert outcomes == {
        "siblings": ["v2", "v3"],
        "client_vectors": ["v2", "v3"],
        "server_vectors": ["v3"],
        "object_vectors": ["v1", "v2", "v3"],
    }


def test_a_client_that_writes_twice_with_one_context_loses_one_under_its_own_vector() -> None:
    """The first write had no answer, so the phone goes on from what it knew, at another node."""
    story = Story(world(conflict="client_vectors")).then(CutOff("n1"), put("phone", "v1"))
    story.then(ConfigureClient("phone", "entry", "n2")).rest()
    story.then(put("phone", "v2")).then(HealAll()).rest().then(price("tablet")).rest()
    assert story.told("phone-1").outcome == "unknown"
    for node in ("n1", "n2", "n3"):
        (one,) = story.held(node)
        assert one.vector == (("phone", 1),)


def exploding(rule: str, writes: int, **values: str | int) -> Story:
    """Two shoppers take turns at n1, each going on from its own last write."""
    story = Story(world(conflict=rule, **values)).then(*AT_ONE_NODE)
    for number in range(writes):
        story.then(put(("phone", "laptop")[number % 2], f"w{number + 1}"))
    return story.rest()


def test_siblings_pile_up_under_one_vector_a_key_and_do_not_with_dots() -> None:
    for rule, counts in (("object_vectors", [1, 2, 3, 4]), ("siblings", [1, 2, 2, 2])):
        assert [len(exploding(rule, n).held("n1")) for n in (1, 2, 3, 4)] == counts
    assert sorted(v for (v,) in exploding("siblings", 4).shown("n1")) == ["w3", "w4"]


def test_a_false_sibling_is_named() -> None:
    story = exploding("object_vectors", 4).then(price("tablet")).rest()
    (found,) = story.findings("false_siblings")
    assert found.because == (
        "Tablet is shown version a beside version c, though Phone had read a and replaced it."
    )
    assert exploding("siblings", 4).then(price("tablet")).rest().findings("false_siblings") == []


@pytest.mark.parametrize(("rule", "before"), [("object_vectors", 5), ("siblings", 2)])
def test_a_read_and_a_write_of_all_of_it_leave_one(rule: str, before: int) -> None:
    story = exploding(rule, 5)
    assert [len(story.held(node)) for node in ("n1", "n2", "n3")] == [before] * 3
    story.then(price("phone")).then(put("phone", "all")).rest()
    assert [story.shown(node) for node in ("n1", "n2", "n3")] == [[("all",)]] * 3


def test_a_write_that_would_leave_too_many_siblings_is_refused_and_sent_to_nobody() -> None:
    story = exploding("object_vectors", 4, sibling_limit=3)
    assert [len(story.held(node)) for node in ("n1", "n2", "n3")] == [3, 3, 3]
    refused = story.told("laptop-2")
    assert (refused.outcome, refused.reason) == ("failed", "too_many_siblings")
    story.then(price("laptop")).then(put("laptop", "all")).rest()
    assert story.shown("n1") == [("all",)]
    story = exploding("siblings", 5, sibling_limit=2)
    assert story.told("laptop-2").outcome == "ok"


def test_the_pair_that_was_raised_longest_ago_is_cut_off_the_vector() -> None:
    story = Story(world(12, conflict="server_vectors", vector_limit=10))
    for number in range(1, 12):
        story.then(ConfigureClient("phone", "entry", f"n{number}"))
        story.then(put("phone", f"v{number}"))
    story.rest()
    last = next(v for v in story.held("n2") if v.value.items == ("v11",))
    assert [name for name, _ in last.vector] == sorted(f"n{number}" for number in range(2, 12))
    before = next(v for v in story.held("n2") if v.value.items == ("v10",))
    assert len(before.vector) == 10, "it was replaced, and stays: the vectors no longer say so"
    assert [row.op for row in story.findings("lost_writes")] == []


# ---- the last write -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tie", "stays"), [("greater_value", "banana"), ("smaller_value", "apple"), ("id", "apple")]
)
@pytest.mark.parametrize("seed", range(3))
def test_equal_stamps_end_alike_at_every_node(tie: str, stays: str, seed: int) -> None:
    scenario = world(conflict="last_write", stamps="client", tie=tie, w=1, r=1)
    story = Story(scenario, seed).then(CutOff("n3"))
    story.then(put("phone", "apple"), put("laptop", "banana")).then(HealAll())
    story.then(price("phone"), price("laptop")).then(price("tablet")).rest()
    assert story.told("phone-1").outcome == story.told("laptop-1").outcome == "ok"
    assert story.read("tablet-1") == [{stays}]
    assert len(story.findings("lost_writes")) == 1
    assert {story.held(node)[0].stamp for node in ("n1", "n2", "n3")} == {1_000_000}


def test_equal_stamps_are_siblings_where_vectors_decide() -> None:
    story = Story(world(w=1, r=1)).then(CutOff("n3"))
    story.then(put("phone", "apple"), put("laptop", "banana")).then(HealAll())
    story.then(price("phone"), price("laptop")).then(price("tablet")).rest()
    assert story.read("tablet-1") == [{"apple"}, {"banana"}]


# ---- carts --------------------------------------------------------------------------------------


def cart(**values: str | int) -> Story:
    """Book and pen everywhere; a cut; the phone removes the pen, the laptop adds a mug."""
    story = Story(world(w=1, r=1, **values)).then(Add("phone", "book")).then(Add("phone", "pen"))
    story.then(Read("laptop")).then(CutOff("n3"))
    story.then(Remove("phone", "pen"), Add("laptop", "mug")).then(HealAll())
    return story.then(Read("phone"), Read("laptop")).then(Read("tablet")).rest()


def test_a_cart_merged_by_union_brings_back_what_was_removed() -> None:
    story = cart()
    assert story.read("tablet-1") == [{"book"}, {"book", "mug", "pen"}]
    assert story.findings("resurrected_items") == [], "so far it is a conflict"
    story.then(Resolve("tablet", "both")).then(Read("phone")).then(Add("laptop", "jam")).rest()
    assert story.read("phone-5") == [{"book", "mug", "pen"}]
    (back,) = story.findings("resurrected_items")
    assert back.op == "phone-3"
    assert back.because == (
        "Phone removed pen, and version e by Tablet holds it again, though nobody has added it "
        "since."
    )
    assert story.findings("lost_writes") == []


def test_damage_is_counted_in_items_under_each_rule() -> None:
    """What of two changes made at once is lost, and which item is back."""

    def damage(**values: str | int) -> tuple[list[str], list[str]]:
        story = cart(**values).then(Resolve("tablet", "both")).rest()
        lost = [row.op for row in story.findings("lost_writes")]
        return lost, [row.because.split(",")[0] for row in story.findings("resurrected_items")]

    assert damage() == ([], ["Phone removed pen"])
    assert damage(cart="or_set") == damage(cart="cells") == damage(cart="two_phase") == ([], [])
    lost, back = damage(conflict="last_write", stamps="client", tie="greater_value")
    assert (lost, back) == (["phone-3"], ["Phone removed pen"]), "the removal itself is lost"
    lost, back = damage(conflict="last_write", stamps="client", tie="smaller_value")
    assert (lost, back) == (["laptop-2"], [])


def test_an_item_that_was_added_again_is_not_back() -> None:
    story = again()
    assert story.read("laptop-1") == [{"pen"}]
    assert story.findings("resurrected_items") == []


def test_a_removal_that_a_fast_clock_ignores_leaves_the_item_where_it_was() -> None:
    story = Story(world(cart="cells")).then(SkewClock("n3", 10_000)).then(Add("laptop", "pen"))
    story.then(Read("phone")).then(Remove("phone", "pen")).then(Read("tablet")).rest()
    assert story.told("phone-2").outcome == "ok"
    assert story.read("tablet-1") == [{"pen"}]
    assert [row.op for row in story.findings("resurrected_items")] == ["phone-2"]
    assert [row.op for row in story.findings("lost_writes")] == ["phone-2"]


def test_a_cart_as_an_observed_remove_set_keeps_both_changes() -> None:
    for rule in ("siblings", "last_write", "object_vectors"):
        story = cart(cart="or_set", conflict=rule)
        assert story.read("tablet-1") == [{"book", "mug"}], rule
        assert story.findings("lost_writes") == []


def test_a_cart_in_cells_keeps_both_changes() -> None:
    story = cart(cart="cells")
    assert story.read("tablet-1") == [{"book", "mug"}]
    assert story.findings("lost_writes") == []


def test_a_whole_cart_of_which_the_last_write_stays_loses_one_side() -> None:
    story = cart(conflict="last_write")
    assert story.read("tablet-1") in ([{"book"}], [{"book", "mug", "pen"}])
    assert len(story.findings("lost_writes")) == 1


def test_two_adds_of_one_item_are_one_item() -> None:
    """The cell keeps the later one; a read that shows the milk misses nobody's milk."""
    story = Story(world(cart="cells")).then(Add("phone", "milk")).then(Add("laptop", "milk"))
    story.then(Read("tablet")).rest()
    assert story.read("tablet-1") == [{"milk"}]
    assert [len(story.held(node, "cart")) for node in ("n1", "n2", "n3")] == [1, 1, 1]
    assert story.findings("stale_reads") == story.findings("lost_writes") == []


def again(**values: str | int) -> Story:
    """The pen is removed, then added again by who knows that."""
    story = Story(world(**values)).then(Add("phone", "pen")).then(Remove("phone", "pen"))
    return story.then(Add("phone", "pen")).then(Read("laptop")).rest()


def test_only_a_two_phase_set_never_takes_an_item_back() -> None:
    assert again(cart="two_phase").read("laptop-1") == [set()]
    for rule in ("or_set", "cells"):
        assert again(cart=rule).read("laptop-1") == [{"pen"}], rule


def at_once(**values: str | int) -> Story:
    """The phone removes the milk, the laptop adds it again without knowing."""
    story = Story(world(w=1, r=1, **values)).then(Add("phone", "milk")).then(CutOff("n3"))
    story.then(Remove("phone", "milk"), Add("laptop", "milk")).then(HealAll())
    return story.then(Read("phone"), Read("laptop")).then(Read("tablet")).rest()


def test_a_removal_and_an_add_at_once_under_each_rule() -> None:
    assert at_once(cart="or_set").read("tablet-1") == [{"milk"}], "add wins"
    assert at_once(cart="two_phase").read("tablet-1") == [set()], "the removal stays"
    same = {"cart": "cells", "stamps": "client"}
    assert at_once(**same, tie="greater_value").read("tablet-1") == [set()]
    assert at_once(**same, tie="smaller_value").read("tablet-1") == [{"milk"}]


# ---- the last one -------------------------------------------------------------------------------


def seats(write: str, **values: str | int) -> Story:
    """One seat came in at n1; with n3 cut off both want it."""
    story = Story(world(w=1, r=1, **values))
    story.then(Increment(client="phone", key="stock", by=1, write=write))  # type: ignore[arg-type]
    story.then(Read("laptop", "stock")).then(CutOff("n3"))
    take = [Increment(client=c, key="stock", by=-1, write=write) for c in ("phone", "laptop")]  # type: ignore[arg-type]
    story.then(*take).then(HealAll())
    story.then(Read("phone", "stock"), Read("laptop", "stock"))
    return story.then(Read("tablet", "stock")).rest()


def test_no_merge_keeps_the_stock_at_zero_and_escrow_does() -> None:
    sold = seats("operation")
    assert sold.told("phone-2").outcome == sold.told("laptop-2").outcome == "ok"
    assert total(sold.told("tablet-1").values) == -1
    for rule in ("siblings", "last_write"):
        kept = seats("whole", counter="escrow", conflict=rule)
        assert kept.told("phone-2").outcome == "ok"
        refused = kept.told("laptop-2")
        assert (refused.outcome, refused.reason) == ("failed", "no_share")
        assert total(kept.told("tablet-1").values) == 0


def test_what_came_in_at_a_node_may_be_taken_there() -> None:
    story = Story(world(counter="escrow"))
    story.then(Increment(client="laptop", key="stock", by=2))
    story.then(Increment(client="laptop", key="stock", by=-1))
    story.then(Increment(client="laptop", key="stock", by=-2)).then(Read("phone", "stock")).rest()
    assert [story.told(f"laptop-{n}").outcome for n in (1, 2, 3)] == ["ok", "ok", "failed"]
    assert total(story.told("phone-1").values) == 1


# ---- settings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (LeaderlessSettings(vector_limit=10), "not told apart by plain vectors"),
        (LeaderlessSettings(vector_limit=-1, conflict="server_vectors"), "at least one"),
        (LeaderlessSettings(sibling_limit=3, conflict="last_write"), "there are none"),
        (LeaderlessSettings(sibling_limit=3, conflict="newest_sibling"), "there are none"),
        (LeaderlessSettings(sibling_limit=1_001), "at least one"),
    ],
)
def test_limits_that_cannot_be_are_refused(settings: LeaderlessSettings, reason: str) -> None:
    with pytest.raises(CommandRejected) as refused:
        settings.validate(3)
    assert reason in refused.value.reason
    assert refused.value.remedy
