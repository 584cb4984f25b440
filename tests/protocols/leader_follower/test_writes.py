"""What reaches the leader twice, because the network delivered it twice."""

from msgspec.structs import replace

from app.scenarios.simulation import Simulation
from app.trace.commands import Add, AnyCommand
from app.trace.events import LogAppended, MessageSent, OperationReturned
from tests.home import home


def test_a_request_that_arrives_twice_is_worked_in_once() -> None:
    scene = home()
    scene = replace(scene, network=replace(scene.network, duplicate_ppm=1_000_000))
    simulation = Simulation(scene, 1)
    simulation.start()
    adds: list[AnyCommand] = [Add("laptop", "milk", "operation"), Add("phone", "tea", "operation")]
    simulation.do(1_000, adds)
    simulation.run_until(1_000_000)
    trace = simulation.traces()["leader"]
    asked = [e for e in trace if isinstance(e, MessageSent) and e.op == "laptop-1"]
    assert sum((e.source, e.target, e.kind) == ("n3", "n1", "forward") for e in asked) == 2
    written = [e.op for e in trace if isinstance(e, LogAppended) and e.node == "n1"]
    assert sorted(written) == ["laptop-1", "phone-1"]
    answers = [e.op for e in trace if isinstance(e, OperationReturned) and e.outcome == "ok"]
    assert sorted(answers) == ["laptop-1", "phone-1"]
