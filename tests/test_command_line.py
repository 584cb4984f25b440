"""`python -m app`: what it prints, and what it says when it cannot."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_scenes_lists_the_home_scene() -> None:
    assert app("scenes").stdout.startswith("home ")


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
        (("simulate", "nowhere"), "There is no scene nowhere. There is: home."),
        (("serve", "--port", "70000"), "Choose one from 1 to 65535"),
        (("dance",), "invalid choice"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(arguments: tuple[str, ...], says: str) -> None:
    done = app(*arguments)
    assert done.returncode
    assert says in done.stderr
    assert "Traceback" not in done.stderr


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
