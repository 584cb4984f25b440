"""How four systems tell conflicting versions apart: what each makes of the same story.

The settings are those of the presets, which name their sources. The stories: equal time stamps,
the clocks of the paper, two who take turns, a cart changed on two sides of a cut, a set that
several clients add to.
"""

from typing import Any

import pytest

from app.trace.commands import CutOff, HealAll, Read, Resolve, SkewClock
from tests.scenarios.conflicts import Story, world
from tests.scenarios.of_presets import preset
from tests.scenarios.test_conflict_rules import (
    cart,
    exploding,
    paper,
    price,
    put,
)
from tests.scenarios.test_set_of_adds import missing

Values = dict[str, Any]
CLIENTS_CLOCK: Values = {"stamps": "client"}
"""Where two stamps are to be equal; Riak's coordinator dates writes, and its clocks would do."""
DYNAMO = preset("dynamo")
DYNAMO_BY_TIME = preset("dynamo-timestamps")
CASSANDRA = preset("cassandra")
CASSANDRA_SET = preset("cassandra", cart="cells")
"""A collection: every element is a cell."""
RIAK_BUCKET = preset("riak")
RIAK_VECTORS = preset("riak-type", conflict="object_vectors")
"""A bucket of before dotted versions, or with dvv_enabled false."""
RIAK_TYPE = preset("riak-type")
RIAK_SET = preset("riak-set")
VOLDEMORT = preset("voldemort", coordinator="entry", first_write="with_all")
"""Its servers; a node coordinates in the client's stead, for cuts part nodes alone."""
EACH_SIDE: Values = {"write_level": "one", "read_level": "one"}
"""A side of one node takes writes, and answers reads."""
ONE_AND_ALL: Values = {"w": 1, "r": 3, "write_level": "one", "read_level": "all"}
"""Each side of a cut takes a write, and a read afterwards compares all copies."""


def equal(values: Values) -> Story:
    """Apple and banana in the same microsecond on two sides of a cut; then all copies meet."""
    story = Story(world(**{**values, **CLIENTS_CLOCK, **ONE_AND_ALL})).then(CutOff("n3"))
    story.then(put("phone", "apple"), put("laptop", "banana")).then(HealAll())
    return story.then(price("phone")).then(price("tablet")).rest()


@pytest.mark.parametrize(
    ("values", "shown", "kept"),
    [
        (DYNAMO, [{"apple"}, {"banana"}], 2),
        (CASSANDRA, [{"banana"}], 1),
        (RIAK_BUCKET, [{"apple"}], 1),
        (RIAK_TYPE, [{"apple"}, {"banana"}], 2),
    ],
    ids=["dynamo", "cassandra", "riak-bucket", "riak-type"],
)
def test_equal_time_stamps(values: Values, shown: list[set[str]], kept: int) -> None:
    story = equal(values)
    assert story.read("tablet-1") == shown
    assert [len(story.held(node)) for node in ("n1", "n2", "n3")] == [kept] * 3


def test_equal_time_stamps_in_voldemort_show_one_and_keep_both() -> None:
    story = equal(VOLDEMORT)
    assert len(story.read("tablet-1")) == 1
    assert story.read("tablet-1") == equal(VOLDEMORT).read("tablet-1")
    assert [len(story.held(node)) for node in ("n1", "n2", "n3")] == [2] * 3
    story.then(put("tablet", "cherry")).rest()
    assert [story.shown(node) for node in ("n1", "n2", "n3")] == [[("cherry",)]] * 3
    unseen = {"phone-1", "laptop-1"} - {story.told("tablet-1").values[0].id}
    assert story.statuses()[unseen.pop()] == "overwritten", "its writer was never shown the other"


def test_the_clocks_of_the_paper_in_dynamo() -> None:
    story = paper(**DYNAMO).then(put("phone", "d5")).then(price("tablet")).rest()
    assert story.read("tablet-3") == [{"d5"}]
    assert story.held("n2")[0].vector == (("n1", 3), ("n2", 1), ("n3", 1))


def test_taking_turns_in_riak() -> None:
    assert [len(exploding_of(RIAK_VECTORS, n).held("n1")) for n in (1, 2, 3, 4)] == [1, 2, 3, 4]
    assert [len(exploding_of(RIAK_TYPE, n).held("n1")) for n in (1, 2, 3, 4)] == [1, 2, 2, 2]


