"""Bugs to plant into shards, capacity and the places of keys."""

from tests.plants.plant import Plant

SHARDS = "tests/protocols/leader_follower/test_shards.py"
CAPACITY = "tests/scenarios/test_capacity.py"

PLANTS: tuple[Plant, ...] = (
    Plant(
        "all shards are led by one node",
        "app/protocols/leader_follower/shards.py",
        "    start = (number - 1) * len(nodes) // settings.shards",
        "    start = 0",
        f"{SHARDS}::test_leaders_start_on_different_nodes_as_long_as_there_are_enough",
    ),
    Plant(
        "shards share their timers",
        "app/protocols/leader_follower/shards.py",
        '        self.out.set_timer(f"{self.number}/{name}", delay_us)',
        '        self.out.set_timer(f"1/{name}", delay_us)',
        f"{SHARDS}::test_in_every_shard_no_acknowledged_write_is_lost_and_all_logs_meet_again",
    ),
    Plant(
        "shards share the luck of their messages",
        "app/protocols/leader_follower/shards.py",
        "    attempt = number * ATTEMPTS + message.attempt",
        "    attempt = message.attempt",
        f"{SHARDS}::test_two_groups_messages_of_one_name_have_luck_of_their_own",
    ),
    Plant(
        "events do not say which shard",
        "app/protocols/leader_follower/shards.py",
        "        if issubclass(kind, ShardEvent):",
        "        if issubclass(kind, ShardEvent) and self.number == 1:",
        f"{SHARDS}::test_a_write_goes_to_the_leader_of_its_key_and_into_its_log_alone",
    ),
    Plant(
        "a restored node goes on with the shards it had",
        "app/protocols/leader_follower/shards.py",
        "            group.state = state.groups[number]",
        "            pass",
        f"{SHARDS}::test_the_same_bytes_on_either_side_of_a_snapshot",
    ),
    Plant(
        "a wiped disk of a shard is remembered",
        "app/protocols/leader_follower/shards.py",
        "            group.on_wipe(its)\n        self._gather()",
        "            group.on_wipe(its)\n            break\n        self._gather()",
        f"{SHARDS}::test_a_node_that_lost_its_disk_rejoins_every_group",
    ),
    Plant(
        "a router never tries another node",
        "app/protocols/leader_follower/routing.py",
        "        routes.contacts[waiting.shard] = (place + 1) % len(group)",
        "        routes.contacts[waiting.shard] = place",
        f"{SHARDS}::test_after_silence_the_next_request_goes_to_another_node_of_the_shard",
    ),
    Plant(
        "a router keeps the answer",
        "app/protocols/leader_follower/shards.py",
        "                out.send(client, inner)",
        "                pass",
        f"{SHARDS}::test_a_node_without_a_copy_hands_a_request_on_and_the_answer_back",
    ),
    Plant(
        "the rules watch the first shard alone",
        "app/protocols/leader_follower/shard_invariants.py",
        "            self.groups[event.shard].observe(event)",
        "            self.groups[min(event.shard, 1)].observe(event)",
        f"{SHARDS}::test_the_rules_hold_in_each_group_and_the_groups_are_not_mixed_up",
    ),
    Plant(
        "the judge mixes the logs of shards up",
        "app/checkers/judge.py",
        "if not shard or one.state.shard == shard]",
        "if not shard or one.state.shard]",
        f"{SHARDS}::test_the_judge_keeps_one_order_for_each_log",
    ),
    Plant(
        "the judge takes leaders of different shards for rivals",
        "app/checkers/judge.py",
        '                if shard == getattr(event, "shard", shard):',
        "                if shard:",
        f"{SHARDS}::test_leaders_of_different_shards_are_no_rivals",
    ),
    Plant(
        "followers copy for free",
        "app/protocols/leader_follower/work.py",
        "            return message.term >= state.disk.term and brings_news(state, message)",
        "            return False",
        f"{CAPACITY}::test_writes_a_second",
    ),
    Plant(
        "what is sent again costs again",
        "app/protocols/leader_follower/work.py",
        "        end > length or term_at(state, end) != message.entries[-1].term",
        "        True",
        f"{CAPACITY}::test_writes_a_second",
    ),
    Plant(
        "to hand a request on costs as much as to carry it out",
        "app/protocols/leader_follower/work.py",
        "            return leads\n        case ReplicaRead():",
        "            return True\n        case ReplicaRead():",
        f"{CAPACITY}::test_writes_a_second",
    ),
    Plant(
        "to coordinate costs as much as to store",
        "app/protocols/leaderless/replica.py",
        "                return self.node in self._current().writes_to(message.key)",
        "                return True",
        f"{CAPACITY}::test_writes_a_second",
    ),
    Plant(
        "whatever comes starts the work under way anew",
        "app/sim/slow_nodes.py",
        "        if len(waiting) == 1:\n            self._work(node, time_us)",
        "        self._work(node, time_us)",
        f"{CAPACITY}::test_writes_a_second",
    ),
    Plant(
        "what is known already is worked on all the same",
        "app/sim/slow_nodes.py",
        "            time_us = self.time_for(node, waiting[0][6]) if waiting else 0",
        "            time_us = self.service_us if waiting else 0",
        "tests/sim/test_capacity.py::test_what_is_known_by_the_time_it_is_its_turn_costs_nothing",
    ),
    Plant(
        "every key lies on the first nodes",
        "app/protocols/leaderless/placement.py",
        "    start = place * n % len(nodes)",
        "    start = 0",
        "tests/protocols/leaderless/test_placement.py::test_a_write_is_stored_by_the_nodes_of_its_key_alone",
    ),
    Plant(
        "the ocean is crossed in no time on the way back",
        "app/sim/network.py",
        "        us = self.one_way_us.get(link_name(a, b)) if a and b and a != b else None",
        "        us = self.one_way_us.get(link_name(a, b)) if a and b and a < b else None",
        "tests/scenarios/test_regions.py::test_each_shopper_waits_for_the_copies_that_its_answer_needs",
    ),
    Plant(
        "several shards beside a watcher that knows one leader",
        "app/protocols/leader_follower/settings.py",
        "        if several and (beside or",
        "        if several and (not several or",
        "tests/protocols/leader_follower/test_shards.py::test_what_cannot_work_is_refused_with_a_sentence",
    ),
)
