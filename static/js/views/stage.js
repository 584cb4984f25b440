// What stands still and can be pressed: links, nodes, counters. One SVG for both clusters.
import { svg } from "../lib/dom.js";
import { exit } from "../lib/geometry.js";
import { KeptDrawing } from "../lib/kept_drawing.js";
import { baseline } from "../lib/labels.js";
import { between, edge } from "../lib/lines.js";
import { arrowhead, linkLines, scissors } from "../lib/link_drawing.js";
import { wayOf } from "../lib/link_places.js";
import { mark } from "../lib/marks.js";
import { boxOf as placeBox } from "../lib/places.js";
import { itemsOf, marked } from "../model/carts.js";
import { LINK_KEYS, NODE_KEYS, STAGE_KEYS, pressed } from "../model/faults.js";
import { held } from "../model/fold.js";
import { nodeLabel, openCounters, regionWord, shortState } from "../model/node_words.js";
import { isAway } from "../model/ring.js";
import { sideWords, troubles } from "../model/side_words.js";
import { newerCopies } from "../model/stale.js";
import { EMPTY, shown as shownVersions } from "../model/types.js";

const FILL_MS = 160;

const shortcuts = (...tables) => tables.flatMap(Object.keys).join(" ");

export class Stage {
  // act: {link(a, b, isCut, cluster), fault(command, cluster), select(cluster, node), mark(node), see(cluster, node)}
  constructor(drawing, clusters, act) {
    Object.assign(this, { drawing, clusters, act });
    this.focused = null;
    this.filled = new Map();
    this.sides = new Map();
    // views/beside.js, once something stands beside the nodes.
    this.helping = null;
    // views/ring_drawing.js, once keys lie on a ring.
    this.ringing = null;
    drawing.addEventListener("keydown", (event) => this.key(event));
    drawing.addEventListener("focusin", (event) => { this.focused = event.target.id; });
  }

