"""`python -m app`: what it prints, and what it says when it cannot."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.__main__ import main
from app.settings import SettingsError, read_settings

ROOT = Path(__file__).parent.parent


def app(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


def test_scenes_lists_every_scene() -> None:
    names = [line.split()[0] for line in app("scenes").stdout.splitlines()]
    assert {"home", "lab", "two-leaders", "fast-clock", "Misconceptions:"} <= set(names)
    assert names[-40:] == [f"M{number}" for number in range(1, 41)]


def test_the_transcript_is_the_golden_one() -> None:
    golden = (ROOT / "tests" / "golden" / "home.txt").read_text()
    assert app("simulate", "home", "--seed", "7", "--format", "transcript").stdout == golden


def test_jsonl_is_the_same_under_every_hash_seed() -> None:
    runs = {
        app("simulate", "home", "--seed", "7", "--format", "jsonl", PYTHONHASHSEED=seed).stdout
        for seed in ("0", "1", "42")
    }
    assert len(runs) == 1
    header, *rows = (json.loads(line) for line in runs.pop().splitlines())
    assert (header["scenario"], header["seed"]) == ("home", 7)
    assert {row["cluster"] for row in rows} == {"leader", "leaderless"}
    assert all(row["row"][0] in header["legend"] for row in rows)


def test_another_seed_is_another_run() -> None:
    first, second = (app("simulate", "home", "--seed", s).stdout for s in ("7", "8"))
    assert first != second


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("simulate", "nowhere"), "There is no scene “nowhere”. Choose one of: cart-merge"),
        (("simulate", "hom"), "There is no scene “hom”. Did you mean home?"),
        (("simulate", "tests"), "There is no scene “tests”."),
        (("simulate", "\x1b[31m"), "There is no scene “·[31m”."),
        (("simulate", "tests/"), "tests/ cannot be read (Is a directory)."),
        (("simulate", "."), ". cannot be read (Is a directory)."),
        (("simulate", "README.md"), "README.md:"),
        (("simulate", "/dev/null"), "/dev/null: The field name is missing."),
        (("simulate", "/dev/zero"), "/dev/zero: The file has more than 262144 bytes."),
        (("simulate", "x" * 9_000 + ".toml"), "cannot be read (File name too long)."),
        (("simulate", "docs/home.png"), "docs/home.png:1: The file is not UTF-8."),
        (("simulate", "app/__init__.py"), "app/__init__.py:"),
        (("simulate",), "the following arguments are required: scene."),
        (("simulate", "home", "home"), "unrecognized arguments: home."),
        (("simulate", "home", "--seed"), "expected one argument."),
        (("simulate", "home", "--seed", ""), "Give a whole number from 0 to"),
        (("simulate", "home", "--seed", "7.5"), "Give a whole number from 0 to"),
        (("simulate", "home", "--seed", "٧"), "Give a whole number from 0 to"),
        (("simulate", "home", "--seed", "9" * 30), "Give a whole number from 0 to"),
        (("simulate", "home", "--format", "xml"), "There is no format 'xml'. Choose one of:"),
        ((), "the following arguments are required: command."),
        (("simulate", "no/such.toml"), "no/such.toml cannot be read (No such file"),
        (("simulate", "home", "--seed", "-1"), "Give a whole number from 0 to 9007199254740991."),
        (("serve", "--port", "70000"), "Choose one from 1 to 65535"),
        (("dance",), "There is no command 'dance'. Choose one of: serve, class, scenes,"),
        (("sceens",), "There is no command 'sceens'. Did you mean scenes?"),
        (("check-lessons", "--seeds", "0"), "Give a whole number from 1 to 10000."),
        (("check-lessons", "no-such-folder"), "There is no lesson under no-such-folder."),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(arguments: tuple[str, ...], says: str) -> None:
    done = app(*arguments)
    assert done.returncode == (1 if "serve" in arguments else 2)
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr) < 700
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize("kind", ["transcript", "jsonl", "history"])
def test_who_stops_reading_stops_the_writing(kind: str) -> None:
    command = f"{sys.executable} -m app simulate home --format {kind} | head -c 10 >/dev/null"
    done = subprocess.run(
        ["bash", "-c", f"{command}; exit ${{PIPESTATUS[0]}}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_full_disk_is_a_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "app", "simulate", "home"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 1
    assert done.stderr == "The output cannot be written (No space left on device). Make room.\n"


def test_a_path_that_cannot_be_one_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a\0.toml", "\ud800.toml", "~nobody/x.toml"):
        assert main(["simulate", name]) == 2
        assert "cannot be read" in capsys.readouterr().err


def test_a_taken_port_says_which_and_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = app("serve", "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in done.stderr
    assert "make run PORT=" in done.stderr


def test_a_wrong_variable_is_named() -> None:
    with pytest.raises(SettingsError, match="QUORATE_ROOMS=many"):
        read_settings({"QUORATE_ROOMS": "many"})
    assert read_settings({"QUORATE_ROOMS": "5"}).limits.rooms == 5


def test_check_lessons_proves_each_and_names_file_and_line_of_a_fault(tmp_path: Path) -> None:
    good = app("check-lessons", "--seeds", "3")
    assert good.returncode == 0
    assert "milk-and-bread.md: true on 3 seeds" in good.stdout
    source = (ROOT / "lessons" / "01-shared-carts" / "01-milk-and-bread.md").read_text()
    for name, text in (
        ("01-good", source),
        ("02-bad", source.replace("minutes = 12", "minutes = 0")),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "01-lesson.md").write_text(text)
    both = app("check-lessons", str(tmp_path), "--seeds", "1")
    assert both.returncode == 1
    assert "01-good/01-lesson.md: true on 1 seeds" in both.stdout
    assert "02-bad/01-lesson.md:4: minutes: 0 is out of range. Give a" in both.stderr
    none = app("check-lessons", str(tmp_path / "nowhere"))
    assert (none.returncode, "no lesson" in none.stderr) == (2, True)


def test_check_lessons_misses_no_file_and_no_address_that_is_there_twice(tmp_path: Path) -> None:
    source = (ROOT / "lessons" / "01-shared-carts" / "01-milk-and-bread.md").read_text()
    (tmp_path / "01-topic").mkdir()
    (tmp_path / "README.md").write_text("the guide is no lesson")
    for name in ("01-topic/01-carts.md", "01-topic/02-carts.md", "03-astray.md"):
        (tmp_path / name).write_text(source)
    (tmp_path / "01-topic" / "04-folder.md").mkdir()
    done = app("check-lessons", str(tmp_path), "--seeds", "1")
    assert done.returncode == 1
    assert "01-topic/01-carts.md: true" in done.stdout
    second, fourth, third = done.stderr.splitlines()
    assert "01-topic/02-carts.md:1: " in second
    assert "has the same address, /lessons/carts. Give one of the files other words." in second
    assert "03-astray.md:1: A lesson is kept as NN-topic/NN-some-words.md" in third
    assert "01-topic/04-folder.md:1: The file cannot be read (Is a directory)." in fourth


def test_class_prints_where_to_go_and_whether_it_answers_there() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with subprocess.Popen(
        [sys.executable, "-m", "app", "class", "--host", "127.0.0.1", "--port", port],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "QUORATE_DATA": ":memory:"},
    ) as process:
        assert process.stdout
        said = ""
        while "It answers there." not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        process.terminate()
    assert f"Presenter and class, open: http://127.0.0.1:{port}/class" in said
    assert "█" in said, "the QR code"


def test_settings_name_the_file_and_the_address() -> None:
    assert read_settings({}).data == "data/quorate.db"
    given = read_settings({"QUORATE_DATA": ":memory:", "QUORATE_ADDRESS": "http://10.0.0.7:8000/"})
    assert (given.data, given.address) == (":memory:", "http://10.0.0.7:8000")
    with pytest.raises(SettingsError, match=r"Begin with http://\."):
        read_settings({"QUORATE_ADDRESS": "10.0.0.7"})
    with pytest.raises(SettingsError, match="QUORATE_DATA_BYTES=-5"):
        read_settings({"QUORATE_DATA_BYTES": "-5"})


def test_a_file_that_cannot_keep_rooms_stops_the_start_with_a_remedy(tmp_path: Path) -> None:
    foreign = tmp_path / "letters.db"
    foreign.write_text("dear reader " * 200)
    said = app("serve", "--port", "8765", QUORATE_DATA=str(foreign))
    assert said.returncode == 2
    assert "letters.db cannot be used" in said.stderr
    assert "Traceback" not in said.stderr


def test_simulate_reads_a_file_and_its_claims_must_hold(tmp_path: Path) -> None:
    full = ROOT / "tests" / "scenarios" / "full.toml"
    done = app("simulate", str(full))
    assert (done.returncode, done.stderr) == (0, "")
    assert "The script.\n   0.100 s  leader      The link n1–n3 is cut." in done.stdout
    assert "\nHeal and read.\n" in done.stdout
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(full.read_text().replace("The link n1–n3 is cut.", "The link n1–n2 is cut."))
    done = app("simulate", str(wrong))
    assert done.returncode == 1
    assert "captions[0]: The transcript of leader does not say “The link n1–n2 is" in done.stderr
    assert not app("simulate", str(wrong), "--seed", "8").stderr, "claims are about its own seed"
    wrong.write_text("seed = 7")
    done = app("simulate", str(wrong))
    assert done.returncode == 2
    assert done.stderr == f"{wrong}: The field name is missing. Give a text in quotes.\n"


def test_history_is_an_operation_a_line_in_order_of_invocation() -> None:
    lines = [
        json.loads(line)
        for line in app("simulate", "home", "--format", "history").stdout.splitlines()
    ]
    order = [(line["invoked_us"], line["cluster"]) for line in lines]
    assert order == sorted(order)
    ops = {(line["cluster"], line["op"]): line for line in lines}
    assert len(ops) == len(lines) == 6
    told = {key: line["outcome"] for key, line in ops.items()}
    assert told[("leader", "laptop-1")] == "failed"
    assert told[("leaderless", "laptop-1")] == "ok"
    add = ops[("leaderless", "phone-1")]
    assert (add["client"], add["action"], add["kind"], add["key"]) == (
        "phone",
        "add",
        "write",
        "cart",
    )
    assert (add["item"], add["write"], add["context"], add["entry"]) == ("milk", "whole", [], "n1")
    assert add["value"] == {"id": "phone-1", "label": "a", "items": ["milk"]}
    assert (add["coordinator"], add["need"], add["of"]) == ("n1", 2, 3)
    assert add["answered"][:2] == ["n1", "n2"]
    assert 0 < add["invoked_us"] < add["returned_us"]
    assert add["read"] is None
    read = ops[("leaderless", "laptop-2")]
    assert sorted(cart[0]["id"] for cart in read["read"]) == ["laptop-1", "phone-1"]
    assert read["value"] is None


def test_judge_says_what_it_assumed_and_exits_by_the_verdict(tmp_path: Path) -> None:
    """0: holds, 1: broken, 2: cannot tell, or cannot read it."""
    kept = app("simulate", "two-leaders", "--format", "edn").stdout
    stale = app("simulate", "stale-read", "--format", "history").stdout
    for name, text, status, words in (
        ("kept.edn", kept, 0, "Holds: linearizable."),
        ("stale.jsonl", stale, 1, "laptop reads nothing  (line"),
        ("half.edn", kept[:-20], 2, "ends in the middle"),
    ):
        path = tmp_path / name
        path.write_text(text)
        done = app("judge", str(path))
        assert done.returncode == status, done.stdout + done.stderr
        assert words in done.stdout + done.stderr
    assert (
        "Assumed: 2 keys, each a register; at first nothing"
        in app("judge", str(tmp_path / "kept.edn")).stdout
    )
    assert app("judge", str(tmp_path / "none")).returncode == 2
