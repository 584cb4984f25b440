"""The whole deployment configuration: few values, read once from the environment."""

from collections.abc import Mapping

from msgspec import Struct

from app.errors import QuorateError
from app.rooms.limits import Limits

MEMORY = ":memory:"
DATA = "data/quorate.db"


LIMITS = (
    "rooms",
    "commands_a_second",
    "burst",
    "events_a_run",
    "viewers_a_room",
    "observers_a_class",
    "workers",
)


class SettingsError(QuorateError):
    """A variable of the environment has a value that cannot be used."""


class Settings(Struct, frozen=True):
    """`limits` come from QUORATE_ROOMS, QUORATE_COMMANDS_A_SECOND, QUORATE_BURST,
    QUORATE_EVENTS_A_RUN, QUORATE_VIEWERS_A_ROOM, QUORATE_OBSERVERS_A_CLASS and QUORATE_WORKERS.
    `address` (QUORATE_ADDRESS): what others type to get here, "http://10.0.0.7:8000"; "" says what
    the browser asked for. `data` (QUORATE_DATA): the file that keeps all rooms, ":memory:" for
    none; `data_bytes` (QUORATE_DATA_BYTES): how large it may get."""

    limits: Limits = Limits()
    address: str = ""
    data: str = MEMORY
    data_bytes: int | None = None


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from the environment; raises SettingsError naming the variable and the remedy."""
    values = {
        name: number
        for name in LIMITS
        if (number := _number(environment, f"QUORATE_{name.upper()}")) is not None
    }
    address = environment.get("QUORATE_ADDRESS", "").rstrip("/")
    if address and not address.startswith(("http://", "https://")):
        raise SettingsError(f"QUORATE_ADDRESS={address} is no web address. Begin with http://.")
    data = environment.get("QUORATE_DATA") or DATA
    return Settings(Limits(**values), address, data, _number(environment, "QUORATE_DATA_BYTES"))


def _number(environment: Mapping[str, str], variable: str) -> int | None:
    given = environment.get(variable)
    if given is None:
        return None
    if not given.isdecimal() or int(given) < 1:
        raise SettingsError(f"{variable}={given} is not a whole number above 0. Give one.")
    return int(given)
