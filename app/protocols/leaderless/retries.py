"""A request that its client sent before: does the coordinator still have what came of it?

It looks at its own copy, at the hints that it keeps and at what it is working on; there is no list
of answered requests. A version that has been replaced meanwhile is not recognised, nor is one that
another coordinator made and this node did not get: then the retry is a write like any other.
"""

from app.protocols.client_messages import ClientWrite
from app.protocols.leaderless.state import ReplicaState
from app.trace.ids import operation_of
from app.versions.dotted import DottedVersion


def known(state: ReplicaState, request: ClientWrite) -> DottedVersion | None:
    """The version that another try of the same operation made."""
    operation, key = operation_of(request.op), request.key
    shelves = [state.disk.versions.get(key, ())]
    shelves += [kept.get(key, ()) for kept in state.disk.hints.values()]
    shelves += [pending.written for pending in state.memory.pending.values()]
    for versions in shelves:
        for version in versions:
            if operation_of(version.stored.value.id) == operation:
                return version
    return None
