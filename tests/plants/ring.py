"""Bugs to plant into the ring, into joining and leaving, and into gossip and suspicion."""

from tests.plants.plant import Plant

MEMBERSHIP = "tests/protocols/leaderless/test_membership.py"
RING = "tests/protocols/leaderless/test_ring.py"
GOSSIP = "tests/protocols/leaderless/test_gossip.py"
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
    Plant(
        "a node is asked twice for a key",
        "app/protocols/leaderless/ring.py",
        "        if len(found) == count:",
        "        if place - start + 1 == count:",
        f"{RING}::test_a_key_is_asked_of_the_nodes_that_follow_it_each_once",
    ),
    Plant(
        "who joins takes ranges from the first node alone",
        "app/protocols/leaderless/ring.py",
        "    return max(dict.fromkeys(among), key=owners.count)",
        "    return among[0]",
        f"{RING}::test_who_joins_takes_its_share_and_nobody_else_moves",
    ),
    Plant(
        "φ in natural logarithms",
        "app/protocols/leaderless/failure_detector.py",
        "LOG10_E_PPM = 434_294",
        "LOG10_E_PPM = 1_000_000",
        f"{GOSSIP}::test_phi_is_the_silence_in_mean_gaps_by_the_logarithm_of_e",
    ),
    Plant(
        "suspicion by the last gap instead of the mean",
        "app/protocols/leaderless/failure_detector.py",
        "    return since - (-settings.phi * 1_000_000 * sum(gaps) // (LOG10_E_PPM * len(gaps)))",
        "    return since - (-settings.phi * 1_000_000 * gaps[-1] // LOG10_E_PPM)",
        f"{GOSSIP}::test_a_dead_node_is_suspected_at_phi_and_not_before",
    ),
    Plant(
        "old news of a peer is a sign of life",
        "app/protocols/leaderless/gossip.py",
        "        if node != place.node and beat > state.memory.beats.get(node, -1):",
        "        if node != place.node:",
        f"{GOSSIP}::test_a_dead_node_is_suspected_at_phi_and_not_before",
    ),
    Plant(
        "a message of its own tells of a peer that lives",
        "app/protocols/leaderless/gossip.py",
        "    others = [(peer, beat, memory.settled.get(peer, -1)) for peer, beat in memory.beats.items()]",
        "    others: list[tuple[str, int, int]] = []",
        f"{GOSSIP}::test_nodes_disagree_about_who_is_up",
    ),
)
