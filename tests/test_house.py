"""The house rules as tests: who may import whom, how long things get, what must not stand here."""

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
LEAVES = {"errors", "vocabulary", "trace"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "vocabulary": set(),
    "trace": set(),
    "versions": {"trace"},
    "sim": {"trace", "errors"},
    "protocols": {"sim", "versions", "trace", "errors"},
    "checkers": {"trace"},
    "histories": {"checkers", "trace", "errors"},
    "scenarios": {"protocols", "sim", "trace", "errors"},
    "experiments": {"scenarios", "protocols", "checkers", "sim", "trace", "errors"},
    "lessons": {"experiments", "scenarios", "checkers", "trace", "errors"},
    "rooms": {"lessons", "scenarios", "histories", "checkers", "trace", "errors"},
    "storage": {"rooms", "errors"},
    "settings": {"rooms", "errors"},
    "web": {
        "rooms",
        "lessons",
        "experiments",
        "histories",
        "checkers",
        "scenarios",
        "trace",
        "errors",
        "vocabulary",
    },
    "main": {
        "experiments",
        "web",
        "storage",
        "rooms",
        "lessons",
        "scenarios",
        "settings",
        "vocabulary",
        "errors",
    },
    "experiment_command": {"main", "experiments", "errors"},
    "bad_run_command": {"main", "experiments", "rooms", "trace", "errors"},
    "judge_command": {"histories", "errors"},
    "scenes_command": {"main", "rooms"},
    "__main__": {
        "experiment_command",
        "bad_run_command",
        "judge_command",
        "scenes_command",
        "main",
        "web",
        "rooms",
        "scenarios",
        "settings",
        "errors",
    },
}
PURE = (
    "trace", "sim", "versions", "protocols", "checkers", "histories", "scenarios", "lessons",
    "experiments",
)  # fmt: skip
NOT_IN_PURE = {
    "asyncio", "time", "random", "logging", "socket", "os", "pathlib", "io", "datetime",
    "threading", "secrets", "uuid", "math", "cmath", "sys", "subprocess",
}  # fmt: skip
LONG_FILES = {
    "app/trace/events.py": "one table of all events, read top to bottom",
    "app/trace/commands.py": "one table of all commands, as of events",
    "app/trace/sentences.py": "one table of all sentences, and how they are filled in",
    "app/vocabulary.py": "one table of all terms, in the order of the alphabet",
    "app/rooms/hub.py": "the one owner of asyncio: what is awaited stands in one place",
    "app/rooms/room.py": "one request a page, side by side",
}
# In two pieces, so that this file does not hold what it forbids.
FORBIDDEN = (
    "TO" + "DO",
    "FIX" + "ME",
    "XX" + "X",
    "/wo" + "rk/",
    "pypi" + ".org",
    "registry" + ".npm",
)
OURS = (".py", ".js", ".mjs", ".css", ".html", ".toml", ".md", ".sh", "Makefile", "run")


def layer(path: Path) -> str:
    part = path.relative_to(ROOT / "app").parts[0]
    return part.removesuffix(".py")


def imports(source: str) -> set[str]:
    """Dotted names that a source imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def import_troubles(where: str, source: str) -> list[str]:
    """What a file of layer `where` imports and may not."""
    found = []
    for name in sorted(imports(source)):
        parts = name.split(".")
        if parts[0] == "app" and len(parts) > 1 and parts[1] not in MAY_IMPORT[where] | {where}:
            found.append(f"{where} imports {name}")
        if where in PURE and parts[0] in NOT_IN_PURE:
            found.append(f"{where} is pure and imports {name}")
    return found


def long_functions(source: str) -> list[str]:
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= 60
    ]


def app_files() -> list[Path]:
    return sorted((ROOT / "app").rglob("*.py"))


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [ROOT / line for line in listed.stdout.splitlines()]
    return [p for p in paths if p.exists() and "vendor/" not in str(p.relative_to(ROOT))]


def test_imports_go_one_way() -> None:
    assert [t for p in app_files() for t in import_troubles(layer(p), p.read_text())] == []


def test_a_forbidden_import_is_noticed() -> None:
    assert import_troubles("sim", "import time\nfrom app.protocols import client") == [
        "sim imports app.protocols",
        "sim is pure and imports time",
    ]


def test_every_layer_has_its_line_in_the_table() -> None:
    assert {layer(path) for path in app_files()} - {"__init__"} == set(MAY_IMPORT)


def test_files_and_functions_stay_small() -> None:
    long = {
        str(path.relative_to(ROOT))
        for path in app_files()
        if len(path.read_text().splitlines()) > 300
    }
    assert long <= set(LONG_FILES)
    assert [name for path in app_files() for name in long_functions(path.read_text())] == []


def test_a_long_function_is_noticed() -> None:
    assert long_functions("def f():\n" + "    x = 1\n" * 60) == ["f"]


def forbidden_words(text: str) -> list[str]:
    return [word for word in FORBIDDEN if word in text]


def test_nothing_unfinished_and_no_place_of_one_machine_stands_in_the_tree() -> None:
    found = {
        str(path.relative_to(ROOT)): words
        for path in tracked()
        if path.name.endswith(OURS) and (words := forbidden_words(path.read_text()))
    }
    assert found == {}


def test_a_forbidden_word_is_noticed() -> None:
    assert forbidden_words("# " + "TO" + "DO later") == ["TO" + "DO"]


def test_no_file_is_called_utils() -> None:
    assert [path for path in tracked() if path.stem in ("utils", "helpers", "misc")] == []
