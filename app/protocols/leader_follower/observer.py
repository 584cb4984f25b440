"""The outside observer: a process of its own that polls all nodes, and may be wrong.

After Orchestrator and MHA. It has its own place in the network: a cut between it and the leader
looks to it like the leader's death. With agreement it believes in the death only when every replica
that it reaches has lost the leader, too. It promotes one of the nodes that it reaches, says so to
all others, and afterwards keeps its hands still for `anti_flap_us`.

It fences nobody: an old leader that lives learns of its successor from whoever still reaches it.
"""

from msgspec import Struct, field

from app.protocols.leader_follower.outside_messages import (
    LeaderNamed,
    Poll,
    PollReply,
    PromoteOrder,
    PromoteReply,
)
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.sim.process import Message, Out
from app.trace.events import (
    CandidateChosen,
    ClientsRedirected,
    FailoverWithheld,
    LeaderDeclaredDead,
    LeaderUnreachable,
)

WATCHER, PROXY = "watcher", "proxy"
POLL = "poll"
NEVER = -1


class ObserverState(Struct):
    """On disk: `leader` of `term`, as far as it knows; `acted_at`: when it last promoted somebody;
    `polls` numbers its rounds, so that none repeats a name.

    In memory: `answers` of the round under way and `seen`, those of the one before; `missed`: in so
    many rounds on end nobody answered as the leader, −1 right after a change of leader; `reported`:
    the last answer of each node; `ordered`: whom it has told to lead, "" nobody; `said`: what it
    last said of the leader.
    """

    leader: str = ""
    term: int = 1
    acted_at: int = NEVER
    polls: int = 0
    answers: dict[str, PollReply] = field(default_factory=dict)
    seen: dict[str, PollReply] = field(default_factory=dict)
    missed: int = 0
    reported: dict[str, PollReply] = field(default_factory=dict)
    ordered: str = ""
    waits: int = 0
    said: str = ""


class Observer:
    def __init__(self, nodes: tuple[str, ...], settings: LeaderFollowerSettings) -> None:
        self.nodes = nodes
        self.state = ObserverState(leader=nodes[0])
        self.configure(settings)

    def configure(self, settings: LeaderFollowerSettings) -> None:
        self.settings = settings

    def on_configure(self, out: Out, settings: LeaderFollowerSettings) -> None:
        self.configure(settings)

    def on_start(self, out: Out) -> None:
        self._poll(out)

    def on_crash(self) -> None:
        before = self.state
        self.state = ObserverState(before.leader, before.term, before.acted_at, before.polls)

    def after_crash(self, out: Out, power: bool) -> None:
        """What it has written down stays."""

    def on_wipe(self, out: Out) -> None:
        """Its disk is not modelled."""

    def is_work(self, message: Message) -> bool:
        """It holds no copy to work on."""
        return False

    def on_restart(self, out: Out) -> None:
        self._poll(out)

    def _poll(self, out: Out) -> None:
        state = self.state
        state.polls += 1
        state.answers = {}
        for node in self.nodes:
            out.send(node, Poll(f"poll-{state.polls}", 0))
        out.set_timer(POLL, self.settings.poll_us)

    def on_timer(self, out: Out, name: str) -> None:
        """A round is over: who answered?"""
        state = self.state
        state.seen = state.answers
        state.reported.update(state.seen)
        self._meet_leaders(out)
        self._tell(out)
        found = state.seen.get(state.leader)
        if found is not None and found.role == "leader":
            state.missed, state.said, state.ordered = 0, "", ""
        else:
            state.missed += 1
        if state.ordered:
            state.waits += 1
            if state.waits >= self.settings.polls_missed:
                state.ordered = ""
        elif state.missed >= self.settings.polls_missed:
            self._diagnose(out)
        self._poll(out)

    def _meet_leaders(self, out: Out) -> None:
        """Somebody may lead a later term: by hand, or on an order whose answer was lost."""
        state = self.state
        for node, answer in state.seen.items():
            if answer.role == "leader" and (
                answer.term > state.term or (answer.term == state.term and node != state.leader)
            ):
                self._follow(out, node, answer.term)

    def _follow(self, out: Out, node: str, term: int) -> None:
        state = self.state
        changed = (node, term) != (state.leader, state.term)
        state.leader, state.term = node, term
        state.missed, state.ordered, state.said = 0, "", ""
        if changed:
            # The round under way may have asked it before it led: that one does not count.
            state.missed = -1
            out.emit(ClientsRedirected, WATCHER, node, term)
            if self.settings.routing == "proxy":
                out.send(PROXY, LeaderNamed(f"named-{term}", 0, term, node))

    def _tell(self, out: Out) -> None:
        """Whoever is still in an earlier term hears who leads."""
        state = self.state
        for node, answer in state.seen.items():
            if node != state.leader and answer.term < state.term:
                out.send(node, LeaderNamed(f"named-{state.polls}", 0, state.term, state.leader))

    def _diagnose(self, out: Out) -> None:
        """The leader has not answered for long enough: is it dead?"""
        state, leader = self.state, self.state.leader
        hears = tuple(
            node
            for node in self.nodes
            if node != leader and node in state.seen and state.seen[node].leader == leader
        )
        if self.settings.agreement == "on" and hears:
            self._say(f"unreachable {hears}", LeaderUnreachable, out, leader, hears)
            return
        since = out.now - state.acted_at
        if state.acted_at != NEVER and since < self.settings.anti_flap_us:
            self._say("anti_flapping", FailoverWithheld, out, leader, "anti_flapping")
            return
        chosen = self._choose()
        if not chosen:
            self._say("no_candidate", FailoverWithheld, out, leader, "no_candidate")
            return
        lost = tuple(n for n in self.nodes if n in state.seen and n not in (leader, *hears))
        out.emit(LeaderDeclaredDead, WATCHER, leader, state.missed, lost)
        length = state.seen[chosen].length
        furthest = max(self.state.reported.values(), key=_newness)
        behind = max(0, furthest.length - length)
        out.emit(CandidateChosen, WATCHER, chosen, length, behind)
        state.acted_at, state.ordered, state.waits, state.said = out.now, chosen, 0, ""
        highest = max([state.term, *(answer.term for answer in state.reported.values())])
        out.send(chosen, PromoteOrder(f"promote-{state.polls}", 0, highest))

    def _say(self, words: str, kind: type, out: Out, *fields: object) -> None:
        """Once, not every round."""
        if self.state.said != words:
            self.state.said = words
            out.emit(kind, WATCHER, *fields)

    def _choose(self) -> str:
        """Of the nodes it reaches: the one with the newest log, or the preferred one whatever its
        log is."""
        state, preferred = self.state, self.settings.candidate == "preferred"
        fit = [node for node in self.nodes if node in state.seen and state.seen[node].fit]
        if not fit:
            return ""

        def worth(node: str) -> tuple[int, int, int]:
            priority = self.settings.priority(self.nodes.index(node)) if preferred else 0
            return (priority, *_newness(state.seen[node]))

        return max(fit, key=worth)

    def on_message(self, out: Out, source: str, message: Message) -> None:
        state = self.state
        if isinstance(message, PollReply) and message.op == f"poll-{state.polls}":
            state.answers[source] = message
        elif isinstance(message, PromoteReply) and source == state.ordered and message.ok:
            state.ordered = ""
            if message.term > state.term:
                self._follow(out, source, message.term)
                for node in self.nodes:
                    if node != source:
                        word = LeaderNamed(f"named-{message.term}", 0, message.term, source)
                        out.send(node, word)


def _newness(answer: PollReply) -> tuple[int, int]:
    return answer.last_term, answer.length
