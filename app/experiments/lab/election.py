"""How long a cluster is without a leader after a crash, by how far its time-outs differ."""

from app.experiments.lab.experiment import Axis, Experiment, Known, Line, Measured
from app.experiments.lab.fields import Choice, Number, Values, number
from app.experiments.lab.scene import LEADER, scene
from app.experiments.lab.trial import Outcome, Trial
from app.experiments.published import Published
from app.scenarios.scenario import Scenario
from app.sim.latency import Constant, Exponential, Uniform
from app.sim.luck import draw
from app.sim.network import NetworkSpec
from app.trace.commands import Add, Crash, CutLink
from app.trace.events import ElectionStarted, LeaderElected, LeaderHeard

MS = 1_000
POINTS = (0, 5, 10, 25, 50, 100, 150, 200, 300)
LIMIT = 10_000 * MS
BEFORE = 20
"""Heartbeat intervals before the one in which the leader crashes."""
FIELDS = (
    Number("servers", "Nodes", 3, 7, 5, 2),
    Number("low", "Shortest time-out", 50, 500, 150, 10, "ms"),
    Choice(
        "network",
        "Network",
        (
            ("raft", "as in figure 16 of the Raft paper"),
            ("near", "2 to 4 ms one way"),
            ("far", "30 to 40 ms one way"),
        ),
        "raft",
    ),
    Choice(
        "logs",
        "Logs at the crash",
        (("differ", "half of the others lack an entry"), ("equal", "equal")),
        "differ",
    ),
)
NETWORKS = {
    "raft": NetworkSpec(
        nodes=Constant(200),
        clients=Constant(1),
        kinds={"vote_request": Exponential(3_300, 500)},
    ),
    "near": NetworkSpec(nodes=Uniform(2 * MS, 4 * MS), clients=Constant(1)),
    "far": NetworkSpec(nodes=Uniform(30 * MS, 40 * MS), clients=Constant(1)),
}

WAYS = {"raft": 300, "near": 4 * MS, "far": 40 * MS}
"""By then a heartbeat has come."""


def axis(values: Values) -> Axis:
    return Axis(
        f"Width of the range: time-outs from {values['low']} ms to {values['low']} ms and so much",
        tuple(point * MS for point in POINTS),
        MS,
        "ms",
    )


def lines(values: Values) -> tuple[Line, ...]:
    return (
        Line("downtime", "half of the elections", 50),
        Line("downtime", "99 % of the elections", 99),
    )


def place(values: Values, width: int) -> Scenario:
    low, servers = number(values, "low") * MS, number(values, "servers")
    settings: dict[str, str | int] = {
        "copies": servers // 2 + 1,
        "failover": "election",
        "heartbeat_us": low // 2,
        "lease_us": low // 2 + MS,
        "silence_us": low,
        "election_low_us": low,
        "election_high_us": low + width,
    }
    if values["network"] == "raft":
        settings |= {"vote_write_low_us": 5 * MS, "vote_write_high_us": 11 * MS}
    return scene(
        "The leader crashes",
        "The others notice after a random time-out each, and elect another.",
        servers,
        NETWORKS[str(values["network"])],
        settings,
        {"n": 3, "r": 2, "w": 2},
        ("n1", "n2"),
        1_000 * MS,
    )


def trial(
    values: Values, x: int, seed: int, published: Published, whole: bool
) -> tuple[Trial, Measured]:
    """n1 crashes at a random moment between two heartbeats. Where logs differ, the last ones of the
    list have lost touch with it as soon as the first of these came, and lack the item that the
    phone adds then; so all timers still begin together."""
    run = Trial(place(values, x), seed, "" if whole else LEADER)
    beat = number(values, "low") * MS // 2
    servers = number(values, "servers")
    begins = BEFORE * beat
    if values["logs"] == "differ":
        begins += min(WAYS[str(values["network"])], beat // 2)
        behind = [f"n{place}" for place in range(servers // 2 + 2, servers + 1)]
        run.do(begins, *(CutLink("n1", name) for name in behind), Add("phone", "milk", "operation"))
    crash = draw(seed, "leader", "crash", begins, (BEFORE + 1) * beat - 1)
    run.do(crash, Crash("n1"))
    return run, {"downtime": until_heard(run, crash, servers - 2)}


def until_heard(run: Trial, crash: int, others: int) -> Outcome:
    """From the crash until all others have heard a leader of the newest term there is."""
    newest, heard, seen = 1, 0, len(run.events(LEADER))
    events = run.events(LEADER)
    while True:
        for event in events[seen:]:
            match event:
                case ElectionStarted() | LeaderElected():
                    if event.term > newest:
                        newest, heard = event.term, 0
                case LeaderHeard() if event.term == newest:
                    heard += 1
                    if heard == others:
                        return Outcome(event.at - crash, event.at)
        seen = len(events)
        at = run.simulation.next_at()
        if at is None or at > crash + LIMIT:
            return Outcome(LIMIT, crash + LIMIT)
        run.run_until(at)


def known(values: Values, published: Published) -> tuple[Known, ...]:
    """Where the set-up is theirs: five servers, their network, logs that differ."""
    theirs = published.lan
    if (values["servers"], values["network"], values["logs"]) != (5, "raft", "differ"):
        return ()
    return tuple(
        Known(
            (curve.high_ms - curve.low_ms) * MS,
            "half of the elections",
            f"{curve.median_ms:g} ms",
            theirs.source,
        )
        for curve in theirs.curves
        if curve.low_ms == values["low"]
    )


EXPERIMENT = Experiment(
    name="election",
    title="Election downtime by time-out range",
    question="How long is a cluster without a leader after a crash, and how much do random "
    "time-outs help?",
    fields=FIELDS,
    shows="time",
    y_title="From the crash until all others have heard the new leader",
    dot="one election",
    assumes="n1 crashes at a random moment between two heartbeats, which come every half of the "
    "shortest time-out. Where logs differ, the last nodes of the list lack the newest entry and "
    "cannot win. What takes longer than 10 s counts as 10 s.",
    axis=axis,
    lines=lines,
    trial=trial,
    published=known,
    note="Delays of the paper's hardware are not published; those here fit its curves as a whole "
    "(experiment raft-lan on the command line compares them one by one).",
)
