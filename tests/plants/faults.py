"""Bugs to plant into faults and settings."""

from tests.plants.plant import Plant

SLOW = "tests/sim/test_slow_nodes.py::"
NO_OPS = "tests/scenarios/test_no_ops.py"
SIZES = "tests/web/test_sizes.py::"

PLANTS: tuple[Plant, ...] = (
    Plant(
        "a slow node works on all messages at once",
        "app/sim/slow_nodes.py",
        "        if len(waiting) == 1:\n            self._work",
        "        if True:\n            self._work",
        SLOW + "test_a_slow_node_answers_one_after_another_in_the_order_they_came",
    ),
    Plant(
        "a slow node takes the newest message first",
        "app/sim/slow_nodes.py",
        "self.cause, message = waiting.pop(0)",
        "self.cause, message = waiting.pop()",
        SLOW + "test_a_slow_node_answers_one_after_another_in_the_order_they_came",
    ),
    Plant(
        "a crash leaves the queue",
        "app/sim/faults.py",
        "        waiting = [*self.forget_work(node), *self.paused.pop(node, [])]",
        "        waiting = self.paused.pop(node, [])",
        SLOW + "test_a_crash_forgets_the_queue_and_says_so",
    ),
    Plant(
        "a paused node works on",
        "app/sim/faults.py",
        "        self.hold_work(node)\n",
        "",
        SLOW + "test_a_pause_holds_the_work_where_it_is",
    ),
    Plant(
        "a snapshot forgets the queue of a slow node",
        "app/sim/snapshot.py",
        "    kernel.queued = {node: entries(waiting) for node, waiting in state.queued.items()}",
        "    kernel.queued = {}\n    kernel.work = {}",
        SLOW + "test_a_snapshot_remembers_the_queue_and_the_work_under_way",
    ),
    Plant(
        "a slow node is late with its signs of life",
        "app/sim/slow_nodes.py",
        "        time_us = self.slowed.get(node, 0) if kind not in NOISE_KINDS else 0",
        "        time_us = self.slowed.get(node, 0) if kind else 0",
        SLOW + "test_signs_of_life_are_not_held_up",
    ),
    Plant(
        "at speed again the queue is lost",
        "app/sim/slow_nodes.py",
        "        waiting = self.forget_work(node)\n",
        "        waiting = self.forget_work(node)[:0]\n",
        SLOW + "test_at_speed_again_all_that_waited_happens_at_once",
    ),
    Plant(
        "heal everything forgets the clocks",
        "app/sim/faults.py",
        "            if self.skew.get(node, 0):\n                self.skew_clock(node, 0)\n",
        "",
        SLOW + "test_heal_everything_is_one_event_for_each_thing",
    ),
    Plant(
        "healing nothing is done in silence",
        "app/sim/faults.py",
        '        if self.seq == before:\n            self.emit(FaultIgnored, "heal everything", "nothing is broken")\n',
        "",
        SLOW + "test_after_heal_everything_nothing_is_left_to_heal",
    ),
    Plant(
        "cutting off who is cut off is done in silence",
        "app/sim/faults.py",
        '        if not reached:\n            self.emit(FaultIgnored, f"cut off {node}", f"{node} has no link left")\n',
        "",
        NO_OPS,
    ),
    Plant(
        "a clock set to what it shows is told as news",
        "app/sim/faults.py",
        "        if self.skew.get(node, 0) == offset_us:",
        "        if False:",
        NO_OPS,
    ),
    Plant(
        "a fault that changes nothing is a detail",
        "app/trace/ranks.py",
        '    "fault_ignored": STORY,',
        '    "fault_ignored": DETAIL,',
        NO_OPS,
    ),
    Plant(
        "half of an even number is a majority",
        "app/scenarios/catalogue.py",
        "    majority = nodes // 2 + 1\n",
        "    majority = (nodes + 1) // 2\n",
        SIZES + "test_acknowledgement_is_one_two_a_majority_or_all",
    ),
    Plant(
        "a form's amount has no upper bound",
        "app/web/faults.py",
        "    if not amount.low <= number <= amount.high:",
        "    if not amount.low <= number:",
        "tests/web/test_faults.py::test_a_wrong_amount_is_refused_with_what_would_do",
    ),
    Plant(
        "a form in the lab makes a room of the home scene",
        "app/rooms/hub.py",
        "await self.make_own(await self.begin(run))",
        'await self.make_own(await self.begin(""))',
        "tests/web/test_faults.py::test_the_form_of_the_lab_makes_a_room_of_the_lab",
    ),
    Plant(
        "a sloppy quorum is offered to all nodes",
        "app/protocols/leaderless/settings.py",
        '        if self.quorum == "sloppy" and self.n == node_count:',
        '        if self.quorum == "sloppy" and self.n > node_count:',
        SIZES + "test_every_pair_that_cannot_work_is_refused_with_what_would",
    ),
    Plant(
        "an operation's answer covers what it does not tell",
        "app/protocols/leaderless/coordinator.py",
        "        pending.context = read_by_writer(now_held)\n",
        "        from app.versions.version_vector import merge\n        pending.context = merge(request.context, context_of(now_held))\n",
        "tests/scenarios/test_promises.py::test_an_operations_answer_covers_no_more_than_it_tells",
    ),
)  # fmt: skip
