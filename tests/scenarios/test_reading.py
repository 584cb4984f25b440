"""Scenario files: every fault names file, line, field and a remedy, and every rule holds."""

import pytest

from app.errors import ScenarioError
from app.scenarios.read import load_scenario
from app.scenarios.toml import MAX_BYTES
from app.trace.commands import Add, Configure, CutLink, PlacedCommand
from tests.home import HOME_FILE, home

SOURCE = HOME_FILE.read_text()
FILE = "shop.toml"
THIRTEEN = ", ".join(f'"n{number}"' for number in range(13))
COPIES = 'command = { type = "configure", cluster = "leader", setting = "copies", value = "3" }'
FAILOVER = COPIES.replace("copies", "failover").replace('"3"', '"election"')
SCRIPT = """
[[script]]
at_us = 0
command = { type = "configure", cluster = "leader", setting = "copies", value = "3" }

[[script]]
at_us = 100_000
command = { type = "cut_link", a = "n1", b = "n3" }

[[script]]
at_us = 100_000
command = { type = "add", client = "phone", item = "milk" }

[[captions]]
at_us = 200_000
cluster = "leader"
says = "The link n1–n3 is cut."

[[captions]]
at_us = 300_000
cluster = "leaderless"
says = "The link n1–n3 is cut."

[[verdicts]]
at_us = 2_000_000
cluster = "leader"
lost = 0
"""
SCRIPTED = SOURCE + SCRIPT


