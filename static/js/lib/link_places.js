// Where along each link its disc lies: there it is pressed, and there its gap is when it is cut.
import { apart, between } from "./lines.js";
import { boxOf, edgeOf } from "./places.js";

// The largest radius is a comfortable target for a finger, the smallest what a pointer needs.
const REACHES = [22, 20, 18, 16, 15, 14, 13, 12];
const AIR = 2;
const SHARES = Array.from({ length: 39 }, (_, i) => 0.5 + Math.ceil(i / 2) * (i % 2 ? 0.02 : -0.02));

// {reach, shares}: the radius, and by "a→b" how far from a to b the disc of their link lies. No disc
// touches a box; none touches another, in a calm layout none of the same node, for there only one
// node's are offered at a time, and a link too short for a disc has none. Three nodes have the middles.
// `helpers` beside the nodes: their links take what the nodes' leave, with the same radius.
export function sharesOf(layout, nodes, helpers = []) {
  const links = nodes.flatMap((a, i) => nodes.slice(i + 1).map((b) => [a, b]));
  const others = helpers.flatMap((helper) => nodes.map((node) => [node, helper]));
  const missing = ({ places }) => places.filter((share) => share === null).length;
  const plain = nodes.length <= 3 && !helpers.length;
  let best = null;
  for (const reach of REACHES) {
    const found = { reach, places: plain ? links.map(() => 0.5) : placed(layout, links, reach) };
    if (!best || missing(found) < missing(best)) best = found;
    if (!missing(best)) break;
  }
  const all = [...links, ...others];
  const places = others.length ? placed(layout, all, best.reach, best.places) : best.places;
  const shares = new Map();
  all.forEach(([a, b], i) => {
    const share = places[i];
    if (share !== null) shares.set(`${a}→${b}`, share).set(`${b}→${a}`, 1 - share);
  });
  return { reach: best.reach, shares };
}

// Where a link is cut, seen from a; its disc is there if it has one.
export const shareOf = (layout, a, b) => layout.shares.get(`${a}→${b}`) ?? 0.5;

const ways = new WeakMap();

// The link as it is drawn: {start, end, share}. Worked out once a layout, which never changes.
export function wayOf(layout, cluster, a, b) {
  if (!ways.has(layout)) ways.set(layout, new Map());
  const known = ways.get(layout);
  const name = `${cluster} ${a} ${b}`;
  if (!known.has(name)) known.set(name, { start: edgeOf(layout, cluster, a, b), end: edgeOf(layout, cluster, b, a), share: shareOf(layout, a, b) });
  return known.get(name);
}

// The mirror image has the mirrored discs, so that one side decides for both. `given`: shares that
// are settled already.
function placed(layout, links, reach, given = []) {
  const names = [...Object.keys(layout.nodes.leader), ...Object.keys(layout.helpers.leader)];
  const boxes = names.map((name) => boxOf(layout, "leader", name));
  const places = ([a, b]) => {
    const [start, end] = [edgeOf(layout, "leader", a, b), edgeOf(layout, "leader", b, a)];
    return (share) => ({ share, point: between(start, end, share) });
  };
  const open = links.map((link) => SHARES.map(places(link)).filter(({ point }) => boxes.every((box) => fromBox(point, box) >= reach + AIR)));
  const chosen = links.map((_, i) => given[i] ?? null);
  const left = new Set(links.keys());
  const settle = (i, point) => {
    left.delete(i);
    for (const other of left) {
      const near = !layout.calm || links[other].some((name) => links[i].includes(name));
      if (near) open[other] = open[other].filter((one) => apart(one.point, point) >= 2 * reach + AIR);
    }
  };
  given.forEach((share, i) => (share === null ? left.delete(i) : settle(i, places(links[i])(share).point)));
  while (left.size) {
    const next = [...left].reduce((best, i) => (open[i].length < open[best].length ? i : best));
    left.delete(next);
    if (!open[next].length) continue;
    const { share, point } = open[next][0];
    chosen[next] = share;
    settle(next, point);
  }
  return chosen;
}

function fromBox([x, y], [left, top, right, bottom]) {
  return Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
}
