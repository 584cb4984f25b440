"""Golden files: runs as Python sees them, for the browser's fold to agree with, and transcripts.

`python -m tests.golden.make` writes them anew; a test says when they are not what the engine
does now, so that every change of a picture or a word is seen in a diff.
"""

import json
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from app.checkers.answers import answers, tally
from app.main import read_catalogue, read_scenarios
from app.protocols.client_state import ClientState
from app.protocols.leader_follower.disk import applied, flushed, handed
from app.protocols.leader_follower.shards import ShardedState
from app.protocols.leader_follower.state import ReplicaState as LogState
from app.rooms.guided import guided_run
from app.rooms.room import Room
from app.rooms.timeline import Timeline
from app.rooms.transcript import transcript
from app.scenarios.catalogue import complete
from app.scenarios.simulation import Simulation
from app.trace.codec import LEGEND, decode_events, decode_verdicts, encode
from app.trace.commands import (
    Add,
    AnyCommand,
    Configure,
    Crash,
    CutLink,
    CutOff,
    HealAll,
    Increment,
    LosePower,
    Promote,
    Put,
    Read,
    Resolve,
    Restart,
)
from app.trace.ranks import RANKS
from app.trace.sentences import ANSWERS, MESSAGE_WORDS, PLAIN_SENTENCES, VARIANTS, minus, sentence
from app.trace.types import TYPES
from app.trace.values import Value, carts
from tests.visits import Visit

HERE = Path(__file__).parent


def storm(visit: Visit) -> None:
    """Elections, crashes, rolled back entries, siblings: whatever the pictures must survive."""
    acts: list[list[AnyCommand]] = [
        [Configure("leader", "failover", "election")],
        [CutOff("n1")],
        [Add("phone", "milk"), Add("laptop", "bread")],
        [Crash("n2")],
        [HealAll()],
        [Add("laptop", "eggs")],
        [Restart("n2")],
        [CutLink("n2", "n3")],
        [Add("phone", "tea")],
        [HealAll()],
        [Add("laptop", "bread"), Add("phone", "milk")],
    ]
    for commands in acts:
        visit.act(*commands)


def named_leader(visit: Visit) -> None:
    """Without automatic failover: the leader that people named crashes and leads on."""
    for command in (Add("phone", "milk"), Crash("n1"), Add("laptop", "bread"), Restart("n1")):
        visit.act(command)
    visit.act(Add("laptop", "eggs"))


def outside(values: dict[str, str | int]) -> Visit:
    """Somebody beside the nodes decides who leads; it is cut off, crashed and healed, too."""
    return beside_a_leader(
        {"copies": 1, **values},
        [
            [Add("phone", "milk")],
            [CutOff("n1"), Add("phone", "tea")],
            [Add("laptop", "bread")],
            [CutLink("n2", "watcher"), CutLink("n2", "lock")],
            [HealAll()],
            [Add("laptop", "eggs")],
            [Crash("watcher"), Crash("lock")],
            [Add("phone", "milk")],
            [Restart("watcher"), Restart("lock")],
            [Add("laptop", "milk")],
        ],
    )


def leadership(visit: Visit) -> None:
    """In the lab: asking first, giving up, handing over, catching up, by hand and by priority."""
    on = [("pre_vote", "on"), ("step_down", "on"), ("catch_up", "on"), ("priorities", "2")]
    visit.act(*(Configure("leader", name, value) for name, value in on))
    acts: list[list[AnyCommand]] = [
        [Add("phone", "milk")],
        [CutLink("n1", "n3")],
        [CutOff("n1")],
        [Add("laptop", "bread")],
        [HealAll()],
        [Promote("n4")],
        [Crash("n4"), Promote("n4")],
    ]
    for commands in acts:
        visit.act(*commands)


OFFERS = ("flush_us", "apply_us", "hand_us", "ack_timeout_us", "read_wait_us")


def beside_a_leader(values: dict[str, str | int], acts: list[list[AnyCommand]]) -> Visit:
    """The home scene with other settings of the side with a leader, and more to choose from."""
    scene = read_scenarios()["home"]
    sides = tuple(
        replace(spec, values={**spec.values, **values}, settings=(), offers=OFFERS)
        if spec.design == "leader_follower"
        else spec
        for spec in scene.clusters
    )
    visit = Visit(scenario=complete(replace(scene, clusters=sides), read_catalogue()))
    for commands in acts:
        visit.act(*commands)
    return visit


WATCHER: dict[str, str | int] = {"failover": "observer", "tail": "keep", "routing": "direct"}
LOCK: dict[str, str | int] = {"failover": "lease", "tail": "save_aside", "routing": "proxy"}


