"""Random runs of the home scene with three keys: seeds and command scripts, and how to run one."""

from typing import NamedTuple

from hypothesis import strategies as st
from msgspec.structs import replace

from app.scenarios.scenario import KeySpec, Workload
from app.scenarios.simulation import Simulation
from app.trace.codec import encode_lines
from app.trace.commands import (
    Add,
    AnyCommand,
    Compact,
    Configure,
    ConfigureClient,
    Crash,
    CutLink,
    CutOff,
    CutOneWay,
    Delete,
    HealAll,
    HealEverything,
    HealLink,
    Increment,
    LoseOnLink,
    LosePower,
    PauseNode,
    Promote,
    Put,
    Read,
    Remove,
    Resolve,
    Restart,
    ResumeNode,
    RunRepair,
    SetWorkload,
    SkewClock,
    SlowLink,
    SlowNode,
    WipeNode,
)
from app.trace.events import TraceEvent
from tests.home import home

NODES = ("n1", "n2", "n3")
CLIENTS = ("phone", "laptop")
KEYS = ("cart", "price", "stock")
OPS = tuple(f"{client}-{number}" for client in CLIENTS for number in range(1, 6))
SCENARIO = replace(
    home(),
    keys=(KeySpec("cart", "cart"), KeySpec("price", "register"), KeySpec("stock", "counter")),
    workload=Workload(clients=2, per_second=10, reads_percent=50, on=False),
)
LINKS = (("n1", "n2"), ("n1", "n3"), ("n2", "n3"))
WAYS = (*LINKS, ("n2", "n1"), ("n3", "n1"), ("n3", "n2"))
ELECTION = (Configure("leader", "failover", "election"),)
STARTS: tuple[tuple[Configure, ...], ...] = (
    (),
    ELECTION,
    (*ELECTION, Configure("leader", "fencing", "on")),
    (*ELECTION, Configure("leader", "copies", "1"), Configure("leader", "reads", "any")),
    (*ELECTION, Configure("leader", "pre_vote", "on"), Configure("leader", "step_down", "on")),
    (*ELECTION, Configure("leader", "priorities", "2"), Configure("leader", "catch_up", "on")),
    (Configure("leader", "failover", "timeout"),),
    (
        *ELECTION,
        Configure("leader", "durability", "remote_apply"),
        Configure("leader", "flush_us", "7000"),
        Configure("leader", "apply_us", "30000"),
        Configure("leader", "reads", "wait_position"),
    ),
    (
        Configure("leader", "standbys", "FIRST 1 (n2, n3)"),
        Configure("leader", "ack_timeout_us", "80000"),
        Configure("leader", "on_timeout", "async"),
        Configure("leader", "wait_no_replica", "off"),
        Configure("leader", "flush_us", "3000"),
        Configure("leader", "reads", "spread"),
    ),
    (
        *ELECTION,
        Configure("leader", "durability", "off"),
        Configure("leader", "hand_us", "50000"),
        Configure("leader", "flush_us", "5000"),
        Configure("leader", "reads", "sticky"),
        Configure("leader", "read_concern", "local"),
    ),
    (Configure("leader", "failover", "timeout"), Configure("leader", "fencing", "on")),
    (
        Configure("leader", "failover", "observer"),
        Configure("leader", "agreement", "off"),
        Configure("leader", "anti_flap_us", "0"),
        Configure("leader", "tail", "keep"),
        Configure("leader", "routing", "direct"),
    ),
    (
        Configure("leader", "failover", "lease"),
        Configure("leader", "failsafe", "on"),
        Configure("leader", "tail", "save_aside"),
        Configure("leader", "flush_us", "4000"),
    ),
    (
        Configure("leader", "failover", "observer"),
        Configure("leader", "tail", "resend"),
        Configure("leader", "routing", "proxy"),
        Configure("leader", "redirect_us", "200000"),
    ),
    (
        Configure("leader", "failover", "lease"),
        Configure("leader", "sync_mode", "on"),
        Configure("leader", "follower_writes", "refuse"),
    ),
    (
        Configure("leader", "failover", "observer"),
        Configure("leader", "copies", "1"),
        Configure("leader", "tail", "keep"),
        Configure("leader", "reads", "any"),
        Configure("leader", "follower_writes", "accept"),
    ),
    (
        Configure("leader", "follower_writes", "accept"),
        Configure("leader", "flush_us", "4000"),
    ),
    (Configure("leaderless", "conflict", "last_write"),),
    (
        Configure("leaderless", "conflict", "last_write"),
        Configure("leaderless", "tie", "greater_value"),
        Configure("leaderless", "stamps", "client"),
        Configure("leaderless", "cart", "cells"),
    ),
    (
        Configure("leaderless", "conflict", "server_vectors"),
        Configure("leaderless", "vector_limit", "2"),
        Configure("leaderless", "cart", "two_phase"),
        Configure("leaderless", "hints", "on"),
    ),
    (
        Configure("leaderless", "write_level", "quorum"),
        Configure("leaderless", "read_level", "quorum"),
        Configure("leaderless", "read_fanout", "needed"),
        Configure("leaderless", "digests", "on"),
        Configure("leaderless", "speculative_us", "20000"),
        Configure("leaderless", "read_repair", "before_reply"),
        Configure("leaderless", "hints", "on"),
        Configure("leaderless", "hint_window_us", "250000"),
        Configure("leaderless", "anti_entropy_us", "500000"),
    ),
    (
        Configure("leaderless", "write_level", "any"),
        Configure("leaderless", "read_level", "one"),
        Configure("leaderless", "hints", "on"),
        Configure("leaderless", "hint_replay_us", "1000000"),
        Configure("leaderless", "repair_scope", "all"),
        Configure("leaderless", "read_fanout", "needed"),
    ),
    (
        Configure("leaderless", "conflict", "last_write"),
        Configure("leaderless", "tombstones", "grace"),
        Configure("leaderless", "compact_us", "1000000"),
        Configure("leaderless", "grace_us", "1000000"),
    ),
    (Configure("leaderless", "tombstones", "agreed"),),
    (Configure("leaderless", "tombstones", "none"),),
    (
        Configure("leaderless", "conflict", "client_vectors"),
        Configure("leaderless", "shown", "newest"),
    ),
    (
        Configure("leaderless", "conflict", "newest_sibling"),
        Configure("leaderless", "tie", "smaller_value"),
        Configure("leaderless", "hints", "on"),
    ),
    (
        Configure("leaderless", "conflict", "object_vectors"),
        Configure("leaderless", "sibling_limit", "3"),
        Configure("leaderless", "hints", "on"),
    ),
    (
        Configure("leaderless", "conflict", "object_vectors"),
        Configure("leaderless", "cart", "or_set"),
        Configure("leaderless", "counter", "escrow"),
    ),
    (Configure("leaderless", "hints", "on"),),
    (
        Configure("leaderless", "compare", "rounds"),
        Configure("leaderless", "counter", "agreed"),
        Configure("leaderless", "read_level", "serial"),
        Configure("leaderless", "conflict", "last_write"),
    ),
    (
        Configure("leaderless", "n", "2"),
        Configure("leaderless", "coordinator", "home"),
        Configure("leaderless", "compare", "rounds"),
    ),
    (
        Configure("leaderless", "coordinator", "client"),
        Configure("leaderless", "conflict", "server_vectors"),
        Configure("leaderless", "first_write", "alone"),
        Configure("leaderless", "preferred_r", "3"),
        Configure("leaderless", "tombstones", "none"),
    ),
    (
        Configure("leaderless", "n", "2"),
        Configure("leaderless", "coordinator", "aware"),
        Configure("leaderless", "notfound", "fails"),
        Configure("leaderless", "r", "1"),
        Configure("leaderless", "basic_quorum", "on"),
    ),
    (
        Configure("leaderless", "n", "2"),
        Configure("leaderless", "hints", "on"),
        Configure("leaderless", "quorum", "sloppy"),
    ),
    (
        Configure("leaderless", "n", "2"),
        Configure("leaderless", "w", "1"),
        Configure("leaderless", "r", "1"),
        Configure("leaderless", "conflict", "last_write"),
        Configure("leaderless", "hints", "on"),
        Configure("leaderless", "quorum", "sloppy"),
    ),
)
"""Settings that shape a run from its start."""
CHANGES = (
    Configure("leader", "copies", "1"),
    Configure("leader", "copies", "2"),
    Configure("leader", "copies", "3"),
    Configure("leader", "reads", "any"),
    Configure("leader", "reads", "leader"),
    Configure("leader", "fencing", "on"),
    Configure("leader", "fencing", "off"),
    Configure("leader", "pre_vote", "on"),
    Configure("leader", "step_down", "on"),
    Configure("leader", "priorities", "2"),
    Configure("leader", "priorities", "1-1-0"),
    Configure("leader", "catch_up", "on"),
    Configure("leader", "durability", "remote_write"),
    Configure("leader", "durability", "off"),
    Configure("leader", "standbys", "ANY 1 (n2, n3)"),
    Configure("leader", "standbys", "none"),
    Configure("leader", "on_timeout", "cancel"),
    Configure("leader", "ack_timeout_us", "60000"),
    Configure("leader", "wait_no_replica", "off"),
    Configure("leader", "wait_point", "after_commit"),
    Configure("leader", "flush_us", "0"),
    Configure("leader", "flush_us", "9000"),
    Configure("leader", "apply_us", "20000"),
    Configure("leader", "read_concern", "local"),
    Configure("leader", "agreement", "on"),
    Configure("leader", "lock_ttl_us", "1000000"),
    Configure("leaderless", "r", "1"),
    Configure("leaderless", "r", "2"),
    Configure("leaderless", "w", "1"),
    Configure("leaderless", "w", "2"),
    Configure("leaderless", "read_repair", "off"),
    Configure("leaderless", "read_repair", "before_reply"),
    Configure("leaderless", "hints", "on"),
)
"""Settings that change while it plays; every order of them works with every start."""

