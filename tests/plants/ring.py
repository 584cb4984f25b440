"""Bugs to plant into the ring, into joining and leaving, and into gossip and suspicion."""

from tests.plants.plant import Plant

MEMBERSHIP = "tests/protocols/leaderless/test_membership.py"
ALWAYS = (
    f"{MEMBERSHIP}::test_every_quorum_sees_what_was_acknowledged_whoever_joins_leaves_or_crashes"
)
STEPS = f"{MEMBERSHIP}::test_a_node_joins_and_leaves_in_steps_and_the_homes_have_everything"

PLANTS: tuple[Plant, ...] = (
    Plant(
        "a write of a moving range waits for no more answers",
        "app/protocols/leaderless/coordinator.py",
        "    need = place.settings.w + len(place.writes_to(request.key)) - place.settings.n\n",
        "    need = place.settings.w\n",
        f"{MEMBERSHIP}::test_while_a_range_moves_a_write_waits_for_one_answer_more_and_goes_to_one_node_more",
    ),
    Plant(
        "ranges are streamed while older writes are under way",
        "app/protocols/leaderless/membership.py",
        '        if any(one.kind == "write" and one.step < ring.step for one in waiting):',
        '        if any(one.kind == "none" and one.step < ring.step for one in waiting):',
        f"{MEMBERSHIP}::test_a_node_is_done_with_the_first_step_when_its_older_writes_are_over",
    ),
    Plant(
        "the ranges are not streamed",
        "app/protocols/leaderless/streams.py",
        "    state.memory.streams = dict.fromkeys(place.sources(), ())\n",
        "    state.memory.streams = {}\n",
        STEPS,
    ),
    Plant(
        "a step is taken before all nodes have done the last",
        "app/protocols/leaderless/membership.py",
        "    if any(known.get(peer, -1) < ring.step for peer in place.peers):",
        "    if all(known.get(peer, -1) < ring.step for peer in place.peers):",
        f"{MEMBERSHIP}::test_while_a_range_moves_a_write_waits_for_one_answer_more_and_goes_to_one_node_more",
    ),
    Plant(
        "reads ask the new replicas before they have their ranges",
        "app/protocols/leaderless/membership.py",
        "self.phase in (REST, WRITE_BOTH, STREAM) else self.to",
        "self.phase in (REST, WRITE_BOTH) else self.to",
        STEPS,
    ),
    Plant(
        "writes leave the old replicas while they may be read",
        "app/protocols/leaderless/membership.py",
        "        return self.phase in (WRITE_BOTH, STREAM, READ_NEW)",
        "        return self.phase in (WRITE_BOTH, STREAM)",
        STEPS,
    ),
    Plant(
        "two changes at once",
        "app/protocols/leaderless/membership.py",
        "    if newest.phase != REST:",
        "    if newest.phase == WRITE_NEW:",
        f"{MEMBERSHIP}::test_what_cannot_be_is_told",
    ),
    Plant(
        "streams are not asked for again after a restart",
        "app/protocols/leaderless/replica.py",
        "        if self.place.settings.on_ring:\n            streams.begin(",
        "        if not self.place.settings.on_ring:\n            streams.begin(",
        f"{MEMBERSHIP}::test_a_crash_of_either_side_holds_the_change_up_and_it_ends_after_the_restart",
    ),
    Plant(
        "after a restore the ring is the one of the start",
        "app/protocols/leaderless/replica.py",
        "        if self.place.ring is not self.state.disk.ring:",
        "        if self.place.ring.step > self.state.disk.ring.step:",
        f"{MEMBERSHIP}::test_a_change_is_the_same_after_a_snapshot_in_the_midst_of_it",
    ),
    Plant(
        "copies lie wherever the ring goes on",
        "app/protocols/leaderless/ring.py",
        "    most = -(-n // regions)\n",
        "    most = n\n",
        f"{MEMBERSHIP}::test_copies_are_shared_out_among_regions",
    ),
)