  // `offered`: the link that the guide speaks of; `selected`: "cluster/node"; `group`: marked nodes;
  // `key`: the key in focus, {name, type}; `fills`: do ticks fill in time, or stand as they are?
  // `seer`: the node as which its side is seen, {cluster, node, seenBy}.
  draw(layout, truth, { offered, selected, group, key, seer, fills = false }) {
    const pictures = seer ? { ...truth, [seer.cluster]: seer.seenBy(truth[seer.cluster], seer.node) } : truth;
    Object.assign(this, { offered, selected, group, pictures, focus: key });
    const focused = this.drawing.contains(document.activeElement) ? document.activeElement.id : null;
    if (this.layout !== layout) this.begin(layout);
    const changed = this.clusters.filter(({ name }) => this.side(layout, name, pictures[name])).length > 0;
    if (!changed) return;
    this.fill(fills);
    const stops = [...this.drawing.querySelectorAll("[data-stop]")];
    const current = stops.find((stop) => stop.id === this.focused) ?? stops[0];
    for (const stop of stops) {
      const index = stop === current ? "0" : "-1";
      if (stop.getAttribute("tabindex") !== index) stop.setAttribute("tabindex", index);
    }
    if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  // Another arrangement: everything is drawn anew.
  begin(layout) {
    this.layout = layout;
    this.drawing.setAttribute("viewBox", `0 0 ${layout.width} ${layout.height}`);
    this.drawing.replaceChildren(...this.clusters.map(({ name }) => {
      const [things, words] = [svg("g"), svg("g", { class: "words", "aria-hidden": "true" })];
      this.sides.set(name, { things: new KeptDrawing(things), words: new KeptDrawing(words) });
      return svg("g", { "data-side": name }, things, words);
    }));
  }

  // A new tick fills in 160 ms, also when the stage is drawn again meanwhile.
  fill(fills) {
    const now = performance.now();
    const filled = new Map();
    for (const tick of this.drawing.querySelectorAll("[data-tick]")) {
      const key = `${tick.closest("[data-side]").dataset.side}/${tick.dataset.tick}`;
      const since = this.filled.get(key) ?? (fills ? now : -Infinity);
      filled.set(key, since);
      if (now - since >= FILL_MS || tick.classList.contains("filling")) continue;
      tick.classList.add("filling");
      tick.style.setProperty("animation-delay", `${since - now}ms`);
    }
    this.filled = filled;
  }

  key(event) {
    const target = event.target.closest?.("[data-stop]");
    if (!target) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      target.dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: event.shiftKey }));
      return;
    }
    if (event.key === "m" && target.dataset.node && !target.closest(".helper")) {
      this.act.mark(target.dataset.node);
      return;
    }
    const { node, link, cluster } = target.dataset;
    if (event.key === "v" && node && !target.closest(".helper")) {
      this.act.see(cluster, node);
      return;
    }
    const command = event.ctrlKey || event.metaKey || event.altKey ? null : pressed(event.key, { node, link: link?.split(" ") }, this.pictures[cluster]);
    if (command) {
      event.preventDefault();
      this.act.fault(command, cluster);
      return;
    }
    const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    const stops = [...this.drawing.querySelectorAll("[data-stop]")];
    const next = stops[(stops.indexOf(target) + way + stops.length) % stops.length];
    target.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus({ preventScroll: true });
  }

  // Draws what changed; tells whether anything did.
  side(layout, cluster, picture) {
    const names = Object.keys(picture.nodes);
    const helpers = Object.keys(layout.helpers[cluster]).filter((name) => picture.helpers[name]);
    const nodes = Object.fromEntries(names.map((name) => [name, this.asDrawn(layout, cluster, picture, name)]));
    const near = (a, b) => [a, b].some((node) => this.selected === `${cluster}/${node}`);
    const links = names.flatMap((a, i) => [...names.slice(i + 1), ...helpers].map((b) => ({ a, b, near: near(a, b), helper: helpers.includes(b), ...troubles(picture, a, b) })));
    const boxes = { ...Object.fromEntries(names.map((name) => [name, nodes[name].whole])), ...Object.fromEntries(helpers.map((name) => [name, placeBox(layout, cluster, name, 2)])) };
    const words = sideWords(layout, cluster, picture, { boxes, links, offered: this.offered });
    const side = this.sides.get(cluster);
    const onRing = picture.ring && this.ringing ? this.ringing.parts({ layout, cluster, picture, key: this.focus.name, selected: names.find((name) => this.selected === `${cluster}/${name}`) }) : { under: [], over: [] };
    const drawn = side.things.draw([
      ...onRing.under,
      ...Object.keys(picture.clients).map((client) => [`client ${client}`, "", () => clientLink(layout, cluster, client)]),
      ...links.map((link) => [`link ${link.a} ${link.b}`, `${link.words.join()} ${link.near} ${this.offered === link.name}`, () => this.link(layout, cluster, link)]),
      ...newerCopies(picture, this.focus.name).map(({ client, node }) => [`newer ${client}`, node, () => newerCopy(layout, cluster, client, node)]),
      ...(this.helping ? helpers : []).map((name) => this.helper(layout, cluster, picture, name)),
      ...names.map((name) => this.node(layout, cluster, picture, name, nodes[name])),
      ...onRing.over,
    ]);
    const said = side.words.draw([...words].map(([id, spot]) => {
      const open = id.startsWith("ticks ") ? openCounters(picture, id.slice(6)).at(-1) : null;
      return [id, JSON.stringify([spot, open]), () => (open ? counter(open, spot) : spotWords(spot))];
    }));
    return drawn || said;
  }

  helper(layout, cluster, picture, name) {
    const isSelected = this.selected === `${cluster}/${name}`;
    return [name, JSON.stringify([isSelected, regionWord(picture, name), this.helping.lookOf(picture, name)]), () => this.helping.helper({ layout, cluster, picture, name, isSelected, select: this.act.select })];
  }

  // `helper`: from a node to what stands beside them.
  link(layout, cluster, { a, b, near, helper, name, isCut, deaf, slow, lossy, trouble }) {
    const { start, end, share } = wayOf(layout, cluster, a, b);
    const [x, y] = between(start, end, share);
    const offer = !isCut && !deaf.length && this.offered === name;
    const size = layout.reach < 18 ? 14 : 18;
    const drawn = [
      linkLines(start, end, share, isCut || deaf.length),
      !isCut && deaf.length === 1 ? (deaf[0] === `${a}→${b}` ? arrowhead(end, start, 1 - share) : arrowhead(start, end, share)) : null,
      isCut || offer ? scissors([x, y], size, offer) : null,
    ];
    const look = ["link", isCut ? "cut" : "", slow ? "slow" : "", lossy ? "lossy" : "", helper ? "thin" : layout.calm ? "thin calm" : layout.compact ? "thin" : "", near ? "near" : ""].filter(Boolean).join(" ");
    // Of many links only those of the selected node can be pressed; the others are in the inspector.
    const offered = layout.shares.has(`${a}→${b}`) || !(layout.calm || helper);
    if (!offered || ((layout.calm || (layout.compact && helper)) && !near)) return svg("g", { class: `${look} still`, "aria-hidden": "true" }, drawn);
    const title = this.titleOf(cluster);
    return svg("g", {
      id: `link-${cluster}-${a}-${b}`, class: look, role: "button", "data-stop": true, "data-cluster": cluster, "data-link": `${a} ${b}`,
      "aria-keyshortcuts": shortcuts(LINK_KEYS, STAGE_KEYS),
      "aria-label": `${a}–${b}, ${trouble}. ${isCut ? "Heal" : "Cut"} it, ${title}`,
      on: { click: () => this.act.link(a, b, isCut, cluster) },
    }, drawn, svg("circle", { cx: x, cy: y, r: layout.reach, class: "target" }));
  }

  titleOf(cluster) {
    return this.clusters.find((c) => c.name === cluster).title.toLowerCase();
  }

  // A node's versions, its box round its middle, and all that is drawn of it in the stage's pixels.
  asDrawn(layout, cluster, picture, name) {
    const [x, y] = layout.nodes[cluster][name];
    const versions = shownVersions(this.focus.type, held(picture, name, this.focus.name));
    const box = boxOf(layout, picture, versions, y);
    const out = picture.nodes[name].role === "leader" ? 5 : 1;
    return { versions, box, whole: [x + box.x - out, y + box.y - out, x + box.x + box.width + out, y + box.y + box.height + out] };
  }

  // All that a node shows is in its key.
  node(layout, cluster, picture, name, { versions, box }) {
    const it = picture.nodes[name];
    const marks = this.group.has(name);
    const look = ["node", it.role, isAway(picture, name, this.focus.name) ? "away" : "", it.down ? "crashed" : "", it.silent ? "silent" : "", it.sees ? "sees" : "", it.wiped ? "wiped" : "", this.selected === `${cluster}/${name}` ? "selected" : "", marks ? "marked" : "", layout.compact ? "compact" : ""].filter(Boolean).join(" ");
    const shown = { label: nodeLabel(picture, name, marks, versions, EMPTY[this.focus.type]), state: shortState(picture, name), region: regionWord(picture, name), look, marks, box };
    const values = versions.map((cart) => cart.map(({ label, items, part }) => [label, items, part]));
    return [name, JSON.stringify([shown, values]), () => this.nodeDrawing(layout, cluster, name, versions, shown)];
  }

  nodeDrawing(layout, cluster, name, versions, { label, state, region, look, marks, box }) {
    const [x, y] = layout.nodes[cluster][name];
    const wider = (by) => ({ x: box.x - by, y: box.y - by, width: box.width + 2 * by, height: box.height + 2 * by, rx: box.rx + by });
    // The words drawn are for the eye; the box on top has the name that is read out and pressed.
    const drawn = svg("g", { "aria-hidden": "true" },
      look.includes(" leader") ? svg("rect", { class: "outer", ...wider(4) }) : null,
      marks ? svg("rect", { class: "chosen", ...wider(layout.compact ? 6 : 8) }) : null,
      svg("rect", { class: "box", ...box }),
      layout.compact ? compactInside(name, state, versions, box) : inside(layout, name, region, versions, box),
      marks ? [svg("circle", { class: "chosen-ground", cx: box.x, cy: box.y, r: 9 }), scissors([box.x, box.y], 14, false)] : null);
    const press = svg("rect", {
      id: `node-${cluster}-${name}`, class: "press", ...box, role: "button", "data-stop": true, "data-cluster": cluster, "data-node": name,
      "aria-keyshortcuts": shortcuts(NODE_KEYS, { m: 0, v: 0 }, STAGE_KEYS),
      "aria-label": label,
      on: { click: (event) => (event.shiftKey ? this.act.mark(name) : this.act.select(cluster, name)) },
    });
    return svg("g", { class: look, transform: `translate(${x} ${y})` }, drawn, press);
  }
}

