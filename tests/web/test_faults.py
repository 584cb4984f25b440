"""The form "Do a fault": it covers every fault that there is, within the bounds of the commands."""

import msgspec
import pytest
from fastapi import FastAPI
from msgspec import inspect as types
from starlette.testclient import TestClient

from app.errors import CommandRejected
from app.trace import commands
from app.trace.commands import AnyCommand, Fault
from app.web.faults import KINDS, command_of

FAULTS = {
    str(kind.__struct_config__.tag): kind
    for kind in vars(commands).values()
    if isinstance(kind, type) and issubclass(kind, Fault) and kind is not Fault
}
FORM = {"token": "a" * 16, "id": "1", "branch": "0", "at": "0"}


def asked(name: str, amount: str = "") -> dict[str, str]:
    return {"kind": name, "node": "n1", "other": "n3", "amount": amount, "side": ""}


def test_every_fault_is_in_the_form_and_nothing_else() -> None:
    assert {kind.name for kind in KINDS} == set(FAULTS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_forms_bounds_are_the_commands(kind: object) -> None:
    found = next(one for one in KINDS if one is kind)
    usual = str(found.amount.usual) if found.amount else ""
    for side in ("", "leader"):
        made = command_of(**{**asked(found.name, usual), "side": side})
        command = msgspec.convert(made, AnyCommand)
        assert isinstance(command, Fault)
        assert command.only == side
    info = types.type_info(FAULTS[found.name])
    assert isinstance(info, types.StructType)
    numbers = {f.name: f.type for f in info.fields if isinstance(f.type, types.IntType)}
    if found.amount is None:
        assert not numbers
        return
    wanted = numbers[found.amount.field]
    assert (wanted.ge, wanted.le) == (found.amount.low, found.amount.high)


@pytest.mark.parametrize(
    ("amount", "why"),
    [("", "how much"), ("1001", "out of range"), ("-1", "out of range"), ("soon", "not such"),
     ("1e3", "not such"), ("٣", "not such"), ("9" * 30, "not such")],
)  # fmt: skip
def test_a_wrong_amount_is_refused_with_what_would_do(amount: str, why: str) -> None:
    with pytest.raises(CommandRejected) as no:
        command_of(**asked("slow_node", amount))
    assert why in no.value.reason
    assert no.value.remedy == "Give a whole number from 0 to 1000 (ms)."


def test_a_minus_sign_of_print_is_one_too() -> None:
    assert command_of(**asked("skew_clock", "−500"))["milliseconds"] == -500


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_fault_by_form_is_told_and_done(
    app: FastAPI, client: TestClient, kind: object
) -> None:
    found = next(one for one in KINDS if one is kind)
    usual = str(found.amount.usual) if found.amount else ""
    answer = client.post("/actions/fault", data={**FORM, **asked(found.name, usual)})
    assert answer.status_code == 200, answer.text
    assert answer.text.startswith(f"<p>{found.words}".replace("'", "&#39;"))
    (opened,) = app.state.hub.rooms.values()
    ((_, placed),) = [(p.at, p.command) for p in opened.room.fold.current.commands]
    assert placed.__struct_config__.tag == found.name


def test_the_form_of_the_lab_makes_a_room_of_the_lab(app: FastAPI, client: TestClient) -> None:
    run = app.state.hub.starts.start_of("lab")
    data = {**FORM, **asked("crash"), "node": "n5", "run": run}
    assert client.post("/actions/fault", data=data).status_code == 200
    (opened,) = app.state.hub.rooms.values()
    assert opened.room.scenario.name == "lab"


def test_the_form_has_a_label_for_every_field_and_lists_every_fault(client: TestClient) -> None:
    page = client.get("/").text
    form = page[page.index('id="fault-form"') :].split("</template>")[0]
    for kind in KINDS:
        assert f'value="{kind.name}"' in form
    for field in ("kind", "node", "other", "amount", "side"):
        assert f'<label for="fault-{field}">' in form
        assert f'name="{field}" id="fault-{field}"' in form
