"""Vendored files are the published ones."""

from pathlib import Path

import pytest

from scripts import vendor


def test_every_vendored_file_is_as_published() -> None:
    assert vendor.troubles() == []


def test_a_changed_file_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "manifest.json").write_text('[{"file": "LICENSE", "sha256": "0"}]')
    monkeypatch.setattr(vendor, "MANIFEST", tmp_path / "manifest.json")
    assert "was changed" in vendor.troubles()[0]


def test_no_vendored_file_is_without_a_line_in_the_manifest() -> None:
    import json

    listed = {line["file"] for line in json.loads(vendor.MANIFEST.read_text())}
    for folder in ("static/vendor", "tests/vendor"):
        for path in Path(vendor.ROOT / folder).rglob("*"):
            name = str(path.relative_to(vendor.ROOT))
            assert path.is_dir() or path.name == "MANIFEST.json" or name in listed
