"""Bugs to plant into the server."""

from tests.plants.plant import Plant

PLANTS: tuple[Plant, ...] = (
    Plant(
        "a viewer that is behind gets a backlog",
        "app/web/fanout.py",
        "        if not always and not self.writable.is_set():",
        "        if self.transport.is_closing():",
        "tests/web/test_fanout.py::test_who_does_not_read_is_skipped_and_called_when_drained",
    ),
    Plant(
        "who asks without listening is read from all the same",
        "app/web/live.py",
        "        await listens()\n",
        "",
        "tests/web/test_fanout.py::test_who_asks_without_listening_is_not_read_from",
    ),
    Plant(
        "a peer that answers no ping is waited for",
        "app/web/fanout.py",
        "        self.loop.call_later(STALLED_SECONDS, self.transport.abort)\n",
        "",
        "tests/web/test_fanout.py::test_who_never_reads_is_let_go",
    ),
    Plant(
        "a drained viewer gets no snapshot",
        "app/web/live.py",
        "        if member.owed and not snapshots:",
        "        if not member.owed and not snapshots:",
        "tests/web/test_fanout.py::test_a_stuck_viewer_delays_nobody_and_is_brought_up_to_date_by_state",
    ),
    Plant(
        "the lesson explains before both answers",
        "app/web/lessons.py",
        "    return Answer(name, question, chosen, ran, asked.right if ran and chosen is not None else None)",
        "    return Answer(name, question, 0, ran, asked.right)",
        "tests/web/test_lessons.py::test_the_whole_way_through",
    ),
    Plant(
        "a foreign page may send a scene file",
        "app/web/scene_files.py",
        "        if not same_origin(request.headers):",
        "        if request.headers is None:",
        "tests/web/test_scene_files.py::test_what_is_no_form_of_ours_is_refused",
    ),
    Plant(
        "an unknown name in a class link is passed over",
        "app/web/offered.py",
        "        if name and name not in known:",
        "        if not name.isascii():",
        "tests/web/test_offered.py::test_an_unknown_name_is_told_with_the_nearest_right_one",
    ),
    Plant(
        "a server that ended between two entries of a lesson leaves it stuck",
        "templates/lesson_text.html",
        '{% elif not happened %}{{ button(lesson, "run", "Go on") }}',
        "",
        "tests/web/test_lessons.py::test_a_server_that_ended_between_the_run_and_the_next_question_goes_on",
    ),
    Plant(
        "the server prints the presenter's secret",
        "app/rooms/classroom.py",
        '        return Keys(opened.room.code or "", key, recovery)',
        '        print(key, flush=True)\n        return Keys(opened.room.code or "", key, recovery)',
        "tests/web/test_secrets.py::test_the_secrets_are_in_no_page_frame_log_or_file",
    ),
    Plant(
        "the QR code leads to the name that the presenter's browser asked for",
        "app/web/classes.py",
        "    given: str = request.app.state.address",
        '    given: str = ""',
        "tests/web/test_secrets.py::test_the_qr_code_holds_the_address_of_the_audience_and_nothing_else",
    ),
)
