// Where things stand, in the stage's own pixels: two compositions of the same drawing, for any
// number of nodes and two or three shoppers. Node i of one side faces node i of the other.
import { sharesOf } from "./link_places.js";
import { apart, crosses } from "./lines.js";
import { boxOf, edgeOf, placeOf } from "./places.js";

export const BREAK = "(max-width: 1099px)";

// With more nodes than this all pairs are too many discs: only one node's links are offered at once.
const MOST_FOR_ALL = 6;

const THREE = {
  desktop: [[456, 120], [152, 232], [456, 344]],
  // With a proxy between them and the shoppers.
  proxied: [[400, 120], [110, 232], [400, 344]],
  phone: { leader: [[75, 120], [195, 58], [315, 120]], leaderless: [[75, 304], [195, 374], [315, 304]] },
};

// Cards from the top (desktop) or from the left (phone); the third client stands in the middle.
const CARDS = {
  desktop: { 2: { tops: [60, 286], between: 199 }, 3: { tops: [8, 306, 138], between: 268 } },
  phone: { 2: { lefts: [6, 202], wide: 182, tall: 88 }, 3: { lefts: [6, 266, 136], wide: 118, tall: 172 } },
};

// Of what stands beside the nodes: in their midst, but the proxy between them and the shoppers.
const SIZES = { desktop: { midst: [108, 44], proxy: [72, 40] }, phone: { midst: [108, 44], proxy: [62, 38] } };
// On a phone three nodes make room for it.
const ROOM = { midst: 56, proxy: 52 };

// `nodes`: names in order; `clients`: [{name, entry}]; `kind`: "desktop" or "phone"; `helpers`: by
// side, the names of what stands beside its nodes.
export function layoutOf(kind, nodes, clients, helpers = {}) {
  const beside = { leader: helpers.leader ?? [], leaderless: helpers.leaderless ?? [] };
  const layout = kind === "phone" ? phone(nodes, clients, beside.leader) : desktop(nodes, clients, beside.leader);
  layout.compact = nodes.length > 3;
  layout.calm = nodes.length > MOST_FOR_ALL;
  layout.sizes = SIZES[kind];
  layout.helpers = Object.fromEntries(Object.entries(beside).map(([side, names]) => [side, named(names, names.map((name) => layout.beside[name === "proxy" ? "proxy" : "midst"]))]));
  // Clients ask the proxy where there is one.
  const asked = (side) => clients.map(({ name, entry }) => [name, layout.helpers[side].proxy ? "proxy" : entry]);
  layout.entries = { leader: Object.fromEntries(asked("leader")), leaderless: Object.fromEntries(asked("leaderless")) };
  layout.clients = anchors(layout);
  layout.ways = Object.fromEntries(Object.entries(layout.entries).map(([side, entries]) => [side, waysOf(layout, side, entries)]));
  Object.assign(layout, sharesOf(layout, nodes, Object.keys(layout.helpers.leader)));
  return layout;
}

// Of each client the line from where its messages set out to where they arrive.
function waysOf(layout, side, entries) {
  return Object.fromEntries(Object.entries(entries).map(([client, entry]) => [client, [layout.clients[side][client], edgeOf(layout, side, entry, client)]]));
}

const named = (names, points) => Object.fromEntries(names.map((name, i) => [name, points[i]]));
const slots = (clients) => Math.min(3, Math.max(2, clients.length));

// More than three stand one below the other, with what is for all of them at the foot.
const STEP = 130;
const column = (count) => ({ tops: Array.from({ length: count }, (_, i) => 8 + i * STEP), between: 8 + count * STEP });

