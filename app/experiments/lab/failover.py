"""How likely an acknowledged write is lost, by how long the others wait before they take over.

The leader's links are cut for a while and heal. It goes on, and the phone beside it goes on adding.
If another node takes over before the links heal, what the old leader acknowledged alone is thrown
away. A longer time-out makes that rarer; meanwhile the shopper on the other side waits.
"""

from app.checkers.judge import Judge
from app.experiments.lab.experiment import Axis, Experiment, Line, Measured
from app.experiments.lab.fields import Choice, Number, Values, number
from app.experiments.lab.scene import LEADER, scene
from app.experiments.lab.trial import Outcome, Trial
from app.experiments.published import Published
from app.scenarios.scenario import Scenario
from app.sim.latency import Uniform
from app.sim.luck import draw
from app.sim.network import NetworkSpec
from app.trace.commands import Add, CutOff, HealAll
from app.trace.verdicts import FindingChanged

MS = 1_000
ITEMS = ("milk", "eggs", "tea", "salt", "rice", "oil")
FIRST_CUT, LAST_CUT = 1_000 * MS, 1_400 * MS
SETTLED = 2_000 * MS
POINTS = (50, 100, 150, 200, 300, 400, 500, 600, 800, 1_000)
FIELDS = (
    Number("longest", "Longest cut", 100, 2_000, 800, 100, "ms"),
    Choice(
        "copies",
        "The leader answers OK after",
        (("1", "1 copy, its own"), ("2", "2 copies of 3")),
        "1",
    ),
    Choice(
        "failover",
        "Who takes over",
        (("timeout", "whoever hears no leader"), ("election", "who is elected by a majority")),
        "election",
    ),
    Choice("fencing", "Leases fence an old leader off", (("off", "no"), ("on", "yes")), "off"),
)


def axis(values: Values) -> Axis:
    return Axis("Time-out", tuple(point * MS for point in POINTS), MS, "ms")


def lines(values: Values) -> tuple[Line, ...]:
    return (
        Line("lost", "an acknowledged write is lost"),
        Line("waits", "the laptop's write gets no OK"),
    )


def place(values: Values, timeout: int) -> Scenario:
    """Heartbeats come three in a time-out, and an election takes from one to two of them."""
    beat, lease = timeout // 3, timeout * 2 // 3
    return scene(
        "Cut off, and the time-out",
        "The leader is cut off for a while; another node takes over after the time-out.",
        3,
        NetworkSpec(nodes=Uniform(2 * MS, 4 * MS), clients=Uniform(500, 1_500)),
        {
            "copies": int(values["copies"]),
            "failover": str(values["failover"]),
            "fencing": str(values["fencing"]),
            "heartbeat_us": beat,
            "silence_us": timeout,
            "lease_us": lease,
            "election_low_us": timeout,
            "election_high_us": timeout * 3 // 2,
        },
        {"n": 3, "w": int(values["copies"]), "r": 1},
        ("n1", "n3"),
        500 * MS,
    )


def trial(
    values: Values, x: int, seed: int, published: Published, whole: bool
) -> tuple[Trial, Measured]:
    """A cut of a random length; the phone adds items all the while, the laptop one in the middle of
    the longest there is."""
    run = Trial(place(values, x), seed, "" if whole else LEADER)
    longest = number(values, "longest") * MS
    cut = draw(seed, "link", "cut", FIRST_CUT, LAST_CUT)
    length = draw(seed, "link", "length", 1, longest)
    plan: list[tuple[int, object]] = [(cut, CutOff("n1")), (cut + length, HealAll())]
    for place_, item in enumerate(ITEMS):
        plan.append((cut + longest * place_ // len(ITEMS) + MS, Add("phone", item, "operation")))
    plan.append((cut + longest // 2, Add("laptop", "bread", "operation")))
    for at, command in sorted(plan, key=lambda one: one[0]):
        run.do(at, command)  # type: ignore[arg-type]
    answer = run.answer(LEADER, "laptop-1", cut + longest + SETTLED)
    run.run_until(max(run.now, cut + longest + SETTLED + 3 * x))
    lost_at = lost(run)
    waited = answer is None or answer.outcome != "ok"
    return run, {
        "lost": Outcome(int(lost_at is not None), lost_at or cut + length),
        "waits": Outcome(int(waited), answer.at if answer else run.now),
    }


def lost(run: Trial) -> int | None:
    """When the judge first found an acknowledged write lost beside the leader."""
    judge = Judge(LEADER, "leader_follower")
    for event in run.events(LEADER):
        for row in judge.observe(event):
            if isinstance(row, FindingChanged) and row.check == "lost_writes":
                return row.at
    return None


def expected(values: Values, line: Line, x: int) -> float | None:
    """The share of cuts that are longer than the time-out: then somebody may take over."""
    if line.series != "lost" or values["copies"] != "1":
        return None
    return max(0.0, 1 - x / (number(values, "longest") * MS)) * 100


EXPERIMENT = Experiment(
    name="failover",
    title="Lost writes by failover time-out",
    question="How likely is an acknowledged write lost when the leader is cut off for a while, and "
    "how often does a shopper on the other side go without an answer?",
    fields=FIELDS,
    shows="share",
    y_title="Share of runs",
    dot="one run: its cut begins and ends at moments of its own",
    assumes="Three nodes. n1 leads; all its links are cut for a random time, each as likely as "
    "another up to the longest, and heal. The phone adds six items at n1 meanwhile, the laptop one "
    "at n3. A heartbeat takes a third of the time-out, a lease two thirds; elections take between "
    "one time-out and one and a half. A client waits 500 ms and does not ask again.",
    axis=axis,
    lines=lines,
    trial=trial,
    expected=expected,
    expected_title="cuts longer than the time-out",
    note="The dotted line is no prediction of the runs: a time-out counts from the last "
    "heartbeat, up to a third of it before the cut, and an election takes longer than its "
    "time-out. A lease stops the old leader later than the first item comes.",
)
