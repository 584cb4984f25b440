// Words beside what is drawn never lie on anything, and say less before they would.
import assert from "node:assert/strict";
import test from "node:test";
import { layoutOf } from "../../static/js/lib/geometry.js";
import { around, meet, placed } from "../../static/js/lib/labels.js";
import { boxOf } from "../../static/js/lib/places.js";
import { sideWords, troubles } from "../../static/js/model/side_words.js";

const names = (count) => Array.from({ length: count }, (_, i) => `n${i + 1}`);
const box = ({ left, top, wide, tall }) => [left, top, left + wide, top + tall];
const CLIENTS = [{ name: "phone", entry: "n1" }, { name: "laptop", entry: "n3" }];

// Every link one way, slow and lossy at once, or cut as well; no node hears any other.
function troubled(nodes, helpers, cut) {
  const pairs = nodes.flatMap((a, i) => [...nodes.slice(i + 1), ...helpers].map((b) => [a, b]));
  const link = ([a, b]) => (a < b ? `${a}–${b}` : `${b}–${a}`);
  const node = (name) => ({ role: name === "n1" ? "leader" : "follower", term: 1, suspects: nodes.filter((other) => other !== name), votes: "", waiting: 0, slowed: 50, hints: {} });
  return {
    pairs,
    picture: {
      design: "leader_follower", term: 1, settings: {}, regions: {}, counters: new Map([["a", { node: "n1", op: "a", need: 2, of: 3, have: 1 }]]), ops: new Map(),
      nodes: Object.fromEntries(nodes.map((name) => [name, node(name)])), clients: { phone: {}, laptop: {} },
      cut: new Set(cut ? pairs.map(link) : []), oneWay: new Set(pairs.map(([a, b]) => `${a}→${b}`)), slow: new Map(pairs.map((pair) => [link(pair), 10])), lossy: new Map(pairs.map((pair) => [link(pair), 30])),
    },
  };
}

for (const kind of ["desktop", "phone"]) {
  for (const count of [3, 5, 6, 12]) {
    for (const helpers of [[], ["watcher"], ["lock", "proxy"]]) {
      for (const cut of [false, true]) {
        test(`${kind}, ${count} nodes, beside them ${helpers.join(", ") || "nothing"}, ${cut ? "cut" : "one way"}: no words on anything`, () => {
          const nodes = names(count);
          const layout = layoutOf(kind, nodes, CLIENTS, { leader: helpers });
          const { picture, pairs } = troubled(nodes, helpers, cut);
          const boxes = Object.fromEntries([...nodes, ...helpers].map((name) => [name, boxOf(layout, "leader", name, 2)]));
          const words = sideWords(layout, "leader", picture, { boxes, links: pairs.map(([a, b]) => ({ a, b, near: a === "n2", ...troubles(picture, a, b) })), offered: null });
          const found = [...words.values()].map(box);
          const fixed = [...Object.values(boxes), ...layout.rooms.leader.solid];
          found.forEach((one, i) => [...found.slice(i + 1), ...fixed].forEach((other) => assert.ok(!meet(one, other), `${one} on ${other}`)));
          if (count === 3) assert.ok(words.has("tab n1"));
          if (count === 3 && kind === "desktop") for (const id of ["ticks n1", ...nodes.map((name) => `hears ${name}`), ...(cut ? [] : ["n1–n3"])]) assert.ok(words.has(id), id);
        });
      }
    }
    test(`${kind}, ${count} nodes: what stands beside them lies on no node and on no card`, () => {
      const layout = layoutOf(kind, names(count), CLIENTS, { leader: ["watcher", "proxy"] });
      const cards = Object.values(layout.cards).map(([x, y, w, h]) => [x, y, x + w, y + h]);
      const all = [...names(count).map((name) => boxOf(layout, "leader", name, 4)), boxOf(layout, "leader", "watcher"), boxOf(layout, "leader", "proxy"), ...cards];
      all.forEach((one, i) => all.slice(i + 1).forEach((other) => assert.ok(!meet(one, other), `${one} on ${other}`)));
    });
  }
}

test("where there is no room, the short words; where there is none for them, nothing", () => {
  const label = { id: "x", groups: [[[{ text: "a long line of words" }]], [[{ text: "ab" }]]], places: around([40, 40, 60, 60]) };
  const free = { solid: [[40, 40, 60, 60]], ways: [] };
  assert.equal(placed([label], { ...free, bounds: [-200, -200, 300, 300] }).get("x").lines[0].text, "a long line of words");
  assert.equal(placed([label], { ...free, bounds: [30, 10, 70, 90] }).get("x").lines[0].text, "ab");
  assert.equal(placed([label], { ...free, bounds: [39, 39, 61, 61] }).size, 0);
});
