"""Random scenarios that can run, and mutations of scenario files."""

from copy import deepcopy
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from app.scenarios.scenario import (
    MAX_SEED,
    MAX_US,
    Caption,
    ClientSpec,
    ClusterSpec,
    Counted,
    Done,
    Door,
    GuideStep,
    KeySpec,
    Option,
    Region,
    RoundTrip,
    Scenario,
    ScriptEntry,
    Setting,
    Workload,
)
from app.sim.latency import Constant, Exponential, Latency, Uniform
from app.sim.network import NetworkSpec, Weather
from app.trace.commands import (
    Add,
    AnyCommand,
    Configure,
    ConfigureClient,
    Crash,
    CutLink,
    CutOneWay,
    HealAll,
    Increment,
    LoseOnLink,
    LosePower,
    Put,
    Read,
    Remove,
    Resolve,
    Restart,
    SlowLink,
)

names = st.from_regex(r"[a-z][a-z0-9_-]{0,23}", fullmatch=True)
printable = st.characters(exclude_categories=("Cc", "Cs"))
delays = st.integers(1, 50_000)
latencies: st.SearchStrategy[Latency] = st.one_of(
    st.builds(Constant, delays),
    st.builds(Exponential, delays),
    st.builds(lambda low, more: Uniform(low, low + more), delays, delays),
)
retries = st.sampled_from(("off", "blind", "with_id"))
weathers = st.builds(
    Weather,
    st.integers(1_000, MAX_US),
    st.integers(0, 1_000_000),
    st.integers(1, 10_000),
    st.integers(0, 1_000_000),
)


def texts(most: int, least: int = 1) -> st.SearchStrategy[str]:
    return st.text(printable, min_size=least, max_size=most)


def options(values: list[str]) -> st.SearchStrategy[tuple[Option, ...]]:
    return st.tuples(
        *(st.builds(Option, st.just(v), texts(80), texts(200), texts(200)) for v in values)
    )


values = st.from_regex(r"[a-z0-9._-]{1,12}", fullmatch=True)


def changes(
    client: st.SearchStrategy[str], key: str, kind: str
) -> list[st.SearchStrategy[AnyCommand]]:
    """What can be asked of one key of this type."""
    name, writes = st.just(key), st.sampled_from(("whole", "compare", "operation"))
    keep = texts(40, 0).filter(lambda kept: kind == "cart" or kept != "both")
    found: list[st.SearchStrategy[AnyCommand]] = [
        st.builds(Read, client, name),
        st.builds(Resolve, client, keep, name),
    ]
    if kind == "cart":
        found.append(st.builds(Add, client, names, writes, name))
        found.append(st.builds(Remove, client, names, st.just("whole"), name))
    elif kind == "register":
        whole = st.sampled_from(("whole", "compare"))
        found.append(st.builds(Put, client=client, key=name, value=values, write=whole))
    else:
        by = st.integers(-1_000, 1_000).filter(bool)
        found.append(st.builds(Increment, client=client, key=name, by=by, write=writes))
    return found


def commands(
    nodes: list[str], clients: list[str], keys: dict[str, str]
) -> st.SearchStrategy[AnyCommand]:
    """Commands that name what is there, Configure left out."""
    node, client = st.sampled_from(nodes), st.sampled_from(clients)
    kinds = [
        st.just(HealAll()),
        st.builds(Crash, node),
        st.builds(LosePower, node),
        st.builds(Restart, node),
        *(one for key, kind in keys.items() for one in changes(client, key, kind)),
        st.builds(ConfigureClient, client, st.just("entry"), node),
        st.builds(ConfigureClient, client, st.just("retries"), retries),
    ]
    if len(nodes) > 1:
        way = st.permutations(nodes).map(lambda order: (order[0], order[1]))
        kinds += [
            way.map(lambda ends: CutLink(*ends)),
            way.map(lambda ends: CutOneWay(*ends)),
            st.builds(lambda ends, times: SlowLink(*ends, times), way, st.integers(2, 100)),
            st.builds(lambda ends, often: LoseOnLink(*ends, often), way, st.integers(1, 99)),
        ]
    return st.one_of(kinds)


