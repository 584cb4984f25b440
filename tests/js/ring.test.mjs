// The ring and what each node sees of the others, from rows alone.
import assert from "node:assert/strict";
import test from "node:test";
import { emptyPicture, take } from "../../static/js/model/fold.js";
import { pressed } from "../../static/js/model/faults.js";
import { partOf, ringWords, seenAs, seenWords } from "../../static/js/model/ring.js";

const HALF = 2 ** 31;
const NODES = ["n1", "n2", "n3"];

function laid(...rows) {
  const picture = emptyPicture();
  take(picture, { type: "cluster_started", at: 0, design: "leaderless", nodes: NODES, clients: [], settings: [], keys: [["cart", "cart"]] });
  const start = { type: "ring_changed", at: 0, node: "n1", step: 0, action: "", phase: "rest", subject: "", members: ["n1", "n2"] };
  take(picture, { ...start, tokens: [[HALF - 1, "n1"], [2 * HALF - 1, "n2"]], homes: [["cart", ["n1", "n2"], ["n1", "n2"]]] });
  for (const row of rows) take(picture, row);
  return picture;
}

const JOINS = { type: "ring_changed", at: 5, node: "n3", step: 1, action: "join", phase: "write_both", subject: "n3", members: NODES, tokens: [[HALF - 1, "n3"], [2 * HALF - 1, "n2"]], homes: [["cart", ["n1", "n2"], ["n1", "n2", "n3"]]] };

test("who has what of the ring, and who only coordinates", () => {
  const picture = laid();
  assert.deepEqual(partOf(picture, "n1"), { ranges: 1, of: 2, percent: 50, keys: ["cart"], coming: [] });
  assert.equal(ringWords(picture, "n3"), " It has no range of the ring and only coordinates; no copies.");
  assert.equal(ringWords(emptyPicture(), "n1"), "");
});

test("while a node joins, writes go to it as well", () => {
  const picture = laid(JOINS);
  assert.deepEqual(partOf(picture, "n3").coming, ["cart"]);
  assert.match(ringWords(picture, "n3"), /writes of cart go to it as well/);
  assert.match(seenWords(picture, "n1"), /has not heard of the last step/);
  take(picture, { type: "ring_learned", at: 6, node: "n1", step: 1, phase: "write_both", subject: "n3" });
  assert.doesNotMatch(seenWords(picture, "n1"), /has not heard/);
});

test("nodes see each other as they do, not as they are", () => {
  const picture = laid({ type: "node_crashed", at: 1, node: "n3" }, { type: "peer_suspected", at: 2, node: "n1", peer: "n2" });
  assert.deepEqual(seenAs(picture, "n1").map(({ name, up, truth }) => [name, up, truth]), [["n2", false, true], ["n3", true, false]]);
  assert.deepEqual(seenAs(picture, "n2").map(({ name, up }) => [name, up]), [["n1", true], ["n3", true]]);
  assert.equal(seenWords(picture, "n1"), " It takes n3 for up and n2 for down.");
});

test("one key joins whoever is not on the ring and lets the others leave", () => {
  assert.deepEqual(pressed("j", { node: "n3" }, laid()), { type: "join", node: "n3" });
  assert.deepEqual(pressed("j", { node: "n1" }, laid()), { type: "leave", node: "n1" });
});