RETRIES = st.sampled_from(("off", "blind", "with_id"))
nodes = st.sampled_from(NODES)
beside = st.sampled_from(("watcher", "lock", "proxy"))
clients = st.sampled_from(CLIENTS)
links = st.sampled_from(LINKS)
kinds = st.sampled_from(("whole", "whole", "compare", "operation"))
wholes = st.sampled_from(("whole", "whole", "compare"))
prices = st.sampled_from(("10", "12"))
amounts = st.sampled_from((-3, -1, 5))
commands: st.SearchStrategy[AnyCommand] = st.one_of(
    st.builds(lambda link: CutLink(*link), links),
    st.builds(lambda link: HealLink(*link), links),
    st.builds(lambda link, times: SlowLink(*link, times), links, st.sampled_from((3, 30))),
    st.builds(lambda link, percent: LoseOnLink(*link, percent), links, st.sampled_from((20, 80))),
    st.builds(lambda way: CutOneWay(*way), st.sampled_from(WAYS)),
    st.builds(CutOff, nodes),
    st.just(HealAll()),
    st.builds(Crash, nodes),
    st.builds(lambda node, side: Crash(node, only=side), nodes, st.sampled_from(("leader", ""))),
    st.builds(LosePower, nodes),
    st.builds(Restart, nodes),
    st.builds(PauseNode, nodes),
    st.builds(ResumeNode, nodes),
    st.builds(WipeNode, nodes),
    st.builds(Promote, nodes),
    st.builds(CutLink, nodes, beside),
    st.builds(CutOff, beside),
    st.builds(Crash, beside),
    st.builds(Restart, beside),
    st.builds(SkewClock, nodes, st.sampled_from((-3_000, 0, 5_000))),
    st.builds(Compact, nodes),
    st.builds(RunRepair, nodes),
    st.builds(SlowNode, nodes, st.sampled_from((0, 20, 400))),
    st.just(HealEverything()),
    st.sampled_from(CHANGES),
    st.builds(Add, clients, st.sampled_from(("milk", "bread", "eggs")), kinds),
    st.builds(Remove, clients, st.sampled_from(("milk", "bread")), kinds),
    st.builds(Put, client=clients, key=st.just("price"), value=prices, write=wholes),
    st.builds(Increment, client=clients, key=st.just("stock"), by=amounts, write=kinds),
    st.builds(Delete, clients, st.sampled_from(("cart", "price"))),
    st.builds(Read, clients, st.sampled_from(KEYS)),
    st.builds(lambda client: Resolve(client, "both"), clients),
    st.builds(Resolve, clients, st.sampled_from(OPS), st.sampled_from(("price", "stock"))),
    st.builds(lambda client, node: ConfigureClient(client, "entry", node), clients, nodes),
    st.builds(lambda client, way: ConfigureClient(client, "retries", way), clients, RETRIES),
    st.builds(SetWorkload, st.booleans()),
)