function desktop(nodes, clients, beside) {
  const proxied = beside.includes("proxy");
  const size = nodes.length <= 3 ? [96, 64] : nodes.length <= 6 ? [108, 48] : [80, 44];
  // A ring leaves a line free above it, for the latencies.
  const left = nodes.length === 3 ? THREE[proxied ? "proxied" : "desktop"] : ring(nodes.length, [276, 240], [248 - size[0] / 2, 164 - size[1] / 2], 0);
  const { tops, between } = clients.length > 3 ? column(clients.length) : CARDS.desktop[slots(clients)];
  const tall = clients.length > 3 ? between + 44 : nodes.length > 3 || clients.length > 2 ? 456 : 440;
  return {
    name: "desktop", width: 1280, height: tall, tall, node: size, reach: 22, between,
    nodes: { leader: named(nodes, left), leaderless: named(nodes, left.map(([x, y]) => [1280 - x, y])) },
    cards: named(clients.map((c) => c.name), tops.map((top) => [544, top, 192, 124])),
    beside: nodes.length === 3 ? { midst: [proxied ? 290 : 318, 232], proxy: [490, 232] } : { midst: [276, 240], proxy: [494, 240] },
    rooms: {
      leader: { bounds: [6, 44, 530, tall - 42], solid: [[0, 0, 530, 52], [0, 52, 236, 72]] },
      leaderless: { bounds: [750, 44, 1274, tall - 42], solid: [[750, 0, 1280, 52], [750, 52, 976, 72]] },
    },
  };
}

// Each side's ring needs its height; what is below moves down with it.
const RING_TALL = { 4: 240, 5: 310, 6: 340 };

function phone(nodes, clients, beside) {
  const many = nodes.length > 3;
  // Three nodes and what stands in their midst: the lower two move down. Below all is the proxy.
  const midst = !many && beside.some((name) => name !== "proxy") ? ROOM.midst : 0;
  const proxy = beside.includes("proxy") ? ROOM.proxy : 0;
  const size = many ? [nodes.length <= 6 ? 96 : 76, 46] : [80, 48];
  const { lefts, wide, tall: one } = CARDS.phone[slots(clients)];
  const tall = one * Math.ceil(clients.length / 3);
  const top = many ? 52 : 34;
  const ringTall = many ? RING_TALL[nodes.length] ?? 42 * nodes.length : 110 + midst;
  const cards = top + ringTall + proxy + (many ? 10 : 7);
  const place = (i) => (clients.length > 3 ? [6 + 130 * (i % 3), cards + one * Math.floor(i / 3)] : [lefts[i], cards]);
  const below = cards + tall + (clients.length > 2 ? 58 : many ? 42 : 41);
  const height = below + (many ? ringTall + 42 : 138);
  const wait = clients.length > 2 ? 6 : 17;
  const middle = [195, top + ringTall / 2];
  const upper = many ? ring(nodes.length, middle, [187 - size[0] / 2, (ringTall - size[1]) / 2], Math.PI / 2) : null;
  const three = {
    leader: THREE.phone.leader.map(([x, y]) => [x, y > 60 ? y + midst : y]),
    leaderless: THREE.phone.leaderless.map(([x, y]) => [x, y + below - 280]),
  };
  return {
    name: "phone", width: 390, height, tall: height + 90, node: size, reach: 22, between: cards + 44,
    nodes: {
      leader: named(nodes, upper ?? three.leader),
      leaderless: named(nodes, upper ? upper.map(([x, y]) => [x, below + top + ringTall - y]) : three.leaderless),
    },
    cards: named(clients.map((c) => c.name), clients.map((_, i) => [...place(i), wide, one])),
    beside: many ? { midst: [195, top + ringTall / 2], proxy: [195, cards - 26] } : { midst: [195, 122], proxy: [195, cards - 26] },
    rooms: {
      leader: { bounds: [2, 24, 388, cards], solid: [[0, 0, 390, 27], [226, 26, 390, 52]] },
      leaderless: { bounds: [2, below - wait, 388, height - 3], solid: [[226, height - 36, 390, height - 9]] },
    },
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
function anchors(layout) {
  const of = (side) => Object.fromEntries(Object.entries(layout.entries[side]).map(([name, entry]) => [name, anchor(layout, side, name, entry)]));
  return { leader: of("leader"), leaderless: of("leaderless") };
}

function anchor(layout, side, name, entry) {
  const flat = layout.name === "phone";
  const target = placeOf(layout, side, entry);
  const wish = exit(layout, side, name, target)[flat ? 0 : 1];
  const point = (along) => exit(layout, side, name, flat ? [along, 0] : [0, along], true);
  // What stands in the nodes' midst is drawn over the lines.
  const all = [...Object.keys(layout.nodes[side]), ...Object.keys(layout.helpers[side]).filter((name) => name === "proxy")];
  const others = all.filter((other) => other !== entry).map((other) => boxOf(layout, side, other, 4));
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
