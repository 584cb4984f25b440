"""The settings of the product's presets, for stories and benches of a second or two."""

from typing import Any

import msgspec

from app.main import read_presets
from app.protocols.leaderless.settings import LeaderlessSettings

PRESETS = read_presets()
MODEL = LeaderlessSettings()
SHORT: dict[str, str | int] = {
    name: getattr(MODEL, name)
    for name in (
        "heartbeat_us", "silence_us", "request_timeout_us", "hint_replay_us", "anti_entropy_us",
        "placement",
    )
}  # fmt: skip
"""The model's own times instead of minutes, and every key on the first nodes."""


def preset(name: str, **changes: str | int) -> dict[str, Any]:
    """All values of the preset; only the times and places of SHORT, and `changes`, differ."""
    return {**PRESETS[name].values, **SHORT, **changes}


def settings(name: str, **changes: str | int) -> LeaderlessSettings:
    return msgspec.convert(preset(name, **changes), LeaderlessSettings, strict=False)
