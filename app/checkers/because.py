"""Why the judge says so: one sentence, whose subject is a node or a shopper by name."""

from app.checkers.history import History, Lineage, Operation
from app.checkers.holdings import Holdings
from app.checkers.status import Standing, Survivor, carriers, carries, survivor, wholes
from app.trace.events import LogTailLost, LogTruncated, TraceEvent, VersionsStored


class Case:
    """One write under judgement, with all that the sentence may need. `named`: the key, where it
    must be said."""

    def __init__(
        self,
        history: History,
        lineage: Lineage,
        holdings: Holdings,
        survivors: list[Survivor],
        write: Operation,
        standing: Standing,
        named: str,
    ) -> None:
        self.history = history
        self.lineage = lineage
        self.holdings = holdings
        self.survivors = survivors
        self.write = write
        self.standing = standing
        self.what = thing(write, named)
        self.bit = 1 << history.index[write.op]

    @property
    def displacer(self) -> Operation | None:
        return self.history.write(self.standing.by) if self.standing.by else None

    def replacer(self) -> Operation | None:
        """The first write that knew this one, gave it up, and lives on in a survivor."""
        known = 0
        for found in self.survivors:
            if found.mask & self.bit:
                known |= found.mask
        for place in range(self.history.index[self.write.op] + 1, len(self.history.writes)):
            if known >> place & 1 and self.lineage.masks[place] & self.bit:
                later = self.history.writes[place]
                found = survivor(self.history, self.lineage, later.op, True)
                if not carries(found, self.write, self.bit):
                    return later
        return None

    def holders(self) -> list[str]:
        """The nodes that hold what the write wrote, in its own version or in a later one."""
        ops = [found.op for found in carriers(self.write, self.bit, self.survivors)]
        nodes = [node for op in ops or [self.write.op] for node in self.holdings.copies.of(op)]
        return sorted(dict.fromkeys(nodes))


def because(case: Case, status: str, event: TraceEvent) -> str:
    """The sentence for a status that began with `event`."""
    write, what = case.write, case.what
    shopper = name(write.client)
    match status:
        case "pending":
            return f"{shopper} waits for the answer."
        case "kept":
            return f"{hold(case.holders())} {what}."
        case "sibling":
            count = wholes(case.survivors)
            return f"{hold(case.holders())} {what} in one of {count} versions."
        case "waiting":
            return _waiting(case, what)
        case "set_aside":
            nodes = case.holdings.keepers(write.op)
            return f"{both(nodes)} {_have(nodes)} {what} where no read finds it."
        case "superseded":
            return _superseded(case, what)
        case "overwritten" | "lost":
            return _displaced(case, what, event)
        case "never_stored":
            return f"{shopper} was refused, and no node holds {what}."
        case "not_stored":
            return f"{shopper} got no answer, and no node holds {what}."
    told = "was refused" if write.outcome == "failed" else "got no answer"
    copies = case.holdings.copies.of(write.op)
    if copies:
        return f"{shopper} {told}, and yet {hold(copies)} {what}."
    return f"{shopper} {told}, and yet {what} was stored and read by the next writer."


def _waiting(case: Case, what: str) -> str:
    keepers = case.holdings.keepers(case.write.op)
    if keepers and case.holdings.log_order(case.write.op) is not None:
        return f"{both(keepers)} {_have(keepers)} {what} and will ask the leader for it again."
    if keepers and not case.holdings.copies.of(case.write.op):
        return f"{what} is kept only as a hint, by {both(keepers)}."
    if carriers(case.write, case.bit, case.survivors):
        nodes = case.holders()
        verb = "is" if len(nodes) == 1 else "are"
        return f"{both(nodes)} alone {_have(nodes)} {what}, and {verb} down or cut off."
    nodes = case.holdings.copies.of(case.write.op)
    return f"{both(nodes)} {_have(nodes)} {what} only in the uncommitted tail of the log."


def _superseded(case: Case, what: str) -> str:
    later = case.replacer()
    if later is None:
        return f"{name(case.write.client)}'s {what} had been replaced by one who had read it."
    return f"{name(later.client)} had read {what} and wrote {label(later)} without it."


def _displaced(case: Case, what: str, event: TraceEvent) -> str:
    write, later = case.write, case.displacer
    shopper = name(write.client)
    if later is not None:
        when = "concurrently"
        if later.invoked_at > write.returned_at:
            when = f"after {shopper}'s OK"
        elif 0 <= later.returned_at < write.invoked_at:
            when = "earlier"
        return (
            f"{name(later.client)} wrote {label(later)} {when} without having read {what}, "
            f"and {label(later)} took its place."
        )
    stays = [found for found in case.survivors if not found.mask & case.bit]
    if case.holdings.copies.of(write.op) and stays:
        # It lies somewhere still; by its stamp it has given way already.
        last = case.history.write(stays[0].op)
        return f"The last write stays: {label(last)} by {name(last.client)}, and {what} gives way."
    if isinstance(event, LogTruncated):
        return f"{event.node} threw away its log from {event.position} on, {what} with it."
    if isinstance(event, LogTailLost):
        return f"{event.node} had {what} in memory only, and lost it."
    if isinstance(event, VersionsStored):
        return f"{event.node} dropped the last copy of {what}."
    return f"{shopper} was told OK, and no node holds {what}."


def evidence(event: TraceEvent, case: Case) -> tuple[int, ...]:
    """The write, what its client was told, what replaced it, and the event that shows it."""
    write, displacer = case.write, case.displacer
    seqs = {write.invoked_seq, event.seq}
    if write.returned_seq >= 0:
        seqs.add(write.returned_seq)
    if displacer is not None:
        seqs.add(displacer.invoked_seq)
    return tuple(sorted(seqs))


def name(client: str) -> str:
    """Shoppers' names begin a sentence or stand in it capitalised; node names stay as they are."""
    return client[:1].upper() + client[1:]


def label(write: Operation) -> str:
    return write.value.label if write.value is not None else write.op


def thing(write: Operation, named: str) -> str:
    """What is judged: the item that was added, the value, the change, or the version as a whole."""
    match write.action:
        case "add":
            return f"{write.item} in the {named}" if named else write.item
        case "remove":
            gone = f"the removal of {write.item}"
            return f"{gone} from the {named}" if named else gone
        case "put":
            return f"{named} {write.item}"
        case "increment":
            sign = "−" if write.item.startswith("-") else "+"
            return f"{named} {sign}{write.item.lstrip('-')}"
    return f"{version(write)} of the {named}" if named else version(write)


def version(write: Operation) -> str:
    return f"version {label(write)}"


def both(nodes: list[str]) -> str:
    """n1 · n1 and n2 · n1, n2 and n3"""
    if len(nodes) < 2:
        return "".join(nodes)
    return f"{', '.join(nodes[:-1])} and {nodes[-1]}"


def hold(nodes: list[str]) -> str:
    return f"{both(nodes)} {'holds' if len(nodes) == 1 else 'hold'}"


def _have(nodes: list[str]) -> str:
    return "has" if len(nodes) == 1 else "have"
