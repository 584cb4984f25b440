// Where things stand, in the stage's own pixels: two compositions of the same drawing, for any
// number of nodes and two or three shoppers. Node i of one side faces node i of the other.
import { sharesOf } from "./link_places.js";
import { apart, boxAt, crosses } from "./lines.js";

export const BREAK = "(max-width: 1099px)";

// With more nodes than this all pairs are too many discs: only one node's links are offered at once.
const MOST_FOR_ALL = 6;

const THREE = {
  desktop: [[456, 120], [152, 232], [456, 344]],
  phone: { leader: [[75, 120], [195, 58], [315, 120]], leaderless: [[75, 304], [195, 374], [315, 304]] },
};

// Cards from the top (desktop) or from the left (phone); the third client stands in the middle.
const CARDS = {
  desktop: { 2: { tops: [60, 286], between: 199 }, 3: { tops: [8, 306, 138], between: 268 } },
  phone: { 2: { lefts: [6, 202], wide: 182, tall: 88 }, 3: { lefts: [6, 266, 136], wide: 118, tall: 172 } },
};

// `nodes`: names in order; `clients`: [{name, entry}]; `kind`: "desktop" or "phone".
export function layoutOf(kind, nodes, clients) {
  const layout = kind === "phone" ? phone(nodes, clients) : desktop(nodes, clients);
  layout.compact = nodes.length > 3;
  layout.calm = nodes.length > MOST_FOR_ALL;
  layout.clients = anchors(layout, clients);
  Object.assign(layout, sharesOf(layout, nodes));
  return layout;
}

const named = (names, points) => Object.fromEntries(names.map((name, i) => [name, points[i]]));
const slots = (clients) => Math.min(3, Math.max(2, clients.length));

// More than three stand one below the other, with what is for all of them at the foot.
const STEP = 130;
const column = (count) => ({ tops: Array.from({ length: count }, (_, i) => 8 + i * STEP), between: 8 + count * STEP });

function desktop(nodes, clients) {
  const size = nodes.length <= 3 ? [96, 64] : nodes.length <= 6 ? [108, 48] : [80, 44];
  // A ring leaves a line free above it, for the latencies.
  const left = nodes.length === 3 ? THREE.desktop : ring(nodes.length, [276, 240], [248 - size[0] / 2, 164 - size[1] / 2], 0);
  const { tops, between } = clients.length > 3 ? column(clients.length) : CARDS.desktop[slots(clients)];
  const tall = clients.length > 3 ? between + 44 : nodes.length > 3 || clients.length > 2 ? 456 : 440;
  return {
    name: "desktop", width: 1280, height: tall, tall, node: size, reach: 22, between,
    nodes: { leader: named(nodes, left), leaderless: named(nodes, left.map(([x, y]) => [1280 - x, y])) },
    cards: named(clients.map((c) => c.name), tops.map((top) => [544, top, 192, 124])),
  };
}

// Each side's ring needs its height; what is below moves down with it.
const RING_TALL = { 4: 240, 5: 310, 6: 340 };

function phone(nodes, clients) {
  const many = nodes.length > 3;
  const size = many ? [nodes.length <= 6 ? 96 : 76, 46] : [80, 48];
  const { lefts, wide, tall: one } = CARDS.phone[slots(clients)];
  const tall = one * Math.ceil(clients.length / 3);
  const top = many ? 52 : 34;
  const ringTall = many ? RING_TALL[nodes.length] ?? 42 * nodes.length : 110;
  const cards = top + ringTall + (many ? 10 : 7);
  const place = (i) => (clients.length > 3 ? [6 + 130 * (i % 3), cards + one * Math.floor(i / 3)] : [lefts[i], cards]);
  const below = cards + tall + (clients.length > 2 ? 58 : many ? 42 : 41);
  const height = below + (many ? ringTall + 42 : 138);
  const middle = [195, top + ringTall / 2];
  const upper = many ? ring(nodes.length, middle, [187 - size[0] / 2, (ringTall - size[1]) / 2], Math.PI / 2) : null;
  const three = { ...THREE.phone, leaderless: THREE.phone.leaderless.map(([x, y]) => [x, y + below - 280]) };
  return {
    name: "phone", width: 390, height, tall: height + 90, node: size, reach: 22, between: cards + 44,
    nodes: {
      leader: named(nodes, upper ?? three.leader),
      leaderless: named(nodes, upper ? upper.map(([x, y]) => [x, below + top + ringTall - y]) : three.leaderless),
    },
    cards: named(clients.map((c) => c.name), clients.map((_, i) => [...place(i), wide, one])),
  };
}

// Points on a rounded rectangle, equally far along it, from `start` against the clock (0: the right,
// where the shoppers of the left side are), half a step off, so that first and last face the shoppers.
function ring(count, [x, y], [wide, tall], start) {
  const fine = 1440;
  const bow = (v) => Math.sign(v) * Math.abs(v) ** 0.82;
  const at = (i) => {
    const angle = start === 0 ? -(i / fine) * 2 * Math.PI : start + (i / fine) * 2 * Math.PI;
    return [x + wide * bow(Math.cos(angle)), y + tall * bow(Math.sin(angle))];
  };
  const sums = [0];
  for (let i = 1; i <= fine; i += 1) sums.push(sums[i - 1] + apart(at(i - 1), at(i)));
  return Array.from({ length: count }, (_, k) => {
    const [px, py] = at(sums.findIndex((sum) => sum >= (sums[fine] * (k + 0.5)) / count));
    return [Math.round(px), Math.round(py)];
  });
}

// Where a client's messages set out: as near to its entry as its card allows; where the straight way
// would run through another node, further along the line on which the cards stand.
function anchors(layout, clients) {
  const of = (side) => Object.fromEntries(clients.map(({ name, entry }) => [name, anchor(layout, side, name, entry)]));
  return { leader: of("leader"), leaderless: of("leaderless") };
}

function anchor(layout, side, name, entry) {
  const flat = layout.name === "phone";
  const target = layout.nodes[side][entry];
  const wish = exit(layout, side, name, target)[flat ? 0 : 1];
  const point = (along) => exit(layout, side, name, flat ? [along, 0] : [0, along], true);
  const others = Object.entries(layout.nodes[side]).filter(([other]) => other !== entry).map(([, place]) => boxAt(layout, place, 4));
  const met = (along) => others.filter((box) => crosses(point(along), target, box)).length;
  const tries = [wish, ...Array.from({ length: 90 }, (_, i) => 12 + i * 4)].map((along) => ({ along, met: met(along) }));
  return point(tries.sort((a, b) => a.met - b.met || Math.abs(a.along - wish) - Math.abs(b.along - wish))[0].along);
}

// The place on a card's edge nearest to a point; `beyond`: on the line of that edge, however far.
export function exit(layout, side, name, [x, y], beyond = false) {
  const [left, top, wide, tall] = layout.cards[name];
  const along = (value, start, length) => (beyond ? value : Math.min(start + length - 12, Math.max(start + 12, value)));
  if (layout.name === "desktop") return [side === "leader" ? left - 6 : left + wide + 6, along(y, top, tall)];
  const above = layout.compact ? -4 : 5;
  // Of several rows of cards, lines set out at the edge of all.
  const cards = Object.values(layout.cards);
  return [along(x, left, wide), side === "leader" ? Math.min(...cards.map((one) => one[1])) + above : Math.max(...cards.map((one) => one[1] + one[3])) + 7];
}

export function placeOf(layout, cluster, name) {
  return layout.nodes[cluster][name] ?? layout.clients[cluster][name];
}
