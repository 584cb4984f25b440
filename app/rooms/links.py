"""A run as a link: scenario, seed, commands and moment, versioned, checksummed, self-contained.

The text is base64url of: one byte of version, four bytes of checksum, deflated JSON.
"""

import string
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

import msgspec
from msgspec import Struct

from app.errors import CommandRejected
from app.trace.commands import Moment, PlacedCommand

VERSION = 2
MAX_LINK = 2_000
MAX_JSON = 200_000
_LETTERS = frozenset(string.ascii_letters + string.digits + "-_")


class LinkedRun(Struct, frozen=True, forbid_unknown_fields=True):
    """What a link holds. `engine` is the digest of the engine that showed it, `told` what that
    engine told the clients (`replays.py`), `file` the scene file of a scenario that is not ours."""

    scenario: str
    seed: int
    engine: str
    at: Moment
    commands: tuple[PlacedCommand, ...]
    file: str = ""
    told: tuple[str, ...] = ()


def write_link(run: LinkedRun) -> str:
    """The link's text; raises CommandRejected when the run is too long for one."""
    packed = zlib.compress(msgspec.json.encode(run), 9)
    checksum = zlib.crc32(packed).to_bytes(4, "big")
    text = urlsafe_b64encode(bytes([VERSION]) + checksum + packed).decode().rstrip("=")
    if len(text) > MAX_LINK:
        raise CommandRejected(
            "Share this run.",
            f"Its link would have {len(text)} characters, more than {MAX_LINK}.",
            "Download the scene file instead, and send that.",
        )
    return text


def read_link(text: str) -> LinkedRun:
    """The run behind a link; raises CommandRejected when the link is not whole."""
    if not text.isascii() or not _LETTERS.issuperset(text):
        raise _broken("It has characters that no link of ours has.")
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Base64Error, ValueError) as error:
        raise _broken("A letter of it is missing.") from error
    if urlsafe_b64encode(data).decode().rstrip("=") != text:
        # Bits of the last letter that carry nothing.
        raise _broken("Its last letter is changed.")
    if len(data) < 6:
        raise _broken("It is too short.")
    if data[0] != VERSION:
        raise _broken(f"It is of version {data[0]}; this server reads version {VERSION}.")
    if zlib.crc32(data[5:]).to_bytes(4, "big") != data[1:5]:
        raise _broken("A part of it is missing or changed.")
    try:
        inflate = zlib.decompressobj()
        plain = inflate.decompress(data[5:], MAX_JSON)
        if inflate.unconsumed_tail or not inflate.eof:
            raise _broken("It is longer than any run we keep.")
        return msgspec.json.decode(plain, type=LinkedRun)
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _broken("It does not hold a run.") from error


def _broken(reason: str) -> CommandRejected:
    return CommandRejected(
        "Open this link.", reason, "Copy the whole link again, or open the start page."
    )
