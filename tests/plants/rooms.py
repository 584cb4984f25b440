"""Bugs to plant into rooms."""

from tests.plants.plant import Plant

PLANTS: tuple[Plant, ...] = (
    Plant(
        "settings that cannot work together are taken",
        "app/rooms/room.py",
        "        check_settings(self.scenario, (*before, *now))\n",
        "",
        "tests/rooms/test_room.py::test_settings_that_cannot_work_together_are_refused_with_what_would",
    ),
    Plant(
        "the run that is asked about is on the branch at once",
        "app/rooms/log.py",
        "            self.branches[-1].commands = entry.placed",
        "            self.branches[-1].commands = entry.placed + entry.held",
        "tests/web/test_classes.py::test_nothing_beyond_the_gate_leaves_the_server",
    ),
    Plant(
        "the room goes on while a question is open",
        "app/rooms/room.py",
        "        if self.fold.gated and isinstance(request, HELD_BY_A_QUESTION):",
        "        if self.fold.gated and isinstance(request, Reset | Visit):",
        "tests/web/test_classes.py::test_nothing_beyond_the_gate_leaves_the_server",
    ),
    Plant(
        "votes are shown before they are to be",
        "app/rooms/questions.py",
        "        split(asked, question) if asked.split else None,",
        "        split(asked, question),",
        "tests/web/test_classes.py::test_votes_and_the_key_are_hidden_until_shown",
    ),
    Plant(
        "the answer is told with the split",
        "app/rooms/questions.py",
        "        asked.right if asked.answered else None,",
        "        asked.right if asked.split else None,",
        "tests/web/test_classes.py::test_votes_and_the_key_are_hidden_until_shown",
    ),
    Plant(
        "a follower may drive",
        "app/rooms/roles.py",
        "    if not driving:",
        "    if not driving and not key:",
        "tests/web/test_classes.py::test_the_recovery_code_makes_another_device_the_presenter",
    ),
    Plant(
        "forms ask for no role",
        "app/rooms/hub.py",
        "            roles.check(opened.room, request, key, learner)",
        "            pass",
        "tests/web/test_classes.py::test_a_form_of_a_follower_is_refused_too",
    ),
    Plant(
        "the log keeps the presenter's secret",
        "app/rooms/keys.py",
        "    return blake2b(secret.encode(), key=room.encode(), digest_size=16).hexdigest()",
        "    return secret",
        "tests/web/test_classes.py::test_the_presenters_secrets_are_in_no_page_frame_or_log",
    ),
    Plant(
        "a prediction that can be changed after it is locked",
        "app/rooms/questions.py",
        "    if asked.closed or (final and voter in asked.votes):",
        "    if asked.closed:",
        "tests/web/test_lessons.py::test_the_answer_is_locked_and_the_run_waits_for_it",
    ),
    Plant(
        "a process never looks at what others wrote",
        "app/rooms/hub.py",
        "                    if opened is not None and opened.members:",
        "                    if opened is None:",
        "tests/rooms/test_survival.py::test_two_servers_on_one_file_serve_the_same_room_with_identical_bytes",
    ),
    Plant(
        "rows of a future that was dropped are kept",
        "app/rooms/open_room.py",
        "        if same and isinstance(entry, Acted):",
        "        if not same and isinstance(entry, Acted):",
        "tests/rooms/test_hub.py::test_who_acts_while_it_plays_holds_what_a_late_joiner_gets",
    ),
)
