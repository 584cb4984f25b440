"""Bugs to plant into the ring, into joining and leaving, and into gossip and suspicion."""

from tests.plants.plant import Plant

MEMBERSHIP = "tests/protocols/leaderless/test_membership.py"
MOVING = "tests/protocols/leaderless/test_moving_ranges.py"
RING = "tests/protocols/leaderless/test_ring.py"
GOSSIP = "tests/protocols/leaderless/test_gossip.py"
STEPS = f"{MEMBERSHIP}::test_a_node_joins_and_leaves_in_steps_and_the_homes_have_everything"

PLANTS: tuple[Plant, ...] = (
    Plant(
        "a write of a moving range waits for no more answers",
        "app/protocols/leaderless/levels.py",
        "        return Need(need.answers + len(more), (*need.voters, *more), (), own, need.hint)",
        "        return Need(need.answers, (*need.voters, *more), (), own, need.hint)",
        f"{MEMBERSHIP}::test_while_a_range_moves_a_write_waits_for_one_answer_more_and_goes_to_one_node_more",
    ),
    Plant(
        "a named level takes no notice of a move",
        "app/protocols/leaderless/placement.py",
        "        elif key and self.is_moving(key):",
        "        elif key and not level and self.is_moving(key):",
        f"{MOVING}::test_a_named_level_waits_for_one_answer_more_of_a_range_on_the_move",
    ),
    Plant(
        "a write may ask for a quorum by region on a ring",
        "app/protocols/leaderless/coordinator.py",
        """    if place.settings.on_ring and request.level in SHARES:
        say_no(place, out, client, request, "level_on_ring")
        return
    if request.change""",
        "    if request.change",
        f"{MOVING}::test_on_a_ring_no_region_has_a_quorum_of_its_own",
    ),
    Plant(
        "a read may ask for a quorum by region on a ring",
        "app/protocols/leaderless/coordinator.py",
        """    if place.settings.on_ring and request.level in SHARES:
        say_no(place, out, client, request, "level_on_ring")
        return
    need, key = place.need(""",
        "    need, key = place.need(",
        f"{MOVING}::test_on_a_ring_no_region_has_a_quorum_of_its_own",
    ),
    Plant(
        "a quorum by region is a setting on a ring",
        "app/protocols/leaderless/settings_ring.py",
        "        if settings.on_ring and level in SHARES:",
        "        if settings.on_ring and level is SHARES:",
        f"{MOVING}::test_on_a_ring_no_region_has_a_quorum_of_its_own",
    ),
    Plant(
        "rounds on a ring",
        "app/protocols/leaderless/settings_ring.py",
        '    if settings.on_ring and settings.compare == "rounds":',
        '    if settings.spares and settings.compare == "rounds":',
        f"{MOVING}::test_on_a_ring_nothing_is_decided_by_rounds",
    ),
    Plant(
        "a tombstone of a moving range is agreed away",
        "app/protocols/leaderless/tombstones.py",
        "    if pending.ring_step != place.ring.step or place.is_moving(pending.key):",
        "    if pending.ring_step != place.ring.step:",
        f"{MOVING}::test_no_tombstone_is_agreed_away_while_its_range_moves",
    ),
    Plant(
        "a tombstone goes although the ring has changed",
        "app/protocols/leaderless/tombstones.py",
        "    if step != place.ring.step:",
        "    if step > place.ring.step:",
        f"{MOVING}::test_a_tombstone_that_was_agreed_on_stays_when_the_ring_changes_before_it_goes",
    ),
    Plant(
        "nobody's tombstone is agreed away during a change",
        "app/protocols/leaderless/placement.py",
        "            if len(writes) > n:",
        "            if len(writes) >= n:",
        f"{MOVING}::test_no_tombstone_is_agreed_away_while_its_range_moves",
    ),
    Plant(
        "a hint goes to who has lost the range",
        "app/protocols/leaderless/hints.py",
        "    if place.ring.to:",
        "    if not place.ring.to:",
        f"{MOVING}::test_a_hint_for_a_node_that_has_lost_the_range_goes_to_those_that_have_it",
    ),
    Plant(
        "who gains a range does not get the hints of who loses it",
        "app/protocols/leaderless/hints.py",
        "            gaining = [gains for gains, loses in pairs if loses == source]",
        "            gaining = [gains for gains, loses in pairs if loses == place.node]",
        f"{MOVING}::test_what_an_old_home_gets_during_the_change_the_new_one_gets_as_well",
    ),
    Plant(
        "ranges are streamed while older writes are under way",
        "app/protocols/leaderless/membership.py",
        '        if any(one.kind == "write" and one.ring_step < ring.step for one in waiting):',
        '        if any(one.kind == "none" and one.ring_step < ring.step for one in waiting):',
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
