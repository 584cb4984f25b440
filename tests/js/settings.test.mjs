// Settings in groups, found by words, and what a preset would change.
import assert from "node:assert/strict";
import test from "node:test";
import { changesTo, inGroups, matching, saidOf } from "../../static/js/model/settings.js";

const setting = (name, group, ...values) => ({ name, title: name, group, options: values.map((value) => ({ value, label: `as ${value}` })) });
const SETTINGS = [setting("a", "", "1", "2"), setting("b", "Disk", "on", "off"), setting("c", "", "1"), setting("d", "Disk", "x")];

test("settings without a group come first, and a group keeps together", () => {
  assert.deepEqual(inGroups(SETTINGS).map((g) => [g.name, g.settings.map((s) => s.name)]), [["", ["a", "c"]], ["Disk", ["b", "d"]]]);
});

test("every word must be there, in any order and case", () => {
  assert.equal(matching("how long a flush takes", "Takes flush"), true);
  assert.equal(matching("how long a flush takes", "flush disk"), false);
  assert.equal(matching("anything", "  "), true);
});

test("a preset changes what differs, and says what cannot be had", () => {
  const { changes, left } = changesTo({ a: "2", b: "on", c: "7" }, SETTINGS, { a: "1", b: "on", c: "1", d: "x" });
  assert.deepEqual(changes.map((one) => [one.setting, one.value]), [["a", "2"]]);
  assert.deepEqual(left, ["c"]);
  assert.equal(saidOf("etcd", changes, left), "For etcd one setting changes: a → as 2. Not to be had here: c.");
  assert.equal(saidOf("etcd", [], []), "All settings are as for etcd already.");
});
