"""docs/scenarios.md explains every field that a scenario file can have, and no other."""

import json
import re
from pathlib import Path
from typing import Any

from msgspec import inspect as types

from app.protocols.registry import DESIGNS
from app.rooms.guided import guided_run
from app.rooms.operations import history
from app.scenarios.scenario import Scenario
from tests.home import home

DOCUMENT = (Path(__file__).parent.parent.parent / "docs" / "scenarios.md").read_text()
HEADINGS = {
    "Scenario": "The file",
    "KeySpec": "`[[keys]]`",
    "ClientSpec": "`[[clients]]`",
    "Region": "`[[regions]]`",
    "RoundTrip": "`[[round_trips]]`",
    "Workload": "`[workload]`",
    "ClusterSpec": "`[[clusters]]`",
    "Setting": "`[[clusters.settings]]`",
    "Option": "`[[clusters.settings.options]]`",
    "NetworkSpec": "`[network]`",
    "Weather": "`[network.weather]`",
    "GuideStep": "`[[guide]]`",
    "Done": "`done`",
    "Door": "`[[doors]]`",
    "ScriptEntry": "`[[script]]`",
    "Caption": "`[[captions]]`",
    "Counted": "`[[verdicts]]`",
}
TAGGED = ("Delays", "Commands")


def tables(document: str) -> dict[str, dict[str, set[str]]]:
    """By heading, by the names in the first cell: the names in the second cell."""
    found: dict[str, dict[str, set[str]]] = {}
    for part in document.split("\n## ")[1:]:
        heading, *lines = part.splitlines()
        rows = [line.split("|") for line in lines if line.startswith("| `")]
        found[heading] = {
            name: set(re.findall(r"`(\w+)`", cells[2]))
            for cells in rows
            for name in re.findall(r"`(\w+)`", cells[1])
            if name != "type" or heading not in TAGGED
        }
    return found


def structs(kind: Any, found: dict[str, types.StructType] | None = None) -> Any:
    """All Structs that a value of this type may hold, by name."""
    found = {} if found is None else found
    if isinstance(kind, types.StructType):
        if kind.cls.__name__ in found:
            return found
        found[kind.cls.__name__] = kind
    for part in ("fields", "types", "item_types"):
        for inner in getattr(kind, part, ()):
            structs(inner.type if part == "fields" else inner, found)
    for part in ("item_type", "type", "value_type"):
        if inner := getattr(kind, part, None):
            structs(inner, found)
    return found


def troubles(document: str) -> list[str]:
    """What the document lacks, and what it has too much."""
    written, wanted = tables(document), {}
    tagged: dict[str, set[str]] = {}
    for name, kind in structs(types.type_info(Scenario)).items():
        fields = {one.encode_name for one in kind.fields}
        if kind.tag_field:
            tagged[str(kind.tag)] = fields
        else:
            wanted[HEADINGS.get(name, f"a heading for {name} in HEADINGS")] = fields
    for design, made in DESIGNS.items():
        wanted[f"Settings of `{design}`"] = set(made.settings_type.__struct_fields__)
    found = []
    for heading, fields in wanted.items():
        names = set(written.get(heading, {}))
        found += [f"{heading}: {name} is not explained" for name in sorted(fields - names)]
        found += [f"{heading}: there is no field {name}" for name in sorted(names - fields)]
    rows = {tag: fields for heading in TAGGED for tag, fields in written[heading].items()}
    for tag in sorted(tagged.keys() | rows.keys()):
        if tagged.get(tag) != rows.get(tag):
            found.append(f"{tag}: has {tagged.get(tag)}, explained are {rows.get(tag)}")
    return found


def test_every_field_is_explained_and_no_other() -> None:
    assert troubles(DOCUMENT) == []


def test_a_missing_and_a_foreign_field_are_noticed() -> None:
    assert troubles(DOCUMENT.replace("| `watch` |", "| `watched` |")) == [
        "The file: watch is not explained",
        "The file: there is no field watched",
    ]
    (told,) = troubles(
        DOCUMENT.replace("| `crash` | `node`, `only` |", "| `crash` | `nodes`, `only` |")
    )
    assert told.startswith("crash: has {")
    (told,) = troubles(DOCUMENT.replace("| `resume_node` |", "| resume_node |"))
    assert told.startswith("resume_node: has")
    (told,) = troubles(DOCUMENT.replace("| `read_repair` |", "| |"))
    assert told == "Settings of `leaderless`: read_repair is not explained"


def test_the_fields_of_a_history_are_the_explained_ones() -> None:
    line = json.loads(next(history(guided_run(home(), 7, ""))))
    assert set(tables(DOCUMENT)["The lines of a history"]) == set(line)
