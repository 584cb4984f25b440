// The ring and what each node sees of the others, from rows alone.
import assert from "node:assert/strict";
import test from "node:test";
import { emptyPicture, take } from "../../static/js/model/fold.js";
import { tabText } from "../../static/js/model/node_words.js";
import { pressed } from "../../static/js/model/faults.js";
import { isAway } from "../../static/js/model/ring.js";
import { changeWords, listOf, movingRanges, partOf, ringWords, seenAs, seenBy, seenWords } from "../../static/js/model/ring_words.js";

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

test("the walk from a key meets each home once, in the order of the list", () => {
  const picture = laid();
  Object.assign(picture.ring, { tokens: [[100, "n1"], [200, "n2"], [300, "n1"], [400, "n3"]], lies: { cart: 150 } });
  picture.ring.homes.cart = { reads: ["n2", "n1"], writes: ["n2", "n1"] };
  assert.deepEqual(listOf(picture, "cart"), [{ node: "n2", position: 200 }, { node: "n1", position: 300 }]);
  picture.ring.lies.cart = 350;
  picture.ring.homes.cart = { reads: ["n3", "n1"], writes: ["n3", "n1"] };
  assert.deepEqual(listOf(picture, "cart").map(({ position }) => position), [400, 100]);
  assert.deepEqual(listOf(picture, "nothing"), []);
});

test("ranges move from the first step of a change until it is over", () => {
  assert.deepEqual(movingRanges(laid().ring), []);
  assert.deepEqual(movingRanges(laid(JOINS).ring), [[2 * HALF - 1, HALF - 1]]);
  const steps = ["stream", "read_new", "write_new"].map((phase, i) => ({ ...JOINS, phase, step: 2 + i }));
  assert.equal(movingRanges(laid(JOINS, ...steps).ring).length, 1);
  const picture = laid(JOINS, ...steps, { ...JOINS, phase: "rest", step: 5 });
  assert.deepEqual(movingRanges(picture.ring), []);
  assert.equal(changeWords(laid(JOINS).ring), "n3 joins: writes go to both");
});

test("who has no copy is away, and coordinates all the same", () => {
  const picture = laid();
  assert.deepEqual(NODES.map((name) => isAway(picture, name, "cart")), [false, false, true]);
  assert.equal(isAway(laid(JOINS), "n3", "cart"), false);
  take(picture, { type: "request_accepted", at: 2, node: "n3", op: "phone-1", kind: "read", need: 2, of: 2 });
  picture.ops.set("phone-1", { op: "phone-1", key: "cart" });
  assert.equal(tabText(picture, picture.nodes.n3, "n3"), "Coordinates, no copy");
  assert.equal(tabText(laid(), picture.nodes.n3, "n3"), "");
});

test("the cluster as one node sees it knows its suspicions, its ring and nothing of links", () => {
  const picture = laid(
    { type: "ring_learned", at: 1, node: "n1", step: 0 }, JOINS, { type: "node_crashed", at: 6, node: "n3" }, { type: "link_cut", at: 6, a: "n1", b: "n2" },
    { type: "phi_reached", at: 7, node: "n1", peer: "n2", phi_milli: 8012 }, { type: "peer_suspected", at: 7, node: "n1", peer: "n2" });
  const seen = seenBy(picture, "n1");
  assert.deepEqual(Object.entries(seen.nodes).map(([name, it]) => [name, Boolean(it.silent), it.down]), [["n1", false, false], ["n2", true, false], ["n3", false, false]]);
  assert.equal(seen.nodes.n2.phi, 8.012);
  assert.equal(seen.cut.size, 0);
  assert.equal(seen.ring.step, 0);
  assert.equal(picture.nodes.n3.down, true);
  assert.match(seenWords(picture, "n1"), /n2 \(φ 8\.0\) for down/);
  assert.equal(seenBy(picture, "n3"), picture);
});
