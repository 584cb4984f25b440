"""Plants each bug of PLANTS into a copy of the tree and demands that its named test fails.

A guard that cannot fail guards nothing. Run: `python -m tests.planted_bugs` (all), with names, or
with `--every 20`: one in twenty, which is what `make test` has time for.
Each plant is an exact replacement of a piece of source; when the source moves on, the plant is
stale and this script says so instead of passing.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.plants import AREAS, PLANTS, Plant

ROOT = Path(__file__).parent.parent
PATIENCE = 60  # seconds a test


def plant(bug: Plant) -> str:
    """Empty when the bug was caught; otherwise what went wrong, in a sentence."""
    source = (ROOT / bug.file).read_text()
    if source.count(bug.right) != 1:
        return f"{bug.name}: stale, {bug.file} has its line {source.count(bug.right)} times."
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in ("app", "tests", "lessons", "templates", "static", "scripts"):
            shutil.copytree(
                ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__", "browser")
            )
        shutil.copy(ROOT / "pyproject.toml", copy)
        (copy / bug.file).write_text(source.replace(bug.right, bug.wrong))
        ran = run_test(copy, bug.test)
        if ran is None:
            # A bug may show itself by never ending; a slow machine is none.
            (copy / bug.file).write_text(source)
            right = run_test(copy, bug.test)
            if right is not None and right.returncode == 0:
                return ""
            return f"{bug.name}: {bug.test} takes more than {PATIENCE} s, also without the bug."
    if ran.returncode == 1:
        return ""
    if ran.returncode == 0:
        return f"{bug.name}: NOT caught by {bug.test}."
    return f"{bug.name}: {bug.test} did not run:\n{ran.stdout[-800:]}{ran.stderr[-400:]}"


def run_test(copy: Path, test: str) -> subprocess.CompletedProcess[str] | None:
    """How the test went in the copy of the tree; None when it had not ended in time."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", test]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_PROFILE": "planted"}
    try:
        return subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return None


def chosen_of(arguments: list[str]) -> tuple[Plant, ...]:
    """The bugs that the command line asks for."""
    if arguments[:1] == ["--every"]:
        return PLANTS[:: int(arguments[1])]
    return tuple(bug for bug in PLANTS if not arguments or bug.name in arguments)


def main(arguments: list[str]) -> int:
    """Plant the bugs that are asked for; returns the number that was not caught."""
    chosen = chosen_of(arguments)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        troubles = [trouble for trouble in pool.map(plant, chosen) if trouble]
    for trouble in troubles:
        print(trouble)
    if not arguments:
        for area, bugs in AREAS.items():
            print(f"{area}: {len(bugs)}")
    print(f"{len(chosen) - len(troubles)} of {len(chosen)} planted bugs were caught.")
    return len(troubles)


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
