"""Bugs to plant into the simulated world."""

from tests.plants.plant import Plant

PLANTS: tuple[Plant, ...] = (
    Plant(
        "a snapshot forgets the clocks",
        "app/sim/snapshot.py",
        "    kernel.skew = dict(state.skew)",
        "    kernel.skew = {}",
        "tests/scenarios/test_settings.py::test_a_snapshot_remembers_clocks_and_settings",
    ),
    Plant(
        "luck by counter",
        "app/sim/kernel.py",
        "        bits = mix(name_hash(op) ^ route_hash(self.seed, source, target, kind, message.attempt))",
        "        bits = mix(self.order ^ route_hash(self.seed, source, target, kind, message.attempt))",
        "tests/sim/test_kernel.py::test_silencing_one_node_changes_the_latency_of_no_other_message",
    ),
    Plant(
        "forget timers in a snapshot",
        "app/sim/snapshot.py",
        "    kernel.timers = {(node, name): order for node, name, order in state.timers}",
        "    kernel.timers = {}",
        "tests/sim/test_kernel.py::test_a_restored_kernel_writes_the_same_bytes",
    ),
    Plant(
        "a slow link slows every link",
        "app/sim/kernel.py",
        "            delay *= self.slow.get(link, 1)",
        "            delay *= max(self.slow.values(), default=1)",
        "tests/sim/test_links.py::test_a_slow_link_takes_so_many_times_as_long_both_ways_and_no_other_does",
    ),
    Plant(
        "a link's losses fall where the network's do",
        "app/sim/kernel.py",
        "            lost = lost or mix(bits ^ HALF) * 100 >> 64 < self.lossy.get(link, 0)",
        "            lost = lost or mix(bits ^ MASK) * 100 >> 64 < self.lossy.get(link, 0)",
        "tests/sim/test_links.py::test_losses_are_each_messages_own_luck_and_apart_from_the_networks",
    ),
    Plant(
        "a snapshot forgets lossy links",
        "app/sim/snapshot.py",
        "    kernel.slow, kernel.lossy = dict(state.slow), dict(state.lossy)",
        "    kernel.slow, kernel.lossy = dict(state.slow), {}",
        "tests/sim/test_links.py::test_a_snapshot_remembers_slow_and_lossy_links",
    ),
    Plant(
        "a paused node goes on answering",
        "app/sim/kernel.py",
        "            self.paused[node].append(entry)\n            return",
        "            self.paused[node].append(entry)",
        "tests/sim/test_pause.py::test_a_paused_node_does_nothing_and_loses_nothing",
    ),
    Plant(
        "what waited comes in another order",
        "app/sim/faults.py",
        "            heappush(self.heap, (self.now, self.order, what, target, first, cause, message))",
        "            heappush(self.heap, (self.now, -self.order, what, target, first, cause, message))",
        "tests/sim/test_pause.py::test_a_paused_node_does_nothing_and_loses_nothing",
    ),
    Plant(
        "a snapshot forgets what waits",
        "app/sim/snapshot.py",
        "    kernel.paused = {node: entries(waiting) for node, waiting in state.paused.items()}",
        "    kernel.paused = {node: [] for node in state.paused}",
        "tests/sim/test_pause.py::test_a_snapshot_remembers_what_waits",
    ),
    Plant(
        "a cut one way cuts both",
        "app/sim/faults.py",
        "        self._drop_under_way({(source, target)})",
        "        self._drop_under_way({(source, target), (target, source)})",
        "tests/sim/test_links.py::test_a_cut_one_way_leaves_the_other_way_as_it_was",
    ),
    Plant(
        "a heavy tail falls like another",
        "app/sim/latency.py",
        "    return scale_us * whole[zeros] * part >> 64",
        "    return scale_us * whole[min(zeros, 8)] * part >> 64",
        "tests/sim/test_latency.py::test_a_pareto_is_exact_at_powers_of_two_far_into_its_tail",
    ),
    Plant(
        "the second part of a mixture is cut short",
        "app/sim/latency.py",
        "    spread = (bits - border << 64) // ((1 << 64) - border)",
        "    spread = bits",
        "tests/sim/test_latency.py::test_of_a_mixture_each_part_gets_its_share_and_keeps_its_own_shape",
    ),
    Plant(
        "a second copy of a message is not delivered",
        "app/sim/kernel.py",
        "        heappush(self.heap, (arrives_at, self.order, DELIVER, target, source, twin, message))",
        "        heappush(self.heap, (arrives_at, self.order, TIMER, target, source, twin, message))",
        "tests/protocols/leader_follower/test_writes.py::test_a_request_that_arrives_twice_is_worked_in_once",
    ),
    Plant(
        "a request that arrives twice is worked in twice",
        "app/protocols/leader_follower/replica.py",
        "            if writes.is_second_copy(state, request):",
        "            if False:",
        "tests/protocols/leader_follower/test_writes.py::test_a_request_that_arrives_twice_is_worked_in_once",
    ),
)