def slow_disks() -> Visit:
    """Flushes and followers that take time, a standby list, a fall-back, and losses of power."""
    slow: dict[str, str | int] = {
        "durability": "remote_apply", "flush_us": 40_000, "apply_us": 150_000,
        "standbys": "FIRST 1 (n2, n3)", "ack_timeout_us": 400_000, "on_timeout": "async",
        "reads": "wait_position",
    }  # fmt: skip
    return beside_a_leader(
        slow,
        [
            [Add("phone", "milk")],
            [Add("laptop", "bread"), LosePower("n2")],
            [Read("laptop"), Crash("n3")],
            [LosePower("n3"), Add("phone", "eggs")],
            [Restart("n2"), Restart("n3")],
            [CutOff("n1"), Add("phone", "tea")],
            [HealAll()],
            [LosePower("n1")],
            [Restart("n1"), Add("laptop", "milk")],
            [Configure("leader", "ack_timeout_us", "0")],
            [Configure("leader", "ack_timeout_us", "300000")],
            [Configure("leader", "flush_us", "5000")],
            [Configure("leader", "apply_us", "50000")],
            [Configure("leader", "read_wait_us", "0")],
            [Add("phone", "bread")],
        ],
    )


def lazy_log() -> Visit:
    """What was acknowledged and lay in memory goes with a crash."""
    return beside_a_leader(
        {"durability": "off", "hand_us": 3_000_000, "flush_us": 40_000, "copies": 2},
        [
            [Add("phone", "milk")],
            [Crash("n1")],
            [Restart("n1")],
            [Add("laptop", "bread"), Add("phone", "eggs")],
            [LosePower("n1")],
            [Restart("n1"), Read("laptop")],
        ],
    )


def three_keys(visit: Visit) -> None:
    """Cart, price and stock through a leader's fall and a cut, by every kind of write."""
    acts: list[list[AnyCommand]] = [
        [
            Put(client="till", key="price", value="12"),
            Increment(client="till", key="stock", by=5),
            Add("phone", "milk"),
        ],
        [Read("phone", "stock"), Read("laptop", "stock"), Read("laptop", "price")],
        [CutOff("n1")],
        [
            Increment(client="phone", key="stock", by=-1),
            Increment(client="laptop", key="stock", by=-1, write="operation"),
            Increment(client="till", key="stock", by=-2, write="operation"),
            Put(client="laptop", key="price", value="10", write="compare"),
            Put(client="till", key="price", value="15"),
        ],
        [HealAll()],
        [Increment(client="laptop", key="stock", by=-7, write="operation")],
        [Read("till", "stock"), Read("phone", "price"), Read("phone"), Read("till", "price")],
        [Resolve("phone", "till-4", "price")],
        [Increment(client="till", key="stock", by=1), Crash("n2")],
    ]
    for commands in acts:
        visit.act(*commands)


def several_leaders(visit: Visit) -> None:
    """Two shards over five nodes: one leader crashes, and nothing happens to the other shard."""
    acts: list[list[AnyCommand]] = [
        [Configure("leader", "shards", "2"), Configure("leaderless", "placement", "in_turn")],
        [Add("phone", "milk"), Put(client="till", key="price", value="12")],
        [Crash("n1")],
        [Add("laptop", "bread"), Put(client="laptop", key="price", value="10")],
        [CutOff("n3"), Increment(client="till", key="stock", by=2)],
        [Restart("n1"), HealAll()],
        [Read("phone"), Read("laptop", "price"), Read("till", "stock")],
    ]
    for commands in acts:
        visit.act(*commands)


def state_of(simulation: Simulation, cluster: str) -> dict[str, Any]:
    """What the processes themselves say, at this moment."""
    kernel, types = simulation.clusters[cluster].kernel, simulation.scenario.types
    nodes: dict[str, Any] = {}
    clients: dict[str, Any] = {}
    for name, process in kernel.processes.items():
        state = process.state
        if name in kernel.helpers:
            continue
        if isinstance(state, ClientState):
            busy = state.busy.op if state.busy else None
            clients[name] = {
                "known": {key: [v.id for v in known] for key, known in state.known.items()},
                "busy": busy,
            }
        elif isinstance(state, ShardedState):
            nodes[name] = _of_groups(types, state)
        elif isinstance(state, LogState):
            held = {e.key: e.value for e in state.disk.log if e.value is not None}
            nodes[name] = {
                "held": {key: [value.id] for key, value in held.items()},
                "shows": _shows(types, {key: (value,) for key, value in held.items()}),
                "role": state.memory.role,
                "term": state.disk.term,
                "leader": state.memory.leader,
                "commit": state.memory.commit,
                "handed": handed(state),
                "flushed": flushed(state),
                "applied": applied(state),
                "log": len(state.disk.log),
            }
        else:
            nodes[name] = {
                "held": {
                    key: [version.stored.value.id for version in versions]
                    for key, versions in state.disk.versions.items()
                },
                "shows": _shows(
                    types,
                    {
                        key: tuple(version.stored.value for version in versions)
                        for key, versions in state.disk.versions.items()
                    },
                ),
                "role": None,
                "suspects": list(state.memory.suspected),
            }
    return {"cut": sorted(kernel.cut), "nodes": nodes, "clients": clients}


