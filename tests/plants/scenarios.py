"""Bugs to plant into scenarios and runs."""

from tests.plants.plant import Plant

PLANTS: tuple[Plant, ...] = (
    Plant(
        "every scene offers every setting",
        "app/scenarios/catalogue.py",
        " and (not setting.expert or setting.name in spec.offers)",
        "",
        "tests/scenarios/test_settings.py::test_settings_for_experts_are_offered_only_where_they_are_asked_for",
    ),
    Plant(
        "a fault on one side happens on both",
        "app/scenarios/simulation.py",
        '            elif not isinstance(command, Fault) or command.only in ("", cluster.spec.name):',
        "            else:",
        "tests/scenarios/test_settings.py::test_a_fault_on_one_side_leaves_the_bytes_of_the_other_alone",
    ),
    Plant(
        "a snapshot forgets the settings",
        "app/scenarios/simulation.py",
        "            cluster.configure_all(msgspec.msgpack.decode(state.settings[name], type=settings_type))\n",
        "            msgspec.msgpack.decode(state.settings[name], type=settings_type)\n",
        "tests/scenarios/test_settings.py::test_a_snapshot_remembers_clocks_and_settings",
    ),
)