def exploding_of(values: Values, writes: int) -> Story:
    rest = {name: value for name, value in values.items() if name != "conflict"}
    return exploding(values["conflict"], writes, **rest)


def test_the_hundred_and_first_sibling_is_refused_in_riak() -> None:
    story = exploding_of(RIAK_VECTORS, 101)
    assert [story.told(op).outcome for op in ("laptop-50", "phone-51")] == ["ok", "failed"]
    assert story.told("phone-51").reason == "too_many_siblings"
    assert len(story.held("n1")) == 100
    assert len(exploding_of(RIAK_TYPE, 101).held("n1")) == 2
    story.then(price("phone")).then(put("phone", "all")).rest()
    assert story.shown("n1") == [("all",)]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (DYNAMO, {"book", "pen", "mug"}),
        (RIAK_TYPE, {"book", "pen", "mug"}),
        (RIAK_SET, {"book", "mug"}),
        (CASSANDRA_SET, {"book", "mug"}),
    ],
    ids=["dynamo", "riak-siblings", "riak-set", "cassandra-set"],
)
def test_a_cart_changed_on_two_sides(values: Values, shown: set[str]) -> None:
    story = (
        cart(**{**values, **EACH_SIDE}).then(Resolve("tablet", "both")).then(Read("phone")).rest()
    )
    assert story.read("phone-5") == [shown]
    assert len(story.findings("resurrected_items")) == ("pen" in shown)
    assert story.findings("lost_writes") == []


@pytest.mark.parametrize("values", [CASSANDRA, RIAK_BUCKET], ids=["cassandra", "riak-bucket"])
def test_a_cart_in_one_piece_keeps_one_side(values: Values) -> None:
    story = cart(**{**values, **EACH_SIDE}).rest()
    assert story.read("tablet-1") in ([{"book"}], [{"book", "pen", "mug"}])
    assert len(story.findings("lost_writes")) == 1


@pytest.mark.parametrize("seed", range(2))
def test_a_set_that_many_add_to(seed: int) -> None:
    for values in (DYNAMO_BY_TIME, CASSANDRA, RIAK_BUCKET):
        assert missing(seed, "leaderless", **values) > 0, values
    for values in (RIAK_TYPE, RIAK_SET, CASSANDRA_SET):
        assert missing(seed, "leaderless", cut=True, **values) == 0, values


@pytest.mark.parametrize(
    ("values", "shown"), [(CASSANDRA, "old"), (RIAK_BUCKET, "new"), (RIAK_TYPE, "new")]
)
def test_who_has_read_what_a_fast_clock_wrote_may_replace_it(values: Values, shown: str) -> None:
    """Stamps alone keep the old; a vector says first that its writer had read it."""
    story = Story(world(**{**values, "stamps": "coordinator"})).then(SkewClock("n3", 10_000))
    story.then(put("laptop", "old")).then(price("phone")).then(put("phone", "new"))
    story.then(price("tablet")).rest()
    assert story.read("tablet-1") == [{shown}]
    lost = [row.op for row in story.findings("lost_writes")]
    assert lost == (["phone-2"] if shown == "old" else [])


def test_who_has_not_read_it_may_lose_against_the_fast_clock_in_riak() -> None:
    story = Story(world(**{**RIAK_BUCKET, "stamps": "coordinator"})).then(SkewClock("n3", 10_000))
    story.then(put("laptop", "old")).then(put("phone", "new")).then(price("tablet")).rest()
    assert story.told("phone-1").outcome == "ok"
    assert story.read("tablet-1") == [{"old"}]
    assert [row.op for row in story.findings("lost_writes")] == ["phone-1"]


def test_what_a_cut_off_node_still_holds_displaces_nobody_who_had_read_it() -> None:
    """n3's version has the newer stamp, and was replaced: the judge takes it for that."""
    story = Story(world(**{**RIAK_BUCKET, "stamps": "coordinator"})).then(SkewClock("n3", 10_000))
    story.then(put("laptop", "old")).then(price("phone")).then(CutOff("n3"))
    story.then(put("phone", "new")).rest()
    assert story.shown("n3") == [("old",)]
    assert story.statuses()["phone-2"] == "kept"
    story.then(HealAll()).then(price("tablet")).rest()
    assert story.read("tablet-1") == [{"new"}]
    assert story.findings("lost_writes") == []
