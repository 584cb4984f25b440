// Where along each link its disc lies: there it is pressed, and there its gap is when it is cut.
import { apart, between, boxAt, edge } from "./lines.js";

// The largest radius is a comfortable target for a finger, the smallest what a pointer needs.
const REACHES = [22, 20, 18, 16, 15, 14, 13, 12];
const AIR = 2;
const SHARES = Array.from({ length: 39 }, (_, i) => 0.5 + Math.ceil(i / 2) * (i % 2 ? 0.02 : -0.02));

// {reach, shares}: the radius, and by "a→b" how far from a to b the disc of their link lies. No disc
// touches a node; none touches another, in a calm layout none of the same node, for there only one
// node's are offered at a time, and a link too short for a disc has none. Three nodes have the middles.
export function sharesOf(layout, nodes) {
  const links = nodes.flatMap((a, i) => nodes.slice(i + 1).map((b) => [a, b]));
  const missing = ({ places }) => places.filter((share) => share === null).length;
  let best = null;
  for (const reach of REACHES) {
    const found = { reach, places: nodes.length > 3 ? placed(layout, links, reach) : links.map(() => 0.5) };
    if (!best || missing(found) < missing(best)) best = found;
    if (!missing(best)) break;
  }
  const shares = new Map();
  links.forEach(([a, b], i) => {
    const share = best.places[i];
    if (share !== null) shares.set(`${a}→${b}`, share).set(`${b}→${a}`, 1 - share);
  });
  return { reach: best.reach, shares };
}

// Where a link is cut, seen from a; its disc is there if it has one.
export const shareOf = (layout, a, b) => layout.shares.get(`${a}→${b}`) ?? 0.5;

// The mirror image has the mirrored discs, so that one side decides for both.
function placed(layout, links, reach) {
  const at = layout.nodes.leader;
  const boxes = Object.values(at).map((place) => boxAt(layout, place));
  const open = links.map(([a, b]) => {
    const [start, end] = [edge(layout, at[a], at[b]), edge(layout, at[b], at[a])];
    return SHARES.map((share) => ({ share, point: between(start, end, share) }))
      .filter(({ point }) => boxes.every((box) => fromBox(point, box) >= reach + AIR));
  });
  const chosen = links.map(() => null);
  const left = new Set(links.keys());
  while (left.size) {
    const next = [...left].reduce((best, i) => (open[i].length < open[best].length ? i : best));
    left.delete(next);
    if (!open[next].length) continue;
    const { share, point } = open[next][0];
    chosen[next] = share;
    for (const i of left) {
      const near = !layout.calm || links[i].some((name) => links[next].includes(name));
      if (near) open[i] = open[i].filter((other) => apart(other.point, point) >= 2 * reach + AIR);
    }
  }
  return chosen;
}

function fromBox([x, y], [left, top, right, bottom]) {
  return Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
}
