"""The whole deployment configuration: few values, read once from the environment."""

from collections.abc import Mapping

from msgspec import Struct

from app.errors import QuorateError
from app.rooms.limits import Limits


class SettingsError(QuorateError):
    """A variable of the environment has a value that cannot be used."""


class Settings(Struct, frozen=True):
    """`limits` come from QUORATE_ROOMS, QUORATE_COMMANDS_A_SECOND, QUORATE_BURST,
    QUORATE_EVENTS_A_RUN, QUORATE_VIEWERS_A_ROOM and QUORATE_FOLLOWERS_A_CLASS. `address`
    (QUORATE_ADDRESS): what others type to get here, "http://10.0.0.7:8000"; "" says what the
    browser asked for."""

    limits: Limits = Limits()
    address: str = ""


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from the environment; raises SettingsError naming the variable and the remedy."""
    values: dict[str, int] = {}
    for name in (
        "rooms",
        "commands_a_second",
        "burst",
        "events_a_run",
        "viewers_a_room",
        "followers_a_class",
    ):
        variable = f"QUORATE_{name.upper()}"
        given = environment.get(variable)
        if given is None:
            continue
        if not given.isdecimal() or int(given) < 1:
            raise SettingsError(f"{variable}={given} is not a whole number above 0. Give one.")
        values[name] = int(given)
    address = environment.get("QUORATE_ADDRESS", "").rstrip("/")
    if address and not address.startswith(("http://", "https://")):
        raise SettingsError(f"QUORATE_ADDRESS={address} is no web address. Begin with http://.")
    return Settings(Limits(**values), address)
