"""Luck as a function: every draw is fixed by the seed and the causal name of what it is for.

No stream, no counter: silencing one node changes the draw of no other message. A name is hashed
once (blake2b, the same on every platform) and then mixed as integers (splitmix64's finalizer,
Steele et al. 2014).
"""

from functools import lru_cache
from hashlib import blake2b

MASK = (1 << 64) - 1


@lru_cache(maxsize=65_536)
def name_hash(name: str) -> int:
    """64 bits that stand for a name."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")


def mix(bits: int) -> int:
    """Spread 64 bits over 64 bits; neighbouring inputs give unrelated outputs."""
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & MASK
    return bits ^ (bits >> 31)


@lru_cache(maxsize=8_192)
def route_hash(seed: int, source: str, target: str, kind: str, attempt: int) -> int:
    """What is fixed for a kind of message on a way; mixed with the operation's hash a message."""
    return mix(name_hash(f"{seed}/{source}>{target}/{kind}/{attempt}"))


def jitter(seed: int, op: str, kind: str, attempt: int, source: str, target: str) -> int:
    """The 64 random bits of one message, by its causal name."""
    return mix(name_hash(op) ^ route_hash(seed, source, target, kind, attempt))


def draw(seed: int, node: str, name: str, low: int, high: int) -> int:
    """A whole number in low … high, both included, for a node's own purpose (a time-out, say)."""
    bits = mix(name_hash(f"{seed}/{node}/{name}"))
    return low + (bits * (high - low + 1) >> 64)
