// Marked nodes and wiped ones, on pictures made of rows.
import assert from "node:assert/strict";
import test from "node:test";
import { emptyPicture, held, take } from "../../static/js/model/fold.js";
import { cutting } from "../../static/js/model/group.js";

const started = (design) => {
  const picture = emptyPicture();
  take(picture, { type: "cluster_started", at: 0, design, settings: [], keys: [["cart", "cart"]], nodes: Array.from({ length: 12 }, (_, i) => `n${i + 1}`), clients: [] });
  return picture;
};

test("a group is cut off by the whole links between it and the others", () => {
  const picture = started("leaderless");
  assert.equal(cutting(picture, new Set(["n2", "n3"])).length, 20);
  take(picture, { type: "link_cut", at: 1, a: "n2", b: "n10" });
  const commands = cutting(picture, new Set(["n2", "n3"]));
  assert.equal(commands.length, 19);
  assert.deepEqual(commands[0], { type: "cut_link", a: "n1", b: "n2" });
  for (const { a, b } of commands) {
    assert.equal(["n2", "n3"].includes(a) && ["n2", "n3"].includes(b), false);
    assert.notDeepEqual([a, b], ["n2", "n10"]);
  }
  assert.deepEqual(cutting(picture, new Set()), []);
  assert.deepEqual(cutting(picture, new Set(Object.keys(picture.nodes))), []);
});

test("a wiped disk is empty until something is stored on it", () => {
  const value = { id: "w1", label: "a", items: ["milk"] };
  const leaderless = started("leaderless");
  take(leaderless, { type: "versions_stored", at: 1, node: "n2", key: "cart", versions: [value] });
  take(leaderless, { type: "node_wiped", at: 2, node: "n2" });
  assert.deepEqual([leaderless.nodes.n2.wiped, leaderless.nodes.n2.versions, leaderless.nodes.n2.down], [true, {}, false]);
  take(leaderless, { type: "versions_stored", at: 3, node: "n2", key: "cart", versions: [value] });
  assert.deepEqual([leaderless.nodes.n2.wiped, leaderless.nodes.n2.versions], [false, { cart: [value] }]);
  const leader = started("leader_follower");
  take(leader, { type: "log_appended", at: 1, node: "n1", position: 1, term: 1, op: "x", key: "cart", value });
  take(leader, { type: "node_wiped", at: 2, node: "n1" });
  assert.deepEqual([leader.nodes.n1.wiped, leader.nodes.n1.log, leader.nodes.n1.commit, held(leader, "n1", "cart")], [true, [], 0, []]);
  take(leader, { type: "log_appended", at: 3, node: "n1", position: 1, term: 1, op: "x", key: "cart", value });
  assert.deepEqual([leader.nodes.n1.wiped, leader.nodes.n1.log.length], [false, 1]);
});
