"""The pages of the presets: everything they say is there with its source."""

from html import unescape

import pytest
from starlette.testclient import TestClient

from app.main import read_presets

PRESETS = read_presets()


def test_every_preset_is_in_the_list(client: TestClient) -> None:
    page = client.get("/systems").text
    for preset in PRESETS.values():
        assert f'href="/systems/{preset.name}"' in page


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_a_page_gives_each_value_its_sentence_and_its_source(
    client: TestClient, preset: object
) -> None:
    found = PRESETS[preset.name]  # type: ignore[attr-defined]
    answer = client.get(f"/systems/{found.name}")
    assert answer.status_code == 200
    page = unescape(answer.text)
    for field in found.fields:
        assert field.says in page
        assert field.source in page
    for fact in found.surprises:
        assert fact.says in page
        assert fact.source in page
    every = [*found.fields, *(field for one in found.variants for field in one.fields)]
    ours = sum(1 for field in every if not field.source)
    for variant in found.variants:
        for said in (variant.title, variant.says, variant.source):
            assert said in page
    for field in every:
        assert field.says in page
    assert page.count("Our choice") == ours
    for one in found.tries:
        where = "/" if one.scene == "home" else f"/scenes/{one.scene}"
        assert f'href="{where}"' in page
        assert client.get(where).status_code == 200


def test_times_are_told_in_seconds(client: TestClient) -> None:
    page = client.get("/systems/mysql-semisync").text
    assert "<b>10 s</b>" in page


def test_an_unknown_system_is_told_with_the_nearest(client: TestClient) -> None:
    answer = client.get("/systems/mongo")
    assert answer.status_code == 404
    assert "Did you mean mongodb?" in answer.text
