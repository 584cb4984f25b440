"""Bugs to plant into scenarios and runs."""

from tests.plants.plant import Plant

PLANTS: tuple[Plant, ...] = (
    Plant(
        "a variant of a misconception runs as the scene itself",
        "app/scenarios/misconceptions.py",
        "(*(PlacedCommand(0, one) for one in self.commands), *scenario.script)",
        "scenario.script",
        "tests/scenarios/test_misconceptions.py::test_the_scene_shows_it",
    ),
    Plant(
        "what a variant must never say is not looked for",
        "app/rooms/claims.py",
        "            if no.says in (words for _, words in told[no.cluster]):",
        "            if False:",
        "tests/scenarios/test_misconceptions.py::test_what_a_scene_does_not_show_is_told",
    ),
    Plant(
        "an index may name settings that cannot be chosen",
        "app/scenarios/misconceptions.py",
        "                    check_command(scenario, command)",
        "                    pass",
        "tests/scenarios/test_misconceptions.py::test_a_wrong_index_says_what_is_wrong",
    ),
    Plant(
        "every scene offers every setting",
        "app/scenarios/catalogue.py",
        " and (not setting.expert or _asked(setting.name, spec))",
        "",
        "tests/scenarios/test_settings.py::test_settings_for_experts_are_offered_only_where_they_are_asked_for",
    ),
    Plant(
        "settings of one moment are checked one by one",
        "app/scenarios/acts.py",
        "key=lambda placed: placed.at)",
        "key=id)",
        "tests/scenarios/test_settings.py::test_settings_of_one_moment_are_checked_together_whatever_their_order",
    ),
    Plant(
        "a fault on one side happens on both",
        "app/scenarios/simulation.py",
        '            elif isinstance(command, Fault) and command.only not in ("", cluster.spec.name):',
        '            elif command == "":',
        "tests/scenarios/test_settings.py::test_a_fault_on_one_side_leaves_the_bytes_of_the_other_alone",
    ),
    Plant(
        "a snapshot forgets the settings",
        "app/scenarios/simulation.py",
        "            cluster.configure_all(msgspec.msgpack.decode(state.settings[name], type=settings_type))\n",
        "            msgspec.msgpack.decode(state.settings[name], type=settings_type)\n",
        "tests/scenarios/test_settings.py::test_a_snapshot_remembers_clocks_and_settings",
    ),
    Plant(
        "a preset's values come before a scene's own",
        "app/scenarios/presets.py",
        "    return replace(spec, values={**preset.values, **changed, **spec.values})",
        "    return replace(spec, values={**spec.values, **preset.values, **changed})",
        "tests/scenarios/test_presets.py::test_a_scene_takes_the_values_of_its_preset_and_its_own_come_first",
    ),
    Plant(
        "a bucket without a type goes by date alone",
        "app/scenarios/presets/riak.toml",
        'value = "newest_sibling"',
        'value = "last_write"',
        "tests/scenarios/test_conflicts_of_systems.py::test_who_has_read_what_a_fast_clock_wrote_may_replace_it",
    ),
    Plant(
        "a preset repairs replicas that its product did not ask",
        "app/scenarios/presets/cassandra.toml",
        'value = "asked"',
        'value = "all"',
        "tests/protocols/leaderless/test_systems.py::test_t11_cassandra_asks_two_one_of_them_in_short_and_repairs_nobody",
    ),
    Plant(
        "a preset of the other design is taken",
        "app/scenarios/presets.py",
        "    if preset.design != spec.design:",
        "    if not preset.design:",
        "tests/scenarios/test_presets.py::test_a_wrong_preset_in_a_file_is_told_with_its_line",
    ),
    Plant(
        "a preset may hold what cannot work",
        "app/scenarios/presets.py",
        "        settings.validate(preset.nodes)\n",
        "",
        "tests/scenarios/test_presets.py::test_a_broken_preset_is_told_with_its_remedy",
    ),
    Plant(
        "scenario: the parts of a mixture are not looked at",
        "app/scenarios/check_network.py",
        '        _latency(latency.first, (*path, "first"))\n',
        "",
        "tests/scenarios/test_reading.py::test_a_way_with_a_delay_of_its_own_has_two_known_ends",
    ),
)
