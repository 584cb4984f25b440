// The ring in the midst of the nodes: a stroke across it for each position, a dot outside for each key, and
// of the key at hand where it lies, who follows, and what moves. Fetched where there is a ring.
import { svg } from "../lib/dom.js";
import { boxOf } from "../lib/places.js";
import { changeWords, keyWords, listOf, movingRanges, turn } from "../model/ring_words.js";

const AIR = 22;
const LARGEST = 118;
const SMALLEST = 44;

// As large as the nodes leave room for; null: they leave none.
export function placeOf(layout, cluster) {
  const boxes = Object.keys(layout.nodes[cluster]).map((name) => boxOf(layout, cluster, name));
  const [left, top] = [0, 1].map((i) => Math.min(...boxes.map((box) => box[i])));
  const [right, bottom] = [2, 3].map((i) => Math.max(...boxes.map((box) => box[i])));
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const near = ([l, t, r, b]) => Math.hypot(Math.max(l - x, 0, x - r), Math.max(t - y, 0, y - b));
  const radius = Math.min(LARGEST, Math.min(...boxes.map(near)) - AIR);
  return radius < SMALLEST ? null : { x, y, radius };
}

const at = ({ x, y }, part, far) => {
  const angle = part * 2 * Math.PI;
  return [x + far * Math.sin(angle), y - far * Math.cos(angle)];
};

// Along the ring, with the clock.
function arc(place, from, to, look) {
  const long = (to - from + 1) % 1 > 0.5 ? 1 : 0;
  const { radius } = place;
  const [start, end] = [at(place, from, radius), at(place, to, radius)];
  return svg("path", { class: look, d: `M${start.join(" ")}A${radius} ${radius} 0 ${long} 1 ${end.join(" ")}` });
}

function stroke(place, position, look, [inner, outer]) {
  const [[x1, y1], [x2, y2]] = [at(place, turn(position), place.radius + inner), at(place, turn(position), place.radius + outer)];
  return svg("line", { class: look, x1, y1, x2, y2 });
}

// What lies under links and nodes, and what above: parts for a drawing that is kept. Nothing here shows more
// than the ring, the key at hand and the node that is selected.
export function parts(of) {
  const shown = JSON.stringify([of.picture.ring, of.key, of.selected]);
  const made = (name, make) => (placeOf(of.layout, of.cluster) ? [[name, shown, make]] : []);
  return {
    under: made("ring", () => ring(of)),
    over: [...made("ring words", () => words(of)), ["ring places", shown, () => svg("g", {}, places(of))]],
  };
}

// `key`: the one at hand; `selected`: the node whose positions stand out.
function ring({ layout, cluster, picture, key, selected }) {
  const place = placeOf(layout, cluster);
  const { ring: it } = picture;
  const list = listOf(picture, key);
  const tokens = it.tokens.map(([position, owner]) => stroke(place, position, owner === selected ? "ring-token of-selected" : "ring-token", owner === selected ? [-9, 6] : [-4, 4]));
  const keys = Object.entries(it.lies).filter(([name]) => name !== key).map(([name, position]) => {
    const [cx, cy] = at(place, turn(position), place.radius + 10);
    const { reads, writes } = it.homes[name];
    const here = writes.includes(selected);
    const look = ["ring-key", reads.length < writes.length ? "moves" : "", here ? "here" : ""].filter(Boolean).join(" ");
    return svg("circle", { class: look, cx, cy, r: here ? 4.5 : 3 });
  });
  return svg("g", { class: "ring", role: "img", "aria-label": spoken(picture, key) },
    svg("circle", { class: "ring-line", cx: place.x, cy: place.y, r: place.radius }),
    movingRanges(it).map(([from, to]) => arc(place, turn(from), turn(to), "ring-moves")),
    list.length ? arc(place, turn(it.lies[key]), turn(list.at(-1).position), "ring-walk") : null,
    tokens, keys, list.map(({ position }) => stroke(place, position, "ring-token of-home", [-8, 6])),
    list.length ? keyAt(place, turn(it.lies[key])) : null);
}

// What is written on it, above the links.
function words({ layout, cluster, picture, key }) {
  const place = placeOf(layout, cluster);
  return svg("g", { class: "ring", "aria-hidden": "true" }, names(place, listOf(picture, key)), middle(place, picture, key));
}

// The homes' names inside their positions, in the order in which they are met. Neighbours on the ring
// are closer than their names are wide, so names move apart round their own middle.
function names(place, list) {
  const far = place.radius - 26;
  const apart = 28 / (2 * Math.PI * far);
  const parts = list.map(({ position }) => turn(position));
  const since = parts.map((part) => (part - parts[0] + 1) % 1);
  const spread = since.reduce((all, part) => [...all, Math.max(part, all.length ? all.at(-1) + apart : part)], []);
  const shift = list.length ? (spread.at(-1) - since.at(-1)) / 2 : 0;
  return list.map(({ node }, i) => {
    const [x, y] = at(place, parts[0] + spread[i] - shift, far);
    const [[x1, y1], [x2, y2]] = [at(place, parts[i], place.radius - 8), at(place, parts[0] + spread[i] - shift, far + 9)];
    return [svg("line", { class: "ring-leads", x1, y1, x2, y2 }), svg("text", { class: "ring-home", x, y: y + 4, "text-anchor": "middle" }, node)];
  });
}

function keyAt(place, part) {
  const [x, y] = at(place, part, place.radius + 11);
  return svg("path", { class: "ring-at", d: `M${x} ${y - 6}L${x + 6} ${y}L${x} ${y + 6}L${x - 6} ${y}Z` });
}

// In the middle: the key, its homes, and what goes on, as far as there is room.
function middle(place, picture, key) {
  const change = changeWords(picture.ring).split(": ");
  const most = Math.floor((place.radius - 34) / 3.6);
  const fits = (text) => text && text.length <= most;
  const lines = [["ring-name", key], ["ring-words", keyWords(picture, key)], ...change.map((text) => ["ring-words", text])].filter(([, text]) => fits(text));
  return lines.map(([look, text], i) => svg("text", { class: look, x: place.x, y: place.y + 5 + (i - (lines.length - 1) / 2) * 15, "text-anchor": "middle" }, text));
}

function spoken(picture, key) {
  const { members, tokens } = picture.ring;
  const homes = keyWords(picture, key);
  const change = changeWords(picture.ring);
  return `Ring of ${members.length} nodes with ${tokens.length} ranges.${homes ? ` ${key} lies at ${homes}.` : ""}${change ? ` ${change}.` : ""}`;
}

// At each home of the key its place in the list, and + at who gets writes of it as well.
function places({ layout, cluster, picture, key }) {
  const homes = picture.ring.homes[key];
  if (!homes) return [];
  return homes.writes.map((name) => {
    const [left, top] = boxOf(layout, cluster, name);
    const number = homes.reads.indexOf(name) + 1;
    return svg("g", { class: number ? "ring-place" : "ring-place gains", transform: `translate(${left + 4} ${top + 3})`, "data-of": `node-${cluster}-${name}`, "aria-hidden": "true" },
      svg("circle", { r: 9 }), svg("text", { y: 4, "text-anchor": "middle" }, number || "+"));
  });
}