def fault(source: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(source.encode(), FILE)
    return str(caught.value)


def line_of(words: str, source: str) -> int:
    return next(n for n, line in enumerate(source.splitlines(), 1) if words in line)


SHAPES = [
    ("client_timeout_us", "client_timout_us", "client_timout", "Did you mean client_timeout_us?"),
    ("seed = 7", 'seed = "7"', 'seed = "7"', "seed: It is “7”. Give a whole number from 0 to"),
    ("seed = 7", "seed = true", "seed = true", "seed: It is true. Give a whole number"),
    ("seed = 7", "seed = -1", "seed = -1", "seed: -1 is out of range."),
    ("seed = 7", f"seed = 0x{'f' * 9000}", "seed = 0x", "a number of more than 64 bits"),
    ("seed = 7", "seed = 1979-05-27", "seed = 19", "(a date). Give a whole number"),
    ("seed = 7", "seed =", "seed =", "Give valid TOML"),
    (
        "client_timeout_us = 600_000",
        "client_timeout_us = 1",
        "timeout_us",
        "from 1000 to 1209600000000",
    ),
    ('name = "phone"', 'name = "Phone"', '"Phone"', "clients[0].name: “Phone” cannot stand here."),
    ('name = "phone"', 'name = "phone\\n"', '"phone', "clients[0].name: “phone·” cannot stand"),
    (
        'entry = "n3"',
        'entri = "n3"',
        "entri",
        "clients[1]: entri is not a field here.",
    ),
    ("low_us = 8_000", "lo_us = 8_000", "lo_us", "network.nodes: lo_us is not a field here."),
    ('"uniform"', '"uniforn"', '"uniforn"', "There is no type “uniforn”. Did you mean uniform?"),
    ('"cut_link"', '"cut_lnk"', '"cut_lnk"', "guide[0].steps[0][0].type: There is no type"),
    ('type = "cut_link", ', "", 'steps = [[{ a = "n1"', "The field type is missing."),
    ('nodes = ["n1", "n2", "n3"]', "nodes = []", "nodes = []", "The list is too short."),
    ('nodes = ["n1", "n2", "n3"]', f"nodes = [{THIRTEEN}]", "nodes = [", "Give at most 12."),
    ('nodes = ["n1", "n2", "n3"]', 'nodes = "n1"', "nodes = ", "nodes: It is “n1”. Give a list"),
    ("[network]", "[[network]]", "[[network]]", "network: It is a list of 1. Give a table"),
    ('title = "One cut', f'title = "{"x" * 80}', "xxx", "Give at most 80 characters."),
    ('title = "One cut, two answers"', 'title = ""', 'title = ""', "Give some words."),
    ('title = "One cut', 'title = "One\\u0007cut', "One", "Give one line of plain text."),
    (
        'answered = [["phone", "add"]',
        'answered = [["phone"]',
        'answered = [["phone"]',
        "It has 1 entries.",
    ),
    ("copies = 2", "copies = 2.5", "copies = 2.5", "values.copies: It is 2.5 (a float)."),
]
NAMES = [
    ('entry = "n3"', 'entry = "n33"', '"n33"', "There is no node “n33”. Did you mean n3?"),
    ('name = "laptop"', 'name = "phone"', "", "The client phone is there twice."),
    ('name = "phone"', 'name = "n1"', 'name = "n1"', "n1 is a node already."),
    ('name = "phone"', 'name = "proxy"', 'name = "proxy"', "proxy is beside the nodes already."),
    ('["n1", "n2", "n3"]', '["n1", "n1", "n3"]', '"n1", "n1"', "The node n1 is there twice."),
    ('name = "leaderless"', 'name = "leader"', "", "The cluster leader is there twice."),
    ('= "leaderless"\ntitle', '= "leaderles"\ntitle', '"leaderles"', "Did you mean leaderless?"),
    ('= "leaderless"\ntitle', '= "leader_follower"\ntitle', "", "exactly 2, one of each design"),
    ("copies = 2", "copis = 2", "copis", "not a setting of leader_follower. Did you mean copies?"),
    ('failover = "none"', 'failover = "non"', '"non"', "values.failover: “non” is not possible"),
    ("copies = 2", 'copies = "x"', 'copies = "x"', "values.copies: It is “x”. Give a whole"),
    ("copies = 2", "copies = 9", "copies = 9", "Choose from 1 to 3."),
    ("copies = 2", "copies = 2, heartbeat_us = 1", "heartbeat_us", "from 10000 to 2678400000000"),
    ("copies = 2", "copies = 2, silence_us = 3_000_000_000_000", "silence_us", "to 2678400000000"),
    ('name = "copies"', 'name = "copys"', '"copys"', "There is no setting “copys”. Did you mean"),
    ('name = "copies"', 'name = "failover"', "", "The setting failover is there twice."),
    ('value = "2"', 'value = "1"', "", "The value 1 is there twice."),
    ('value = "1"', 'value = "1x"', '"1x"', "options[0].value: It is “1x”. Give a whole number."),
    ('value = "2"', 'value = "4"', "", "starts with copies = 2, which is not among them."),
    ('a = "n1"', 'a = "n9"', '"n9"', "guide[0].steps[0][0].a: There is no node “n9”."),
    ('client = "laptop"', 'client = "labtop"', '"labtop"', "Did you mean laptop?"),
    ('a = "n1", b = "n3"', 'a = "n1", b = "n1"', 'b = "n1"', "A node has no link to itself."),
    ('"leader", setting', '"leadre", setting', '"leadre"', "There is no cluster “leadre”."),
    ('setting = "failover"', 'setting = "fail"', '"fail"', "There is no setting of leader “fail”."),
    ('value = "election" }', 'value = "elect" }', '"elect"', "Did you mean election?"),
    ('cut = ["n1", "n3"]', 'cut = ["n1", "n4"]', '"n4"', "done.cut[1]: There is no node “n4”."),
    ('cut = ["n1", "n3"]', 'cut = ["n1", "n1"]', '"n1", "n1"', "A link has two ends."),
    ('cut = ["n1", "n3"] ', "", "done = {", "Nothing makes this step done."),
    ('["laptop", "add"]', '["laptop", "ad"]', '"ad"', "There is no action “ad”. Did you mean add?"),
    ('["laptop", "add"]', '["laptp", "add"]', '"laptp"', "There is no client “laptp”."),
    ('read = "laptop"', 'read = "lap"', '"lap"', "done.read: There is no client “lap”."),
    ('lesson = "milk', 'say = "x" #', "", "A door gives commands, or leads to a lesson"),
]
NUMBERS = [
    (
        'clients = { type = "uniform", low_us = 8_000',
        'clients = { type = "uniform", low_us = 0',
        "clients = {",
        "network.clients.low_us: 0 is out of range.",
    ),
    ("low_us = 8_000", "low_us = 0", "low_us = 0", "network.nodes.low_us: 0 is out of range."),
    ("low_us = 8_000", "low_us = 80_000", "80_000", "network.nodes.high_us: 12000 is out of"),
    ("clients = {", "loss_ppm = -1\nclients = {", "loss_ppm", "network.loss_ppm: -1 is out of"),
    ("clients = {", "weather.slice_us = 0\nclients = {", "slice_us", "weather.slice_us: 0 is out"),
    ("clients = {", "weather.slow_ppm = 2_000_000\nclients = {", "slow_ppm", "from 0 to 1000000"),
    ("clients = {", "weather.slow_percent = 0\nclients = {", "percent", "from 1 to 10000"),
    ("clients = {", "weather.loss_ppm = -1\nclients = {", "loss_ppm", "from 0 to 1000000"),
]
LINKS = [
    ('"n1" = { type = "constant", us = 5 }', "“n1” is not a way."),
    ('"n1>n1" = { type = "constant", us = 5 }', "“n1>n1” is not a way."),
    ('"n1>n7" = { type = "constant", us = 5 }', "There is no node or client “n7”."),
    ('"n1>n2" = { type = "constant", us = 0 }', "links.n1>n2.us: 0 is out of range."),
    ('"n1>n2" = { type = "exponential", mean_us = 0 }', "links.n1>n2.mean_us: 0 is out of"),
]
SCRIPTS = [
    ("at_us = 100_000", "at_us = -1", "at_us = -1", "script[1].at_us: -1 is out of range."),
    ("at_us = 100_000", "at_us = 9_999_000_000_000", "at_us = 9_", "from 0 to 1209600000000"),
    (
        f"at_us = 0\n{COPIES}",
        f"at_us = 5\n{FAILOVER}",
        "at_us = 5",
        "the start of the run. Give at_us",
    ),
    ("at_us = 100_000", "at_us = 100_001", "", "script[2].at_us: 100000 comes after 100001"),
    ("at_us = 200_000", "at_us = 400_000", "at_us = 300", "captions[1].at_us: 300000 comes after"),
    ('cluster = "leader"\nsays', 'cluster = "left"\nsays', '"left"', "captions[0].cluster: There"),
    ('cluster = "leader"\nlost', 'cluster = "left"\nlost', '"left"', "verdicts[0].cluster: There"),
    ("lost = 0\n", "", "[[verdicts]]", "It counts nothing. Give lost or stale"),
    ('says = "The link', f'says = "{"x" * 300}', "xxx", "Give at most 300 characters."),
    ('setting = "copies", value = "3"', 'setting = "copies", value = "4"', "", "value of copies"),
]


@pytest.mark.parametrize(("right", "wrong", "at", "says"), [*SHAPES, *NAMES, *NUMBERS, *SCRIPTS])
def test_a_fault_is_told_with_file_line_and_remedy(
    right: str, wrong: str, at: str, says: str
) -> None:
    source = SCRIPTED.replace(right, wrong, 1)
    assert source != SCRIPTED
    message = fault(source)
    assert says in message
    assert message.startswith(f"{FILE}:"), message
    if at:
        assert message.startswith(f"{FILE}:{line_of(at, source)}: "), message


@pytest.mark.parametrize(("link", "says"), LINKS)
def test_a_way_with_a_delay_of_its_own_has_two_known_ends(link: str, says: str) -> None:
    source = SOURCE.replace("[[clients]]", f"[network.links]\n{link}\n\n[[clients]]", 1)
    assert says in (message := fault(source))
    assert message.startswith(f"{FILE}:{line_of(link, source)}: ")


def test_a_missing_field_is_named() -> None:
    without = SOURCE.replace('entry = "n3"\n', "")
    line = line_of('name = "laptop"', without) - 1
    missing = "clients[1]: The field entry is missing. Give a text in quotes."
    assert fault(without) == f"{FILE}:{line}: {missing}"
    assert fault("") == f"{FILE}: The field name is missing. Give a text in quotes."


def test_settings_that_cannot_work_together_are_refused_in_the_script() -> None:
    last = 'value = "3"\nlabel = "W 3"'
    assert last in SOURCE
    more = 'value = "4"\nlabel = "W"\npromise = "p"\ncost = "c"\n\n[[clusters.settings.options]]'
    source = SCRIPTED.replace(last, f"{more}\n{last}").replace(
        'cluster = "leader", setting = "copies", value = "3"',
        'cluster = "leaderless", setting = "w", value = "4"',
    )
    assert "script[0].command: W=4 of N=3 was asked for." in fault(source)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"shop\.toml:2: The file is not UTF-8\."):
        load_scenario(b"seed = 7\nname = \xff", FILE)
    assert "too long or too deep" in fault("seed = " + "[" * 100_000)
    assert "too long or too deep" in fault("seed = " + "9" * 9_000)
    assert fault("x = 1\n" + "a." * 101 + "a = 1").startswith(f"{FILE}:2: The line has more than")
    dots = SOURCE.replace("One cut, two answers", "." * 80).replace("after how many", "." * 40)
    assert load_scenario(dots.replace('say = "Same', 'say = "' + "." * 110).encode(), FILE)
    assert f"more than {MAX_BYTES} bytes. Give a shorter one." in fault("#" * (MAX_BYTES + 1))


def test_lines_are_found_in_nested_tables_and_after_long_texts() -> None:
    source = SOURCE.replace('"One cut, two answers"', '"""\n[network]\nseed = 1"""')
    assert fault(source).startswith(f"{FILE}:4: title: ")
    spread = SOURCE.replace(
        'steps = [[{ type = "cut_link", a = "n1", b = "n3" }]]',
        'steps = [\n  [\n    { type = "heal_all" },\n    { type = "crash", node = "n9" }\n  ]\n]',
    )
    where = f"{FILE}:{line_of('n9', spread)}: guide[0].steps[0][1].node: "
    assert fault(spread).startswith(where)


def test_the_script_is_the_commands_a_run_starts_with() -> None:
    scenario = load_scenario(SCRIPTED.encode(), FILE)
    assert scenario.script == (
        PlacedCommand(0, Configure("leader", "copies", "3")),
        PlacedCommand(100_000, CutLink("n1", "n3")),
        PlacedCommand(100_000, Add("phone", "milk")),
    )
    assert (scenario.captions[0].at_us, scenario.verdicts[0].lost) == (200_000, 0)
    assert home().script == ()
