"""How likely a read misses a write that had its OK some time before: by the engine.

Two coordinators that hold no copy: the phone writes through one, the laptop reads through the other
(WARS: Bailis et al. 2012). The four legs have delays of their own; nothing is repaired. `twin.py`
adds up the same draws by the thousand.
"""

from app.experiments.lab.experiment import Axis, Experiment, Known, Line, Measured
from app.experiments.lab.fields import Choice, Number, Values, number
from app.experiments.lab.scene import LEADERLESS, names, scene
from app.experiments.lab.trial import Outcome, Trial
from app.experiments.published import Published
from app.experiments.published_pbs import Leg
from app.scenarios.scenario import Scenario
from app.sim.latency import MILLION, Constant, Exponential, Latency, Mixture, Pareto
from app.sim.network import NetworkSpec
from app.trace.commands import Add, Read

MS = 1_000
CLIENT_US = 1
"""One way between a shopper and its coordinator."""
WRITE_AT = 1_000
PATIENCE = 60_000 * MS
QUIET = 50_000 * MS
PARTS = 10
LEGS: dict[str, tuple[str, str]] = {
    "ssd": ("lnkd-ssd", "lnkd-ssd"),
    "disk": ("lnkd-disk", "lnkd-ssd"),
    "ymmr": ("ymmr-write", "ymmr-rest"),
}
"""The legs of W and of A, R and S in the published fits."""
FIELDS = (
    Choice(
        "delays",
        "Delays",
        (
            ("means", "exponential, by the two means below"),
            ("ssd", "LinkedIn, solid-state disks"),
            ("disk", "LinkedIn, spinning disks"),
            ("ymmr", "Yammer"),
        ),
        "means",
    ),
    Number("write", "Mean way of a write to a copy", 1, 50, 10, 1, "ms"),
    Number("rest", "Mean way of everything else", 1, 50, 1, 1, "ms"),
    Number("n", "Copies (N)", 1, 5, 3),
    Number("r", "R", 1, 5, 1),
    Number("w", "W", 1, 5, 1),
    Number("until", "Time shown", 5, 500, 60, 5, "ms"),
)


def axis(values: Values) -> Axis:
    until = number(values, "until") * MS
    points = tuple(until * place // PARTS for place in range(PARTS + 1))
    return Axis("The read begins so long after the write's OK", points, MS, "ms")


def lines(values: Values) -> tuple[Line, ...]:
    return (Line("stale", f"R={values['r']} W={values['w']}"),)


def latency(leg: Leg) -> Latency:
    """In µs."""
    exponential = Exponential(max(1, round(MS / leg.rate)))
    if leg.exponential_percent == 100:
        return exponential
    pareto = Pareto(round(leg.least_ms * MS), round(leg.shape * 100))
    return Mixture(round(leg.exponential_percent * MILLION / 100), exponential, pareto)


def legs(values: Values, published: Published) -> tuple[Latency, Latency]:
    """Of W, and of A, R and S."""
    if values["delays"] == "means":
        return (
            Exponential(number(values, "write") * MS),
            Exponential(number(values, "rest") * MS),
        )
    write, rest = LEGS[str(values["delays"])]
    return latency(published.pbs.legs[write]), latency(published.pbs.legs[rest])


def coordinators(values: Values) -> tuple[str, str]:
    """Of the phone and of the laptop: the nodes after the copies."""
    writer, reader = names(number(values, "n") + 2)[-2:]
    return writer, reader


def place(values: Values, published: Published) -> Scenario:
    write, rest = legs(values, published)
    n, (writer, reader) = number(values, "n"), coordinators(values)
    ways: dict[str, Latency] = {}
    for name in names(n):
        ways |= {f"{writer}>{name}": write, f"{name}>{writer}": rest}
        ways |= {f"{reader}>{name}": rest, f"{name}>{reader}": rest}
    return scene(
        "A read after a write",
        "The phone writes through one coordinator, the laptop reads through another.",
        n + 2,
        NetworkSpec(
            nodes=Constant(MS),
            clients=Constant(CLIENT_US),
            links=ways,
        ),
        {
            "copies": number(values, "w"),
            "reads": "any",
            "read_concern": "local",
            "heartbeat_us": QUIET,
            "lease_us": QUIET + MS,
            "silence_us": 2 * QUIET,
            "election_low_us": 2 * QUIET,
            "election_high_us": 2 * QUIET,
        },
        {
            "n": n,
            "r": number(values, "r"),
            "w": number(values, "w"),
            "read_repair": "off",
            "heartbeat_us": QUIET,
            "silence_us": 2 * QUIET,
            "request_timeout_us": PATIENCE,
        },
        coordinators(values),
        PATIENCE,
    )


def trial(
    values: Values, x: int, seed: int, published: Published, whole: bool
) -> tuple[Trial, Measured]:
    """The laptop's read begins x µs after the phone has its OK. On the stage the same moments hold
    for the other side, whose OK may come at another one."""
    run = Trial(place(values, published), seed, "" if whole else LEADERLESS)
    run.do(WRITE_AT, Add("phone", "milk"))
    written = run.answer(LEADERLESS, "phone-1", WRITE_AT + PATIENCE)
    if written is None or written.outcome != "ok":
        return run, {"stale": Outcome(None, run.now)}
    run.do(written.at + x, Read("laptop"))
    read = run.answer(LEADERLESS, "laptop-1", written.at + x + PATIENCE)
    if read is None or read.outcome != "ok":
        return run, {"stale": Outcome(None, run.now)}
    return run, {"stale": Outcome(int(not read.values), read.at)}


def known(values: Values, published: Published) -> tuple[Known, ...]:
    """Shares of reads that see the write, with R=W=1 and three copies."""
    if (values["n"], values["r"], values["w"]) != (3, 1, 1):
        return ()
    found = []
    for curve in published.pbs.curves:
        same = (curve.writes, curve.others) == LEGS.get(str(values["delays"]))
        if values["delays"] == "means":
            theirs = [published.pbs.legs[leg] for leg in (curve.writes, curve.others)]
            means = [1 / number(values, "write"), 1 / number(values, "rest")]
            same = [leg.rate for leg in theirs] == means
            same = same and all(leg.exponential_percent == 100 for leg in theirs)
        if not same or curve.n != 3 or curve.away_ms:
            continue
        for fresh in curve.fresh:
            told = "" if fresh.percent is None else f"{100 - fresh.percent:.4g} % published, "
            told += f"{100 - fresh.simulated_percent:.4g} % by an independent program"
            found.append(Known(round(fresh.after_ms * MS), "R=1 W=1", told, published.pbs.source))
    return tuple(found)


EXPERIMENT = Experiment(
    name="staleness",
    title="Stale reads by time since the write",
    question="How likely does a read miss a write that had its OK some time before, for every R "
    "and W?",
    fields=FIELDS,
    shows="share",
    y_title="Reads that miss the write",
    dot="one write and one read",
    assumes="One write to all N copies, OK after W; one read of all, answered with the newest of "
    "the first R replies. Coordinators hold no copy. No repair, no hints, no failures.",
    axis=axis,
    lines=lines,
    trial=trial,
    published=known,
    live=True,
    usual_trials=200,
)