@st.composite
def clusters(draw: st.DrawFn, count: int) -> tuple[ClusterSpec, ClusterSpec]:
    """One of each design, for `count` nodes, in either order."""
    first, second = draw(st.lists(names, min_size=2, max_size=2, unique=True))
    copies = draw(st.integers(1, count))
    choices = draw(st.permutations(sorted({1, copies})))
    leader = ClusterSpec(
        first,
        "leader_follower",
        draw(texts(80)),
        {"copies": draw(st.sampled_from((copies, str(copies)))), "failover": "none"},
        (Setting("copies", draw(texts(80)), draw(options([str(one) for one in choices]))),),
    )
    n = draw(st.integers(1, count))
    values: dict[str, str | int] = {
        "n": n,
        "r": draw(st.integers(1, n)),
        "w": draw(st.integers(1, n)),
        "silence_us": draw(st.integers(100_000, MAX_US)),
    }
    other = ClusterSpec(second, "leaderless", draw(texts(80)), values)
    return draw(st.sampled_from(((leader, other), (other, leader))))


@st.composite
def regions_of(
    draw: st.DrawFn, nodes: list[str], clients: list[str]
) -> tuple[tuple[Region, ...], tuple[RoundTrip, ...]]:
    """One to three regions, everybody in one, and all round trips between them."""
    given = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    beside = draw(st.lists(st.sampled_from(("watcher", "lock", "proxy")), unique=True))
    where = {name: draw(st.sampled_from(given)) for name in (*nodes, *clients, *beside)}
    regions = tuple(
        Region(
            region,
            tuple(name for name in nodes if where[name] == region),
            tuple(name for name in clients if where[name] == region),
            tuple(name for name in beside if where[name] == region),
        )
        for region in given
    )
    pairs = combinations(given, 2)
    return regions, tuple(RoundTrip(pair, draw(st.integers(1, 10_000))) for pair in pairs)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Scenarios that load."""
    count = draw(st.integers(1, 5))
    given = draw(st.lists(names, min_size=count + 1, max_size=count + 3, unique=True))
    nodes, clients = given[:count], given[count:]
    kinds = st.sampled_from(("cart", "register", "counter"))
    keys = draw(st.dictionaries(names, kinds, max_size=3))
    registers = [key for key, kind in keys.items() if kind == "register"]
    puts = st.dictionaries(st.sampled_from(registers), values) if registers else st.just({})
    specs = [
        ClientSpec(one, draw(st.sampled_from(nodes)), draw(names), draw(puts), draw(retries))
        for one in clients
    ]
    regions, round_trips = draw(st.one_of(st.just(((), ())), regions_of(nodes, clients)))
    work = st.builds(
        Workload, st.integers(1, 4), st.integers(1, 100), st.integers(0, 100), st.booleans()
    )
    taken = [f"{kind}{number}" for number in range(1, 5) for kind in ("b", "load-")]
    free = not any(name in taken for name in (*given, *keys))
    sides = draw(clusters(count))
    some = commands(nodes, clients, keys or {"cart": "cart"})
    steps = st.lists(st.lists(some, min_size=1, max_size=2).map(tuple), min_size=1, max_size=2)
    guide_step = st.builds(
        GuideStep,
        texts(200),
        texts(40),
        steps.map(tuple),
        st.builds(
            Done,
            answered=st.lists(
                st.tuples(st.sampled_from(clients), st.sampled_from(("add", "read"))), max_size=2
            ).map(tuple),
            read=st.sampled_from(clients),
        ),
    )
    doors = st.one_of(
        st.builds(Door, texts(40), texts(200, 0), steps.map(tuple)),
        st.builds(Door, texts(40), lesson=st.just("milk-and-bread")),
    )
    leader = next(spec for spec in sides if spec.design == "leader_follower")
    copies = st.sampled_from([option.value for option in leader.settings[0].options])
    configured = st.builds(Configure, st.just(leader.name), st.just("copies"), copies)
    script = [ScriptEntry(0, one) for one in draw(st.lists(configured, max_size=1))]
    script += [
        ScriptEntry(at, draw(some)) for at in sorted(draw(st.lists(st.integers(0, MAX_US))))[:5]
    ]
    side = st.sampled_from([spec.name for spec in sides])
    moments = st.lists(st.integers(0, MAX_US), max_size=2).map(sorted)
    ends = [*nodes, *clients]
    links = draw(st.dictionaries(st.permutations(ends).map(lambda o: f"{o[0]}>{o[1]}"), latencies))
    return Scenario(
        name=draw(names),
        title=draw(texts(80)),
        summary=draw(texts(200)),
        seed=draw(st.integers(0, MAX_SEED)),
        nodes=tuple(nodes),
        clients=tuple(specs),
        keys=tuple(KeySpec(key, kind) for key, kind in keys.items()),
        clusters=sides,
        client_timeout_us=draw(st.integers(1_000, MAX_US)),
        network=NetworkSpec(
            draw(latencies),
            draw(latencies),
            draw(st.integers(0, 9)),
            draw(st.integers(0, 9)),
            draw(weathers),
            links,
        ),
        regions=regions,
        round_trips=round_trips,
        workload=draw(st.none() | work) if free else None,
        guide=tuple(draw(st.lists(guide_step, max_size=2))),
        doors=tuple(draw(st.lists(doors, max_size=2))),
        watch=draw(texts(140, 0)),
        entries=tuple(script),
        captions=tuple(Caption(at, draw(side), draw(texts(300))) for at in draw(moments)),
        verdicts=tuple(Counted(at, draw(side), draw(st.integers(0, 9))) for at in draw(moments)),
    )


# ---- mutations ----------------------------------------------------------------------------------

WILD: list[Any] = [
    *(0, 1, -1, 2, 3, 12, 13, 1_000, 60_000_000, 60_000_001, 2**31, 2**53, 2**63, 2**64, 10**400),
    *(1.5, float("inf"), float("nan"), True, False, "", "x", "n1", "phone", "leader", "1" * 400),
    *("cart", "price", "stock", "both", "operation", "counter", -1_001),
    *("none", "election", "é" * 200, "a\nb", "\u202e", [], [[]], [[[]]], ["n1"], ["n1", "n1"], {}),
    *({"type": "add"}, {"type": "cut_off", "node": "n1"}, {"us": 5}, [{}], {"": {"": 1}}),
]
Place = tuple[Any, Any]


def places(values: Any) -> list[Place]:
    """Every (container, key) in a tree of tables and lists."""
    pairs = values.items() if isinstance(values, dict) else enumerate(values)
    found: list[Place] = []
    for key, value in pairs:
        found.append((values, key))
        if isinstance(value, dict | list):
            found += places(value)
    return found


def mutate(draw: st.DrawFn, values: dict[str, Any]) -> None:
    """Drop, rename, retype, repeat, swap or change one thing somewhere in the tree."""
    container, key = draw(st.sampled_from(places(values) or [(values, "seed")]))
    kind = draw(st.sampled_from(("drop", "rename", "wild", "wild", "repeat", "swap", "nudge")))
    value = container[key] if key in container or isinstance(container, list) else 0
    if kind == "drop":
        container.pop(key)
    elif kind == "rename" and isinstance(container, dict):
        container[draw(st.sampled_from((key[:-1], key + "s", "", "a.b", key.upper())))] = (
            container.pop(key)
        )
    elif kind == "repeat" and isinstance(value, list) and value:
        container[key] = value * draw(st.sampled_from((2, 20)))
    elif kind == "swap":
        other, there = draw(st.sampled_from(places(values)))
        container[key] = deepcopy(other[there])
    elif kind == "nudge" and isinstance(value, int) and not isinstance(value, bool):
        container[key] = draw(st.integers(-(2**40), 2**40))
    else:
        container[key] = deepcopy(draw(st.sampled_from(WILD)))