const clientLink = (layout, cluster, client) => svg("polyline", { class: "client-link", points: [exit(layout, cluster, client, layout.clients[cluster][client]), ...layout.ways[cluster][client]].join(" ") });

const spotWords = ({ lines, left, top, wide }) => svg("g", {}, lines.map(({ look, text }, i) => svg("text", { class: look, x: left + wide / 2, y: baseline(top, i), "text-anchor": "middle" }, text)));

// From the shopper who was shown less to the newer copy that had been acknowledged.
function newerCopy(layout, cluster, client, node) {
  const from = exit(layout, cluster, client, layout.nodes[cluster][node]);
  const [[x1, y1], [x2, y2]] = [from, edge(layout, layout.nodes[cluster][node], from)];
  return svg("g", { class: "newer", "data-client": client, "data-node": node, "aria-hidden": "true" },
    svg("line", { x1, y1, x2, y2 }), svg("circle", { cx: x2, cy: y2, r: 3 }));
}

// The box round the middle of a node; with room in the middle it grows by a row of versions.
function boxOf(layout, picture, versions, top) {
  const [width, tall] = layout.node;
  const parts = versions.length === 1 ? marked(versions[0]) : [];
  const several = !layout.compact && Math.max(versions.length, parts.length) > 1;
  const lines = versions.length === 1 && parts.length < 2 ? itemsOf(versions[0]).length : 0;
  const small = layout.name === "phone";
  const height = tall + (several ? 20 : lines > 1 && small && !layout.compact ? 12 : 0);
  const radius = picture.design === "leaderless" ? (small && !layout.compact ? 18 : tall / 2) : 6;
  return { x: -width / 2, y: isFoot(layout, top) ? tall / 2 - height : -tall / 2, width, height, rx: Math.min(radius, height > tall ? (small ? 12 : 20) : height / 2) };
}

