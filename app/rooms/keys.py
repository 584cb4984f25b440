"""Codes people type, secrets they keep, and the hashes of the secrets that logs hold."""

import secrets
from hashlib import blake2b

ROOM_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
CLASS_LETTERS = "bcdfghjkmnpqrstvwxz"
"""No vowels, so that no code is a word; no l, and no digit that looks like a letter."""
RECOVERY_LETTERS = "bcdfghjkmnpqrstvwxz23456789"


def new_room_code() -> str:
    return _letters(ROOM_LETTERS, 12)


def new_class_code() -> str:
    """Five letters to read aloud and type: 2.5 million codes."""
    return _letters(CLASS_LETTERS, 5)


def new_key() -> str:
    """The presenter's secret, 120 bits."""
    return _letters(ROOM_LETTERS, 24)


def new_recovery() -> str:
    """Three groups of four, to write down and type in: 57 bits, too many to try out."""
    return "-".join(_letters(RECOVERY_LETTERS, 4) for _ in range(3))


def seal(room: str, secret: str) -> str:
    """What a log keeps of a secret; "" for no secret, so that none matches an empty one."""
    if not secret:
        return ""
    # A digest suffices: the secrets are random and long, nobody can try them one by one.
    return blake2b(secret.encode(), key=room.encode(), digest_size=16).hexdigest()


def is_sealed(room: str, secret: str, sealed: str) -> bool:
    """Whether `sealed` is the hash of this secret."""
    return bool(sealed) and secrets.compare_digest(seal(room, secret), sealed)


def voter_of(name: str) -> str:
    """Who votes, without saying who it is: a hash of the cookie's name, or of the page's."""
    return blake2b(name.encode(), digest_size=8).hexdigest()


def _letters(alphabet: str, count: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(count))
