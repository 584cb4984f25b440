"""A run as a link: scenario, seed, commands and moment, versioned, checksummed, self-contained.

The text is base64url of: one byte of version, four bytes of checksum, deflated JSON.
"""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

import msgspec
from msgspec import Struct

from app.errors import CommandRejected
from app.trace.commands import Moment, PlacedCommand

VERSION = 1
MAX_LINK = 2_000
MAX_JSON = 200_000


class LinkedRun(Struct, frozen=True, forbid_unknown_fields=True):
    """What a link holds. `engine` is the digest of the engine that showed it."""

    scenario: str
    seed: int
    engine: str
    at: Moment
    commands: tuple[PlacedCommand, ...]


def write_link(run: LinkedRun) -> str:
    """The link's text; raises CommandRejected when the run is too long for one."""
    packed = zlib.compress(msgspec.json.encode(run), 9)
    checksum = zlib.crc32(packed).to_bytes(4, "big")
    text = urlsafe_b64encode(bytes([VERSION]) + checksum + packed).decode().rstrip("=")
    if len(text) > MAX_LINK:
        raise CommandRejected(
            "Share this run.",
            f"Its link would have {len(text)} characters, more than {MAX_LINK}.",
            "Press Reset and share a shorter run.",
        )
    return text


def read_link(text: str) -> LinkedRun:
    """The run behind a link; raises CommandRejected when the link is not whole."""
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Base64Error, ValueError) as error:
        raise _broken("It has characters that no link of ours has.") from error
    if len(data) < 6:
        raise _broken("It is too short.")
    if data[0] != VERSION:
        raise _broken(f"It is of version {data[0]}; this server reads version {VERSION}.")
    if zlib.crc32(data[5:]).to_bytes(4, "big") != data[1:5]:
        raise _broken("A part of it is missing or changed.")
    try:
        inflate = zlib.decompressobj()
        plain = inflate.decompress(data[5:], MAX_JSON)
        if inflate.unconsumed_tail:
            raise _broken("It is longer than any run we keep.")
        return msgspec.json.decode(plain, type=LinkedRun)
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _broken("It does not hold a run.") from error


def _broken(reason: str) -> CommandRejected:
    return CommandRejected(
        "Open this link.", reason, "Copy the whole link again, or open the start page."
    )
