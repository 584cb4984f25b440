"""Deletes as a whole: what comes back is found by the judge, and where parts would stay they are
refused."""

import pytest

from app.trace.commands import Add, AnyCommand, Compact, Crash, Delete, Put, Read, Restart
from app.trace.events import OperationReturned, VersionsStored
from app.trace.sentences import sentence
from tests.scenarios.conflicts import Story, world

GRACE: dict[str, str | int] = {"conflict": "last_write", "grace_us": 300_000}


def away(key: str, write: AnyCommand, tombstones: str, *after: AnyCommand) -> Story:
    """n3 misses the delete and comes back after n1 and n2 have thrown away what may go."""
    story = Story(world(**GRACE, tombstones=tombstones)).then(write).then(Crash("n3"))
    story.then(Delete("phone", key)).then(Read("phone", key)).then(Compact("n1"), Compact("n2"))
    story.then(Restart("n3")).then(*after).then(Read("laptop", key)).then(Read("laptop", key))
    return story.rest()


MILK = Add("phone", "milk")
PRICE = Put(client="phone", key="price", value="7")


@pytest.mark.parametrize(("key", "write"), [("cart", MILK), ("price", PRICE)])
def test_a_zombie_is_a_delete_that_was_undone_by_nobody(key: str, write: AnyCommand) -> None:
    story = away(key, write, "grace")
    assert story.read("laptop-2") == [{"milk" if key == "cart" else "7"}]
    (back,) = story.findings("resurrected_items")
    assert back.op == "phone-2"
    assert back.because == (
        "Phone deleted everything, and version a by Phone shows something again, though nobody has "
        "written it since."
    )
    assert [row.op for row in story.findings("lost_writes")] == ["phone-2"]


@pytest.mark.parametrize(("key", "write"), [("cart", MILK), ("price", PRICE)])
def test_while_the_tombstone_is_kept_nothing_is_back(key: str, write: AnyCommand) -> None:
    story = away(key, write, "kept")
    assert story.findings("resurrected_items") == []
    assert story.findings("lost_writes") == []


@pytest.mark.parametrize(("key", "write"), [("cart", MILK), ("price", PRICE)])
def test_what_is_written_again_is_not_back(key: str, write: AnyCommand) -> None:
    story = away(key, write, "kept", write)
    assert story.read("laptop-2") == [{"milk" if key == "cart" else "7"}]
    assert story.findings("resurrected_items") == []


@pytest.mark.parametrize(
    "values",
    [{"cart": "two_phase"}, {"cart": "cells"}, {"cart": "or_set", "conflict": "last_write"}],
)
def test_a_cart_whose_parts_would_stay_is_not_deleted(values: dict[str, str]) -> None:
    story = Story(world(**values)).then(MILK).then(Delete("phone")).then(Read("laptop")).rest()
    told = story.told("phone-2")
    assert (told.outcome, told.reason) == ("failed", "no_delete")
    assert sentence("leaderless", told) == (
        "Phone deletes the cart: Refused, under this rule items go one by one."
    )
    assert story.read("laptop-1") == [{"milk"}]
    assert not [
        event
        for event in story.trace("leaderless")
        if isinstance(event, VersionsStored) and event.op == "phone-2"
    ]
    # Beside the leader there are no parts.
    beside = [e for e in story.trace("leader") if isinstance(e, OperationReturned)]
    assert [event.outcome for event in beside if event.op == "phone-2"] == ["ok"]


def test_where_parts_go_with_the_whole_a_delete_empties_it() -> None:
    story = Story(world(cart="or_set")).then(MILK).then(Delete("phone")).then(Read("laptop")).rest()
    assert story.told("phone-2").outcome == "ok"
    assert story.read("laptop-1") in ([], [set()])


def test_a_register_is_deleted_whatever_carts_are() -> None:
    story = Story(world(cart="cells")).then(PRICE).then(Delete("phone", "price"))
    story.then(Read("laptop", "price")).rest()
    assert story.told("phone-2").outcome == "ok"
    assert story.read("laptop-1") in ([], [set()])