function inside(layout, name, region, versions, box) {
  const small = layout.name === "phone";
  const parts = versions.length === 1 ? marked(versions[0]) : [];
  const lines = versions.length === 1 && parts.length < 2 ? itemsOf(versions[0]).length : 0;
  return [
    svg("text", { class: "name", y: box.y + 19, "text-anchor": "middle" }, name, svg("tspan", { class: "region" }, region)),
    parts.length > 1 ? partLines(parts, box.y + (small ? 36 : 44), layout) : valueLines(versions, box.y + (small ? (lines > 1 ? 38 : 36) : 44), layout),
  ];
}

// With something close below it, a node grows upwards: the lowest of three above the caption, or on a
// phone above the head, and those above the shoppers there.
function isFoot(layout, top) {
  if (layout.compact) return false;
  if (layout.name === "desktop") return top > layout.height - 120;
  const room = layout.rooms.leader.bounds[3] - top;
  return top > layout.height - 60 || (room > 0 && room < 60);
}

// Among many: name and mark in one line, state or value below; several versions below the name.
function compactInside(name, state, versions, box) {
  const many = versions.length > 1;
  const labels = many ? versions.map((cart) => cart[0].label) : versions.length ? marked(versions[0]).map((value) => value.label) : [];
  const own = labels.length > 1 && !state;
  const [top, foot] = [box.y + 15, box.y + box.height - 13];
  const said = name.length * 8 + 7;
  const room = Math.floor((box.width - 10 - (own ? 0 : said)) / 17);
  const shown = labels.length > room ? labels.slice(0, room - 1) : labels;
  const wide = Math.min(labels.length, room) * 17;
  const start = own ? -wide / 2 : (said - wide) / 2;
  const y = own ? foot : top;
  const items = versions.length ? itemsOf(versions[0]).join(" ") || "empty" : "";
  return [
    svg("text", { class: "name", x: own || !labels.length ? 0 : start - said / 2 - 2, y: top + 5, "text-anchor": "middle" }, name),
    shown.map((label, i) => svg("g", { transform: `translate(${start + 8.5 + i * 17} ${y})` }, mark(label, 7.5))),
    shown.length < labels.length ? svg("text", { class: "more", x: start + shown.length * 17, y: y + 5 }, `+${labels.length - shown.length}`) : null,
    many ? svg("path", { class: "bracket", d: `M${start + 1} ${y - 10}h-3v20h3M${start + wide - 1} ${y - 10}h3v20h-3` }) : null,
    own ? null : svg("text", { class: !state ? "value" : state.length > 10 && box.width < 90 ? "state long" : "state", y: foot + 5, "text-anchor": "middle" }, state || clip(items, Math.floor((box.width - 8) / 8))),
  ];
}