def _of_groups(types: dict[str, str], state: ShardedState) -> dict[str, Any]:
    """A node that has a part in several groups."""
    parts = state.groups.values()
    held = {e.key: e.value for part in parts for e in part.disk.log if e.value is not None}
    return {
        "held": {key: [value.id] for key, value in held.items()},
        "shows": _shows(types, {key: (value,) for key, value in held.items()}),
        "role": None,
        "groups": {
            number: [part.memory.role, part.disk.term, part.memory.leader, part.memory.commit]
            for number, part in state.groups.items()
        },
    }


def _shows(types: dict[str, str], held: dict[str, tuple[Value, ...]]) -> dict[str, Any]:
    """By key what each version shows."""
    return {
        key: [
            [minus(word) for word in TYPES[types[key]].read(version)] for version in carts(values)
        ]
        for key, values in held.items()
    }


def run_of(name: str, room: Room, guide_step: int) -> dict[str, Any]:
    """Frames, sentences, and the processes' own state at every stop of the current branch."""
    branch = room.fold.current
    frames = room.rows({})
    clusters: dict[str, Any] = {}
    for frame in frames:
        design = next(s.design for s in room.scenario.clusters if s.name == frame.cluster)
        events = decode_events(bytes(frame.rows))
        verdicts = decode_verdicts(bytes(frame.verdicts))
        said = [sentence(design, row, room.scenario.types) for row in (*events, *verdicts)]
        counts = [tally(answers(row for row in events if row.at <= stop)) for stop in branch.stops]
        clusters[frame.cluster] = {"design": design, "said": said, "states": [], "counts": counts}
    for stop in branch.stops:
        timeline = Timeline(
            room.scenario, room.fold.seed, tuple(c for c in branch.commands if c.at <= stop)
        )
        timeline.run_until(stop)
        for cluster, entry in clusters.items():
            entry["states"].append({"at": stop, **state_of(timeline.simulation, cluster)})
    return {
        "name": name,
        "types": room.scenario.types,
        "until": branch.frontier,
        "guide_step": guide_step,
        "frames": json.loads(encode(frames)),
        "clusters": json.loads(encode(clusters)),
    }


def golden() -> dict[str, str]:
    """Every golden file's text, by name."""
    scenario = read_scenarios()["home"]
    stormy, named, lab = Visit(), Visit(), Visit(scenario=read_scenarios()["lab"])
    storm(stormy)
    named_leader(named)
    leadership(lab)
    keys = Visit(scenario=read_scenarios()["lab"])
    three_keys(keys)
    sharded = Visit(scenario=read_scenarios()["lab"])
    several_leaders(sharded)
    runs = [
        run_of("home", Visit().guide().room, 3),
        run_of("storm", stormy.room, 2),
        run_of("named leader", named.room, 0),
        run_of("leadership", lab.room, 1),
        run_of("watcher", outside(WATCHER).room, 2),
        run_of("lock", outside(LOCK).room, 2),
        run_of("slow disks", slow_disks().room, 2),
        run_of("lazy log", lazy_log().room, 0),
        run_of("three keys", keys.room, 1),
        run_of("several leaders", sharded.room, 1),
    ]
    words = {
        "legend": LEGEND,
        "ranks": RANKS,
        "sentences": PLAIN_SENTENCES,
        "answers": ANSWERS,
        "variants": VARIANTS,
        "message_words": MESSAGE_WORDS,
    }
    data = {
        "words": json.loads(encode(words)),
        "guide": json.loads(encode(scenario.guide)),
        "runs": runs,
    }
    stories = {
        f"{name}.txt": "\n".join(transcript(guided_run(scene, None, "golden"))) + "\n"
        for name, scene in read_scenarios().items()
        if scene.guide or scene.entries
    }
    return {
        **stories,
        "runs.json": json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n",
    }


if __name__ == "__main__":
    for file, text in golden().items():
        (HERE / file).write_text(text)
