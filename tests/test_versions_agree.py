"""The newest entry of the changelog is the version we say we are."""

import re
from pathlib import Path

from app.main import version

ROOT = Path(__file__).parent.parent


def test_the_changelog_knows_this_version() -> None:
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest
    assert newest[1] == version()
