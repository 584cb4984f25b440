"""How long shoppers wait, by where the copies are."""

from app.experiments.lab.experiment import Axis, Experiment, Line, Measured
from app.experiments.lab.fields import Choice, Number, Values, number
from app.experiments.lab.scene import LEADER, LEADERLESS, scene
from app.experiments.lab.trial import Outcome, Trial
from app.experiments.published import Published
from app.scenarios.scenario import Region, RoundTrip, Scenario
from app.sim.latency import Exponential
from app.sim.network import NetworkSpec
from app.trace.commands import Add, Read

MS = 1_000
HERE, THERE, FAR = "here", "there", "far"
PLACEMENTS: tuple[tuple[str, dict[str, str], str], ...] = (
    ("one region", {"n1": HERE, "n2": HERE, "n3": HERE}, "n1"),
    ("2 copies near, 1 away", {"n1": HERE, "n2": HERE, "n3": THERE}, "n1"),
    ("1 copy near, 2 away", {"n1": HERE, "n2": THERE, "n3": THERE}, "n1"),
    ("three regions", {"n1": HERE, "n2": THERE, "n3": FAR}, "n1"),
    ("2 near, the leader away", {"n1": THERE, "n2": HERE, "n3": HERE}, "n2"),
)
"""A name, where each node is, and the node that the phone asks; it is where that is."""
WRITE_AT, READ_AT = 1_000 * MS, 5_000 * MS
FIELDS = (
    Choice("percent", "Percentile", (("50", "50 %"), ("90", "90 %"), ("99", "99 %")), "99"),
    Number("rtt", "Round trip between regions", 10, 300, 80, 10, "ms"),
    Number("near", "Mean one-way delay within a region, beyond 0.5 ms", 1, 10, 1, 1, "ms"),
    Choice("w", "Copies before OK (W)", (("1", "1"), ("2", "2"), ("3", "3")), "2"),
    Choice("r", "Copies read (R)", (("1", "1"), ("2", "2"), ("3", "3")), "2"),
)
SERIES = (
    ("led write", "a write with a leader", LEADER, "phone-1"),
    ("led read", "a read with a leader", LEADER, "phone-2"),
    ("write", "a write without a leader", LEADERLESS, "phone-1"),
    ("read", "a read without a leader", LEADERLESS, "phone-2"),
)


def axis(values: Values) -> Axis:
    return Axis(
        "Placement",
        tuple(range(len(PLACEMENTS))),
        names=tuple(name for name, _, _ in PLACEMENTS),
    )


def lines(values: Values) -> tuple[Line, ...]:
    return tuple(Line(name, title, float(values["percent"])) for name, title, _, _ in SERIES)


def place(values: Values, x: int) -> Scenario:
    _, where, entry = PLACEMENTS[x]
    used = tuple(dict.fromkeys(where.values()))
    regions = tuple(
        Region(
            name,
            tuple(node for node, region in where.items() if region == name),
            ("phone", "laptop") if where[entry] == name else (),
        )
        for name in used
    )
    rtt = number(values, "rtt")
    trips = tuple(
        RoundTrip((a, b), rtt) for place_, a in enumerate(used) for b in used[place_ + 1 :]
    )
    near = Exponential(number(values, "near") * MS, 500)
    return scene(
        "Who waits for which copy",
        "One shopper writes and reads; the copies lie in one region or in several.",
        3,
        NetworkSpec(nodes=near, clients=near),
        {
            "copies": int(values["w"]),
            "failover": "none",
            "heartbeat_us": 400 * MS,
            "lease_us": 900 * MS,
            "silence_us": 1_200 * MS,
            "election_low_us": 1_200 * MS,
            "election_high_us": 2_400 * MS,
        },
        {
            "n": 3,
            "w": int(values["w"]),
            "r": int(values["r"]),
            "heartbeat_us": 400 * MS,
            "silence_us": 1_200 * MS,
            "request_timeout_us": 3_000 * MS,
        },
        (entry, entry),
        4_000 * MS,
        regions,
        trips,
    )


def trial(
    values: Values, x: int, seed: int, published: Published, whole: bool
) -> tuple[Trial, Measured]:
    """The phone adds an item, and four seconds later reads."""
    run = Trial(place(values, x), seed)
    run.do(WRITE_AT, Add("phone", "milk", "operation"))
    run.do(READ_AT, Read("phone"))
    measured: Measured = {}
    for series, _, side, op in SERIES:
        answer, asked = run.answer(side, op, READ_AT + 4_000 * MS), run.asked(side, op)
        if answer is None or asked is None or answer.outcome != "ok":
            measured[series] = Outcome(None, run.now)
        else:
            measured[series] = Outcome(answer.at - asked.at, answer.at)
    return run, measured


EXPERIMENT = Experiment(
    name="latency",
    title="Latency by placement",
    question="How long does a shopper wait, by where the copies lie and how many of them it waits "
    "for?",
    fields=FIELDS,
    shows="time",
    y_title="From the request to its OK",
    dot="one request",
    assumes="Three copies. The phone is where the node is that it asks. Within a region a message "
    "takes 0.5 ms and an exponential time more; between regions it takes half of the round trip, "
    "the same each time. The leader answers after W copies and confirms reads with a majority. A "
    "request that is not answered OK is left out.",
    axis=axis,
    lines=lines,
    trial=trial,
)