function markedLine(label, items, y, layout) {
  const words = clip(items.join(" ") || "empty", layout.name === "phone" ? 6 : 7);
  const wide = words.length * 7.4 + 24;
  return svg("g", { transform: `translate(${-wide / 2 + 9} ${y})` }, mark(label, 9), svg("text", { class: "value", x: 15, y: 5 }, words));
}

// Where there is no room for words: the marks of the others in one line, at most three and how many more.
function otherMarks(labels, y) {
  const shown = labels.length > 3 ? labels.slice(0, 2) : labels;
  const wide = Math.min(labels.length, 3) * 20;
  return [
    shown.map((label, i) => svg("g", { transform: `translate(${10 - wide / 2 + i * 20} ${y})` }, mark(label, 9))),
    shown.length < labels.length ? svg("text", { class: "more", x: wide / 2 - 18, y: y + 5 }, `+${labels.length - shown.length}`) : null,
  ];
}

// One cart out of several operations: each with its own mark, and no bracket, for nothing conflicts.
function partLines(parts, y, layout) {
  if (parts.length > 2) return [markedLine(parts[0].label, parts[0].items, y, layout), otherMarks(parts.slice(1).map(({ label }) => label), y + 22)];
  return parts.map((value, i) => markedLine(value.label, value.items, y + i * 22, layout));
}

function valueLines(versions, y, layout) {
  if (!versions.length) return null;
  if (versions.length === 1) return oneVersion(marked(versions[0])[0] ?? versions[0][0], itemsOf(versions[0]), y, layout);
  const lines = versions.length > 2 ? versions.slice(0, 1) : versions;
  const shown = lines.map((cart, i) => markedLine(cart[0].label, itemsOf(cart), y + i * 22, layout));
  if (versions.length > 2) shown.push(otherMarks(versions.slice(1).map((cart) => cart[0].label), y + 22));
  if (versions.length > 1) {
    const reach = layout.node[0] / 2 - (layout.name === "phone" ? 4 : 8);
    shown.push(svg("path", { class: "bracket", d: `M${-reach + 4} ${y - 11}h-4v43h4M${reach - 4} ${y - 11}h4v43h-4` }));
  }
  return shown;
}

// One version: its items one below the other, so that a merged cart can be read in the node.
function oneVersion(value, items, y, layout) {
  const all = items.length ? items : ["empty"];
  const small = layout.name === "phone";
  const lines = all.length > 2 ? [all[0], `+${all.length - 1}${small ? "" : " more"}`] : all;
  const words = lines.map((line) => clip(line, small ? 6 : 8));
  const wide = Math.max(...words.map((word) => word.length)) * 7.8 + 24;
  const top = y + 5 - (words.length - 1) * 7;
  return svg("g", { transform: `translate(${-wide / 2 + 9} 0)` },
    svg("g", { transform: `translate(0 ${y})` }, mark(value.label, 9)),
    words.map((word, i) => svg("text", { class: "value", x: 15, y: top + i * 14 }, word)));
}

const clip = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

// N squares, a bracket round the first need; filled as answers come; open with "?" when given up.
function counter(open, { left, top }) {
  const [size, gap, first] = [12, 4, left + 3];
  const squares = Array.from({ length: open.of }, (_, i) =>
    svg("rect", { x: first + i * (size + gap), y: top + 3, width: size, height: size, class: i < open.have ? "got" : "waits", "data-tick": i < open.have && `${open.op}/${open.at}/${i}` }));
  const [start, end] = [first - 3, first + open.need * (size + gap) - gap + 3];
  const words = open.missed ? "?" : `${Math.min(open.have, open.need)} of ${open.need}`;
  return svg("g", { class: "counter" }, squares,
    svg("path", { d: `M${start} ${top}v18h${end - start}${open.reached ? `v-18h${start - end}` : "v-18"}`, class: "need" }),
    svg("text", { x: first + open.of * (size + gap) + 4, y: top + 14 }, words));
}
