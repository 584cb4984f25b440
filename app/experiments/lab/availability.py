"""How often a request is answered OK when each node is down with some chance."""

from app.experiments.lab.experiment import Axis, Experiment, Line, Measured
from app.experiments.lab.fields import Number, Values, number
from app.experiments.lab.scene import LEADER, LEADERLESS, names, scene
from app.experiments.lab.trial import Outcome, Trial
from app.experiments.numbers import choose
from app.experiments.published import Published
from app.scenarios.scenario import Scenario
from app.sim.latency import Uniform
from app.sim.luck import draw
from app.sim.network import NetworkSpec
from app.trace.commands import Add, ConfigureClient, Crash, Read

MS = 1_000
MILLION = 1_000_000
POINTS = (1, 2, 5, 10, 15, 20, 25, 30, 40, 50)
ASKED_AT = 3_000 * MS
PATIENCE = 1_000 * MS
FIELDS = (
    Number("n", "Nodes, each with a copy (N)", 1, 7, 3),
    Number("r", "R", 1, 7, 2),
    Number("w", "W", 1, 7, 2),
)


def axis(values: Values) -> Axis:
    return Axis("Chance that a node is down", POINTS, 1, "%")


def lines(values: Values) -> tuple[Line, ...]:
    return (
        Line("write", f"a write without a leader, W={values['w']}"),
        Line("read", f"a read without a leader, R={values['r']}"),
        Line("led", "a write with an elected leader"),
    )


def place(values: Values) -> Scenario:
    n = number(values, "n")
    return scene(
        "Nodes that are down",
        "Each node is down with some chance; the phone asks a node that is up.",
        n,
        NetworkSpec(nodes=Uniform(2 * MS, 4 * MS), clients=Uniform(500, 1_500)),
        {
            "copies": n // 2 + 1,
            "failover": "election",
            "heartbeat_us": 50 * MS,
            "silence_us": 150 * MS,
            "lease_us": 100 * MS,
            "election_low_us": 150 * MS,
            "election_high_us": 300 * MS,
        },
        {"n": n, "r": number(values, "r"), "w": number(values, "w")},
        ("n1", "n1"),
        PATIENCE,
    )


def trial(
    values: Values, x: int, seed: int, published: Published, whole: bool
) -> tuple[Trial, Measured]:
    """Nodes crash at the start; three seconds later the phone adds an item and then reads."""
    run = Trial(place(values), seed)
    nodes = names(number(values, "n"))
    down = [name for name in nodes if draw(seed, name, "down", 0, 99) < x]
    up = [name for name in nodes if name not in down]
    run.do(100 * MS, *(Crash(name) for name in down))
    if not up:
        run.run_until(ASKED_AT)
        return run, dict.fromkeys(("write", "read", "led"), Outcome(0, ASKED_AT))
    if up[0] != "n1":
        run.do(ASKED_AT, ConfigureClient("phone", "entry", up[0]))
    run.do(ASKED_AT, Add("phone", "milk", "operation"), Read("phone"))
    measured = {}
    for series, side, op in (
        ("write", LEADERLESS, "phone-1"),
        ("read", LEADERLESS, "phone-2"),
        ("led", LEADER, "phone-1"),
    ):
        answer = run.answer(side, op, ASKED_AT + 3 * PATIENCE)
        measured[series] = Outcome(
            int(answer is not None and answer.outcome == "ok"), answer.at if answer else run.now
        )
    return run, measured


def expected(values: Values, line: Line, x: int) -> float:
    """That at least so many of N are up, each by itself: a sum of a binomial."""
    n = number(values, "n")
    need = {"write": number(values, "w"), "read": number(values, "r"), "led": n // 2 + 1}
    up = 100 - x
    ways = sum(choose(n, k) * up**k * x ** (n - k) for k in range(need[line.series], n + 1))
    return float(ways * 100 / 100**n)


EXPERIMENT = Experiment(
    name="availability",
    title="Availability by N, R, W and failures",
    question="How often is a request answered OK when every node is down with some chance?",
    fields=FIELDS,
    shows="share",
    y_title="Requests answered OK",
    dot="one run: its own nodes are down",
    assumes="Every node is down with the same chance, each by itself, from 0.1 s on. At 3 s the "
    "phone asks a node that is up to add an item, and then reads. Quorums are strict, without "
    "hints. The leader is elected and answers after a majority. A client waits 1 s and does "
    "not ask again.",
    axis=axis,
    lines=lines,
    trial=trial,
    expected=expected,
    expected_title="closed form",
    note="The closed form is the chance that at least R, W or a majority of N nodes are up.",
)
