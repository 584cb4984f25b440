// Where things stand: today's numbers for three nodes, and no two things in one place for any count.
import assert from "node:assert/strict";
import test from "node:test";
import { layoutOf } from "../../static/js/lib/geometry.js";
import { apart, between, boxAt, crosses, edge } from "../../static/js/lib/lines.js";
import { shareOf } from "../../static/js/lib/link_places.js";

const SHOPPERS = ["phone", "laptop", "till"];
const names = (count) => Array.from({ length: count }, (_, i) => `n${i + 1}`);
const shoppers = (count, nodes) => SHOPPERS.slice(0, count).map((name, i) => ({ name, entry: nodes[[0, 2, 1][i]] }));
const meet = ([l, t, r, b], [L, T, R, B]) => l < R && L < r && t < B && T < b;
const card = ([x, y, w, h]) => [x, y, x + w, y + h];

test("the home scene stands where it always stood", () => {
  const home = [{ name: "phone", entry: "n1" }, { name: "laptop", entry: "n3" }];
  const wide = layoutOf("desktop", names(3), home);
  assert.deepEqual([wide.width, wide.height, wide.node], [1280, 440, [96, 64]]);
  assert.deepEqual(wide.nodes, { leader: { n1: [456, 120], n2: [152, 232], n3: [456, 344] }, leaderless: { n1: [824, 120], n2: [1128, 232], n3: [824, 344] } });
  assert.deepEqual(wide.clients, { leader: { phone: [538, 120], laptop: [538, 344] }, leaderless: { phone: [742, 120], laptop: [742, 344] } });
  assert.deepEqual(wide.cards, { phone: [544, 60, 192, 124], laptop: [544, 286, 192, 124] });
  const tall = layoutOf("phone", names(3), home);
  assert.deepEqual([tall.width, tall.height, tall.tall, tall.node], [390, 418, 504, [80, 48]]);
  assert.deepEqual(tall.nodes, { leader: { n1: [75, 120], n2: [195, 58], n3: [315, 120] }, leaderless: { n1: [75, 304], n2: [195, 374], n3: [315, 304] } });
  assert.deepEqual(tall.clients, { leader: { phone: [75, 156], laptop: [315, 156] }, leaderless: { phone: [75, 246], laptop: [315, 246] } });
  assert.deepEqual(tall.cards, { phone: [6, 151, 182, 88], laptop: [202, 151, 182, 88] });
  for (const layout of [wide, tall]) {
    assert.equal(layout.reach, 22);
    assert.deepEqual([...new Set(layout.shares.values())], [0.5]);
  }
});

// The words of the stage that lie still: heads, counts and captions, with room for their longest.
function fixed(layout) {
  if (layout.name === "desktop") return [[24, 8, 440, 52], [840, 8, 1256, 52], [440, 6, 520, 30], [760, 6, 840, 30], [24, 397, 524, 440], [760, 397, 1260, 440]];
  const foot = layout.height;
  return [[8, 2, 382, 30], [290, 30, 382, 54], [8, foot - 6, 382, foot + 18], [290, foot - 36, 382, foot - 12]];
}

function discs(layout, side, nodes, only) {
  const at = layout.nodes[side];
  return nodes.flatMap((a, i) => nodes.slice(i + 1).map((b) => [a, b]))
    .filter(([a, b]) => layout.shares.has(`${a}→${b}`) && (!only || a === only || b === only))
    .map(([a, b]) => between(edge(layout, at[a], at[b]), edge(layout, at[b], at[a]), shareOf(layout, a, b)));
}

for (const kind of ["desktop", "phone"]) {
  for (const count of [3, 4, 5, 6, 7, 9, 12]) {
    for (const clients of [2, 3]) {
      const nodes = names(count);
      const layout = layoutOf(kind, nodes, shoppers(clients, nodes));
      test(`${kind}, ${count} nodes, ${clients} shoppers: no box lies on another, all are on the stage`, () => {
        // A leader's second outline is 4 px further out.
        const boxes = [...Object.values(layout.nodes.leader), ...Object.values(layout.nodes.leaderless)].map((place) => boxAt(layout, place, 4));
        const all = [...boxes, ...Object.values(layout.cards).map(card), ...fixed(layout)];
        for (const [i, box] of all.entries()) {
          assert.ok(box[0] >= 0 && box[1] >= 0 && box[2] <= layout.width && box[3] <= layout.tall, `${box}`);
          if (i < boxes.length + clients) for (const other of all.slice(i + 1)) assert.ok(!meet(box, other), `${box} on ${other}`);
        }
      });

      test(`${kind}, ${count} nodes, ${clients} shoppers: node i faces node i`, () => {
        const sums = nodes.map((name) => [0, 1].map((axis) => layout.nodes.leader[name][axis] + layout.nodes.leaderless[name][axis]));
        const axis = kind === "desktop" ? 0 : 1;
        assert.deepEqual(nodes.map((name) => layout.nodes.leader[name][1 - axis]), nodes.map((name) => layout.nodes.leaderless[name][1 - axis]));
        // The phone's three are 12 px from the mirror's, as they were drawn by hand.
        assert.ok(Math.max(...sums.map((s) => s[axis])) - Math.min(...sums.map((s) => s[axis])) <= 12);
      });

      test(`${kind}, ${count} nodes, ${clients} shoppers: a link's disc touches no node and no other disc offered with it`, () => {
        assert.ok(layout.reach >= 12);
        for (const side of ["leader", "leaderless"]) {
          const boxes = Object.values(layout.nodes[side]).map((place) => boxAt(layout, place));
          for (const only of layout.calm ? nodes : [null]) {
            const found = discs(layout, side, nodes, only);
            found.forEach((disc, i) => {
              for (const other of found.slice(i + 1)) assert.ok(apart(disc, other) >= 2 * layout.reach, `${disc} on ${other}`);
              // Rounded corners, so that one px of the square may be shared.
              for (const box of boxes) assert.ok(Math.hypot(Math.max(box[0] - disc[0], 0, disc[0] - box[2]), Math.max(box[1] - disc[1], 0, disc[1] - box[3])) >= layout.reach - 1);
            });
          }
          if (!layout.calm) assert.equal(discs(layout, side, nodes).length, (count * (count - 1)) / 2);
        }
      });

      // On a phone's long ring of many, somebody's node is always behind another one.
      if (layout.calm && kind === "phone") continue;
      test(`${kind}, ${count} nodes, ${clients} shoppers: no way from a shopper and no link runs through a node that it does not join`, () => {
        for (const side of ["leader", "leaderless"]) {
          const at = layout.nodes[side];
          const clear = (p, q, joined) => nodes.filter((name) => !joined.includes(name)).every((name) => !crosses(p, q, boxAt(layout, at[name])));
          for (const { name, entry } of shoppers(clients, nodes)) assert.ok(clear(layout.clients[side][name], at[entry], [entry]), `${name} to ${entry}`);
          if (!layout.calm) for (const a of nodes) for (const b of nodes) if (a < b) assert.ok(clear(at[a], at[b], [a, b]), `${a}–${b}`);
        }
      });
    }
  }
}

test("a finger's disc for up to six nodes on a phone", () => {
  for (const count of [3, 5, 6]) assert.equal(layoutOf("phone", names(count), shoppers(2, names(count))).reach, 22);
});