class Script(NamedTuple):
    """A run: seed, settings and (moment, command) pairs in order."""

    seed: int
    configured: tuple[Configure, ...]
    commands: tuple[tuple[int, AnyCommand], ...]

    def replay(self) -> str:
        return f"\nreplay: tests.scenarios.random_runs.run({self!r})"


@st.composite
def scripts(draw: st.DrawFn, until: int = 1_500_000, most: int = 10) -> Script:
    """Scripts with up to `most` commands before `until`."""
    moments = sorted(draw(st.lists(st.integers(1, until), max_size=most)))
    return Script(
        draw(st.integers(0, 2**32)),
        draw(st.sampled_from(STARTS)),
        tuple((at, draw(commands)) for at in moments),
    )


def begin(script: Script) -> Simulation:
    simulation = Simulation(SCENARIO, script.seed, script.configured)
    simulation.start()
    return simulation


def go_on(simulation: Simulation, script: Script, after: int, until: int) -> None:
    """Give the script's commands with after < moment ≤ until, and run on to `until`."""
    for at, command in script.commands:
        if after < at <= until:
            simulation.do(at, [command])
    simulation.run_until(until)


def run(script: Script, until: int = 3_000_000) -> Simulation:
    """The whole run."""
    simulation = begin(script)
    go_on(simulation, script, 0, until)
    return simulation


def rows(traces: dict[str, list[TraceEvent]]) -> dict[str, bytes]:
    return {cluster: encode_lines(trace) for cluster, trace in traces.items()}
