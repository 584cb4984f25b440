"""Faults that name what stands beside the nodes: known names, and places in the run."""

import pytest

from app.errors import CommandRejected
from app.scenarios.acts import check_command
from app.trace.commands import Crash, CutLink, CutOff, HealEverything, Restart, WipeNode
from app.trace.events import ClusterStarted, FaultIgnored, LinkCut, LinkHealed, NodeCrashed
from tests.home import home
from tests.protocols.leader_follower.outside_runs import of, run, started


def test_they_are_known_to_faults_of_links_and_processes_but_have_no_disk_and_no_clock() -> None:
    check_command(home(), CutLink("n1", "watcher"))
    check_command(home(), Crash("lock"))
    check_command(home(), Restart("proxy"))
    with pytest.raises(CommandRejected, match="no such node"):
        check_command(home(), WipeNode("watcher"))


def test_the_run_says_who_stands_there() -> None:
    settings = {"failover": "observer", "routing": "proxy"}
    (begun,) = of(ClusterStarted, run(1, settings, until=10))
    assert begun.helpers == ("watcher", "proxy")
    (begun,) = of(ClusterStarted, run(1, {"failover": "lease"}, until=10))
    assert begun.helpers == ("lock",)


def test_to_cut_a_node_off_cuts_it_from_them_too_and_healing_brings_them_back() -> None:
    settings = {"failover": "observer"}
    trace = run(1, settings, (300, [CutOff("n1"), Crash("watcher")]), (400, [HealEverything()]))
    assert [(e.a, e.b) for e in of(LinkCut, trace)] == [
        ("n1", "n2"),
        ("n1", "n3"),
        ("n1", "watcher"),
    ]
    assert len(of(LinkHealed, trace)) == 3
    assert [e.node for e in of(NodeCrashed, trace)] == ["watcher"]
    assert not of(FaultIgnored, trace)


def test_beside_no_leader_such_a_fault_changes_nothing() -> None:
    simulation = started(1, {"failover": "observer"})
    simulation.do(100_000, [CutLink("n1", "watcher")])
    (ignored,) = of(FaultIgnored, simulation.traces()["leaderless"])
    assert ignored.reason == "there is no watcher here"
