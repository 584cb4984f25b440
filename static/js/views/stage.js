// What stands still and can be pressed: links, nodes, counters. One SVG for both clusters.
import { linkName, svg } from "../lib/dom.js";
import { between, edge } from "../lib/geometry.js";
import { mark } from "../lib/marks.js";
import { cartWords, carts, itemsOf, marked } from "../model/carts.js";
import { held } from "../model/fold.js";

const ITEMS_SHOWN = 3;

export class Stage {
  // act: {link(a, b, isCut), select(cluster, node)}
  constructor(drawing, clusters, act) {
    Object.assign(this, { drawing, clusters, act });
    this.focused = null;
    drawing.addEventListener("keydown", (event) => this.key(event));
    drawing.addEventListener("focusin", (event) => { this.focused = event.target.id; });
  }

  draw(layout, pictures, offered, selected) {
    const focused = this.drawing.contains(document.activeElement) ? document.activeElement.id : null;
    this.drawing.setAttribute("viewBox", `0 0 ${layout.width} ${layout.height}`);
    this.drawing.replaceChildren(...this.clusters.map(({ name }) => {
      const picture = pictures[name];
      return svg("g", {},
        this.links(layout, name, picture, offered),
        Object.keys(picture.nodes).map((node) => this.node(layout, name, picture, node, selected)));
    }));
    const stops = [...this.drawing.querySelectorAll("[data-stop]")];
    const current = stops.find((stop) => stop.id === this.focused) ?? stops[0];
    for (const stop of stops) stop.setAttribute("tabindex", stop === current ? "0" : "-1");
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  key(event) {
    const target = event.target.closest?.("[data-stop]");
    if (!target) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      target.dispatchEvent(new MouseEvent("click", { bubbles: true }));
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

  links(layout, cluster, picture, offered) {
    const names = Object.keys(picture.nodes);
    const found = [];
    for (const [name, client] of Object.entries(picture.clients)) {
      const from = layout.clients[cluster][name];
      const [x, y] = edge(layout, layout.nodes[cluster][client.entry], from);
      found.push(svg("line", { class: "client-link", x1: from[0], y1: from[1], x2: x, y2: y }));
    }
    names.forEach((a, i) => names.slice(i + 1).forEach((b) => {
      found.push(this.link(layout, cluster, picture, a, b, offered));
    }));
    return found;
  }

  link(layout, cluster, picture, a, b, offered) {
    const [from, to] = [layout.nodes[cluster][a], layout.nodes[cluster][b]];
    const [start, end] = [edge(layout, from, to), edge(layout, to, from)];
    const [x, y] = between(start, end, 0.5);
    const isCut = picture.cut.has(linkName(a, b));
    const long = Math.hypot(end[0] - start[0], end[1] - start[1]);
    const deaf = [[a, b], [b, a]].filter(([x, y]) => picture.oneWay.has(`${x}→${y}`)).map(([x, y]) => `${x}→${y}`);
    const lines = isCut || deaf.length
      ? [[start, between(start, end, 0.5 - 14 / long)], [between(start, end, 0.5 + 14 / long), end]]
      : [[start, end]];
    const offer = !isCut && offered === linkName(a, b);
    const title = this.clusters.find((c) => c.name === cluster).title.toLowerCase();
    const [slow, lossy] = [picture.slow.get(linkName(a, b)), picture.lossy.get(linkName(a, b))];
    const words = [...deaf.map((way) => `no ${way}`), slow ? `×${slow}` : "", lossy ? `${lossy} %` : ""].filter(Boolean).join(" · ");
    const trouble = [isCut ? "cut, both ways" : deaf.length ? `nothing passes ${deaf.join(" nor ").replaceAll("→", " to ")}` : "whole", slow ? `${slow} times as slow` : "", lossy ? `loses ${lossy} %` : ""].filter(Boolean).join(", ");
    return svg("g", {
      id: `link-${cluster}-${a}-${b}`, class: `link${isCut ? " cut" : ""}${slow ? " slow" : ""}${lossy ? " lossy" : ""}`, role: "button", "data-stop": true,
      "aria-label": `${a}–${b}, ${trouble}. ${isCut ? "Heal" : "Cut"} it, ${title}`,
      on: { click: () => this.act.link(a, b, isCut) },
    },
    lines.map(([p, q]) => svg("line", { x1: p[0], y1: p[1], x2: q[0], y2: q[1] })),
    isCut || offer ? svg("use", { href: "/static/vendor/lucide/sprite.svg#scissors", x: x - 9, y: y - 9, width: 18, height: 18, class: offer ? "offer" : "scissors" }) : null,
    isCut ? svg("text", { x: x + 16, y: y + 5, class: "cut-word" }, "cut") : null,
    words ? svg("text", { x: x + 11, y: y + (isCut ? 20 : 5), class: "cut-word" }, words) : null,
    svg("circle", { cx: x, cy: y, r: 22, class: "target" }));
  }

  node(layout, cluster, picture, name, selected) {
    const it = picture.nodes[name];
    const [x, y] = layout.nodes[cluster][name];
    const [width, tall] = layout.node;
    const leaderless = picture.design === "leaderless";
    const radius = leaderless ? tall / 2 : 6;
    const versions = carts(held(picture, name));
    const parts = versions.length === 1 ? marked(versions[0]) : [];
    const rows = Math.max(1, Math.min(Math.max(versions.length, parts.length), 2));
    const lines = versions.length === 1 && parts.length < 2 ? itemsOf(versions[0]).length : 0;
    const small = layout.name === "phone";
    const height = tall + (rows > 1 ? 20 : lines > 1 && small ? 12 : 0);
    const box = { x: -width / 2, y: -height / 2, width, height, rx: Math.min(radius, rows > 1 || height > tall ? (small ? 12 : 20) : height / 2) };
    const leads = it.role === "leader";
    const tab = tabText(picture, it, name);
    const state = [it.down ? "crashed" : "", selected === `${cluster}/${name}` ? "selected" : ""].join(" ");
    // The words drawn are for the eye; the box on top has the name that is read out and pressed.
    const drawn = svg("g", { "aria-hidden": "true" },
    leads ? svg("rect", { class: "outer", x: box.x - 4, y: box.y - 4, width: width + 8, height: height + 8, rx: box.rx + 4 }) : null,
    svg("rect", { class: "box", ...box }),
    svg("text", { class: "name", y: box.y + 19, "text-anchor": "middle" }, name),
    parts.length > 1 ? partLines(parts, box.y + (small ? 36 : 44), layout) : valueLines(versions, box.y + (small ? (lines > 1 ? 40 : 36) : 44), layout),
    tab ? svg("text", { class: `tab${tab.startsWith("Thinks") ? " hollow" : ""}`, y: box.y - 9, "text-anchor": "middle" }, tab) : null,
    it.suspects.length && !it.down ? svg("text", { class: "suspects", y: box.y + height + 15, "text-anchor": "middle" }, `hears no ${it.suspects.join(", ")}`) : null,
    counter(picture, name, box.y + height + (it.suspects.length ? 20 : 6)));
    const press = svg("rect", {
      id: `node-${cluster}-${name}`, class: "press", ...box, role: "button", "data-stop": true,
      "aria-label": nodeLabel(picture, name, tab), on: { click: () => this.act.select(cluster, name) },
    });
    return svg("g", { class: `node ${it.role} ${state}`, transform: `translate(${x} ${y})` }, drawn, press);
  }
}

function tabText(picture, it, name) {
  if (it.down) return "Crashed";
  if (it.paused) return "‖ Paused";
  if (picture.design === "leaderless") return coordinates(picture, name) ? "Coordinates" : "";
  if (it.role === "leader") return it.term < picture.term ? `Thinks it leads · term ${it.term}` : `Leader · term ${it.term}`;
  return it.role === "candidate" ? `Candidate · ${it.votes}` : "";
}

function openCounters(picture, name) {
  return [...picture.counters.values()].filter((c) => c.node === name && !picture.ops.get(c.op)?.told);
}

const coordinates = (picture, name) => openCounters(picture, name).length > 0;

function nodeLabel(picture, name, tab) {
  const it = picture.nodes[name];
  const versions = carts(held(picture, name));
  const holds = versions.length > 1
    ? `holds ${versions.length} versions: ${versions.map((cart) => cartWords(cart)).join(" | ")}`
    : `holds ${cartWords(versions[0] ?? [], "an empty cart")}`;
  return [name, tab, holds, it.suspects.length ? `hears no ${it.suspects.join(", ")}` : ""].filter(Boolean).join(", ");
}

function markedLine(label, items, y, layout) {
  const words = clip(items.join(" ") || "empty", layout.name === "phone" ? 7 : 9);
  const wide = words.length * 7.4 + 24;
  return svg("g", { transform: `translate(${-wide / 2 + 9} ${y})` }, mark(label, 9), svg("text", { class: "value", x: 15, y: 5 }, words));
}

// One cart out of several operations: each with its own mark, and no bracket, for nothing conflicts.
function partLines(parts, y, layout) {
  const shown = parts.slice(0, 2).map((value, i) => markedLine(value.label, value.items, y + i * 22, layout));
  if (parts.length > 2) shown.push(svg("text", { class: "more", x: 40, y: y + 27 }, `+${parts.length - 2}`));
  return shown;
}

function valueLines(versions, y, layout) {
  if (!versions.length) return null;
  if (versions.length === 1) return oneVersion(marked(versions[0])[0] ?? versions[0][0], itemsOf(versions[0]), y);
  const shown = versions.slice(0, 2).map((cart, i) => markedLine(cart[0].label, itemsOf(cart), y + i * 22, layout));
  if (versions.length > 2) shown.push(svg("text", { class: "more", x: 40, y: y + 27 }, `+${versions.length - 2}`));
  if (versions.length > 1) {
    const reach = layout.node[0] / 2 - (layout.name === "phone" ? 4 : 8);
    shown.push(svg("path", { class: "bracket", d: `M${-reach + 4} ${y - 11}h-4v43h4M${reach - 4} ${y - 11}h4v43h-4` }));
  }
  return shown;
}

// One version: its items one below the other, so that a merged cart can be read in the node.
function oneVersion(value, items, y) {
  const all = items.length ? items : ["empty"];
  const lines = all.length > 2 ? [all[0], `+${all.length - 1} more`] : all;
  const words = lines.map((line) => clip(line, 8));
  const wide = Math.max(...words.map((word) => word.length)) * 7.8 + 24;
  const top = y + 5 - (words.length - 1) * 7;
  return svg("g", { transform: `translate(${-wide / 2 + 9} 0)` },
    svg("g", { transform: `translate(0 ${y})` }, mark(value.label, 9)),
    words.map((word, i) => svg("text", { class: "value", x: 15, y: top + i * 14 }, word)));
}

const clip = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

// N squares, a bracket round the first need; filled as answers come; open with "?" when given up.
function counter(picture, name, y) {
  const open = openCounters(picture, name).slice(-1)[0];
  if (!open) return null;
  const [size, gap] = [12, 4];
  const wide = open.of * (size + gap) - gap;
  const squares = Array.from({ length: open.of }, (_, i) =>
    svg("rect", { x: -wide / 2 + i * (size + gap), y: y + 4, width: size, height: size, class: i < open.have ? "got" : "waits" }));
  const end = -wide / 2 + open.need * (size + gap) - gap + 3;
  const start = -wide / 2 - 3;
  const words = open.missed ? "?" : `${Math.min(open.have, open.need)} of ${open.need}`;
  return svg("g", { class: "counter" }, squares,
    svg("path", { d: `M${start} ${y + 1}v18h${end - start}${open.reached ? `v-18h${start - end}` : "v-18"}`, class: "need" }),
    svg("text", { x: wide / 2 + 8, y: y + 15 }, words));
}
