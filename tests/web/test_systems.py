"""The pages of the presets: everything they say is there with its source."""

from html import unescape

import pytest
from starlette.testclient import TestClient

from app.main import read_presets, read_scenarios
from app.scenarios.sizes import lab_name
from app.web.preset_choice import preset_choices

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


@pytest.mark.parametrize("preset", PRESETS)
def test_what_is_ours_is_said_in_words_with_units(client: TestClient, preset: str) -> None:
    page = unescape(client.get(f"/systems/{preset}").text)
    ours = page[page.index("What is ours") :]
    assert "_us" not in ours
    assert " = " not in ours.split("Not modelled")[0]
    if "silence_us" not in PRESETS[preset].values:
        assert ": 200 ms" in ours


def test_an_unknown_system_is_told_with_the_nearest(client: TestClient) -> None:
    answer = client.get("/systems/mongo")
    assert answer.status_code == 404
    assert "Did you mean mongodb?" in answer.text


def test_every_preset_opens_the_lab_that_offers_all_its_values(client: TestClient) -> None:
    scenes = read_scenarios()
    for preset in read_presets().values():
        lab = scenes[lab_name(preset.nodes)]
        address = f"/lab?nodes={preset.nodes}&amp;preset={preset.name}"
        assert address in client.get(f"/systems/{preset.name}").text
        assert client.get(address.replace("&amp;", "&")).status_code == 200
        found = preset_choices(lab, {preset.name: preset}, preset.name)
        assert found is not None
        side = lab.cluster(found["choices"][0]["cluster"])
        assert side is not None
        offered = {one.name: [o.value for o in one.options] for one in side.settings}
        for setting, value in preset.values.items():
            assert str(value) in offered[setting], f"{preset.name}: {setting} = {value}"


def test_a_preset_that_does_not_exist_is_told_with_the_nearest(client: TestClient) -> None:
    answer = client.get("/lab?nodes=3&preset=etdc")
    assert answer.status_code == 404
    assert "Did you mean etcd?" in answer.text
