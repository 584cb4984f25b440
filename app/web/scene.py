"""Everything the home page needs before its websocket speaks, as one JSON value."""

from typing import Any

from app.checkers.stale_reads import FRESH, READ_WORDS
from app.checkers.status import STATUS_WORDS
from app.rooms.hub import Scene
from app.scenarios.sizes import LABS, choices
from app.trace.codec import LEGEND, encode
from app.trace.ranks import NOISE_KINDS, RANKS
from app.trace.sentences import ANSWERS, MESSAGE_WORDS, PLAIN_SENTENCES, VARIANTS


def scene_json(
    scene: Scene,
    run: str,
    room_class: dict[str, object] | None = None,
    presets: dict[str, Any] | None = None,
) -> bytes:
    """The scene, the words, the legend, and the rows so far; `room_class`: what a class adds;
    `presets`: what a lab can be set to."""
    scenario = scene.scenario
    data: dict[str, Any] = {
        "scenario": {
            "name": scenario.name,
            "title": scenario.title,
            "watch": scenario.watch,
            "nodes": scenario.nodes,
            "clients": scenario.clients,
            "regions": scenario.regions,
            "round_trips": scenario.round_trips,
            "workload": scenario.workload,
            "keys": [{"name": name, "type": kind} for name, kind in scenario.types.items()],
            "clusters": [
                {"name": spec.name, "design": spec.design, "title": spec.title}
                for spec in scenario.clusters
            ],
            "guide": scenario.guide,
            "ending": scenario.ending,
            "doors": scenario.doors,
            "sizes": choices() if scenario.name in LABS else (),
            "presets": presets,
            "settings": {spec.name: spec.settings for spec in scenario.clusters},
        },
        "legend": LEGEND,
        "ranks": RANKS,
        "noise_kinds": sorted(NOISE_KINDS),
        "sentences": PLAIN_SENTENCES,
        "answers": ANSWERS,
        "variants": VARIANTS,
        "message_words": MESSAGE_WORDS,
        "status_words": STATUS_WORDS,
        "read_words": {**READ_WORDS, "because": FRESH},
        "room": scene.room,
        "run": run,
        "state": scene.state,
        "rows": scene.rows,
        "class": room_class,
    }
    return encode(data)
