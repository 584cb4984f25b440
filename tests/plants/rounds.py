"""Bugs to plant into the rounds that decide a compare-and-set without a leader."""

from tests.plants.plant import Plant

RULES = "tests/protocols/leaderless/test_rounds.py"
RANDOM = "tests/protocols/leaderless/test_rounds_random.py::test_what_clients_see_has_one_order"
ROUNDS = "app/protocols/leaderless/rounds.py"
ACCEPTOR = "app/protocols/leaderless/acceptor.py"

PLANTS: tuple[Plant, ...] = (
    Plant(
        "a promise is given to every ballot",
        ACCEPTOR,
        "    given = asked.ballot > mine.promised",
        "    given = asked.ballot > NO_BALLOT",
        f"{RULES}::test_a_promise_is_kept_also_after_a_crash",
    ),
    Plant(
        "a proposal is taken against the promise",
        ACCEPTOR,
        "    taken = asked.ballot >= mine.promised",
        "    taken = bool(asked.ballot)",
        RANDOM,
    ),
    Plant(
        "what is accepted is forgotten when something else is promised",
        ACCEPTOR,
        "        mine.promised = asked.ballot\n",
        "        mine.promised, mine.proposal = asked.ballot, ()\n",
        RANDOM,
    ),
    Plant(
        "an unfinished proposal is ignored",
        ROUNDS,
        "    if last.proposal and last.accepted > newest.committed:",
        "    if last.proposal and last.accepted < newest.committed:",
        RANDOM,
    ),
    Plant(
        "an unfinished proposal is finished though a newer one is decided",
        ROUNDS,
        "    if last.proposal and last.accepted > newest.committed:",
        "    if last.proposal:",
        f"{RULES}::test_of_what_was_left_unfinished_the_highest_ballot_counts_above_what_is_decided",
    ),
    Plant(
        "any unfinished proposal will do",
        ROUNDS,
        "    last = max(promises, key=lambda told: told.accepted)",
        "    last = max(promises, key=lambda told: bool(told.proposal))",
        f"{RULES}::test_of_what_was_left_unfinished_the_highest_ballot_counts_above_what_is_decided",
    ),
    Plant(
        "the ballot is not raised above the one that was met",
        ROUNDS,
        "disk.ballot + 1, round.floor + 1, mine[0] + 1)",
        "disk.ballot + 1, mine[0] + 1)",
        f"{RULES}::test_one_refusal_and_a_ballot_above_the_one_met_is_opened",
    ),
    Plant(
        "it is committed before a majority has accepted",
        ROUNDS,
        "    if told.taken:\n        if counted(place, out, round, source):\n            _decided(",
        "    if told.taken:\n        if counted(place, out, round, source) or True:\n            _decided(",
        f"{RULES}::test_nothing_is_committed_before_a_majority_has_accepted",
    ),
    Plant(
        "a majority is half",
        "app/protocols/leaderless/levels.py",
        '        case "serial":\n            return Need(majority(len(homes)), homes)',
        '        case "serial":\n            return Need(len(homes) // 2, homes)',
        RANDOM,
    ),
    Plant(
        "a proposal that some have taken is made again",
        ROUNDS,
        '        give_up(place, state, out, round, "overtaken")',
        "        lose(place, out, round, higher)",
        RANDOM,
    ),
    Plant(
        "a round that only looked proposes nothing",
        ROUNDS,
        "    _propose(place, state, out, round, decide(place, state, out, round))",
        "    round.proposal = decide(place, state, out, round)\n    if not round.proposal:\n"
        "        return _decided(place, state, out, round)\n"
        "    _propose(place, state, out, round, round.proposal)",
        f"{RULES}::test_what_a_serial_read_did_not_show_never_happens",
    ),
    Plant(
        "what was decided last is not looked at",
        ROUNDS,
        "(*round.reads.values(), round.decided)",
        "round.reads.values()",
        f"{RULES}::test_what_was_decided_last_is_known_from_the_promise_before_it_is_stored",
    ),
    Plant(
        "answers of an earlier phase count",
        ROUNDS,
        "    if pending is not None and told.attempt == pending.step:",
        "    if pending is not None:",
        f"{RULES}::test_acknowledgements_of_what_was_finished_first_do_not_count",
    ),
    Plant(
        "the condition is not looked at",
        "app/protocols/leaderless/proposals.py",
        "        if {value.id for value in known} != set(request.change.expected):",
        "        if not known and request.change.expected:",
        f"{RULES}::test_of_two_at_once_one_is_told_that_it_has_changed",
    ),
    Plant(
        "an agreed counter falls below zero",
        "app/protocols/leaderless/proposals.py",
        "        if int(value.items[0]) < 0:",
        "        if int(value.items[0]) < -1:",
        f"{RULES}::test_the_last_seat_is_sold_once",
    ),
    Plant(
        "what is decided is dated by the client's clock",
        "app/protocols/leaderless/proposals.py",
        "change=COMPARED, stamp=round.ballot[0])",
        "change=COMPARED, stamp=request.stamp)",
        RANDOM,
    ),
    Plant(
        "every region decides at LOCAL_SERIAL",
        "app/protocols/leaderless/levels.py",
        "            return Need(majority(len(local)), local)",
        "            return Need(majority(len(local)), homes)",
        f"{RULES}::test_only_the_region_decides_at_local_serial",
    ),
    Plant(
        "who is silent gets no hint of a commit",
        "app/protocols/leaderless/proposals.py",
        '        if home in state.memory.suspected and place.settings.hints == "on":',
        '        if home in state.memory.suspected and place.settings.hints == "of":',
        f"{RULES}::test_a_replica_that_is_down_gets_the_commit_as_a_hint",
    ),
    Plant(
        "a retry compares with what its first try wrote",
        "app/protocols/leaderless/proposals.py",
        "    if request.change.once and (done",
        "    if not request.change.once and (done",
        f"{RULES}::test_a_retry_knows_what_the_first_try_has_done",
    ),
    Plant(
        "a node that breaks its promise is not noticed",
        "app/protocols/leaderless/round_invariants.py",
        "    if ballot < before or (above != NO_BALLOT and ballot == before):",
        "    if ballot < before and above != NO_BALLOT:",
        f"{RULES}::test_traces_that_break_a_rule_are_noticed",
    ),
    Plant(
        "a plain write at level SERIAL is let through",
        "app/scenarios/acts.py",
        "    if command.level in SERIAL_LEVELS and not compares:",
        "    if command.level in SERIAL_LEVELS and command.level is None:",
        "tests/scenarios/test_kinds_of_write.py::test_a_serial_level_is_for_what_rounds_decide",
    ),
)
