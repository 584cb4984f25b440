// The other ways to read the same rows: copies as a table, the log as sentences, space and time.
import { html, scrollWithin, seconds, svg } from "../lib/dom.js";
import { hue, textMark } from "../lib/marks.js";
import { held } from "../model/fold.js";
import { endOf } from "../model/playback.js";
import { EMPTY, minus, sum } from "../model/types.js";

const MOST_LINES = 300;
const MOST_ARROWS = 400;

export function copies(place, clusters, pictures, key) {
  const nodes = Object.keys(pictures[clusters[0].name].nodes);
  const cell = (picture, name) => {
    const values = held(picture, name, key.name);
    const it = picture.nodes[name];
    const notes = [it.down ? "crashed" : "", it.role === "leader" ? (it.leads ? `leads ${it.leads.map(({ number }) => number).join(", ")}` : `leader, term ${it.term}`) : it.role === "candidate" ? "candidate" : "", it.suspects.length ? `hears no ${it.suspects.join(", ")}` : ""].filter(Boolean);
    return html("td", {}, values.length ? values.map((v) => [textMark(v.label), v.items.map(minus).join(", ") || "empty", v.vector?.length ? html("code", {}, ` {${v.vector.map(([n, c]) => `${n}:${c}`).join(" ")}}`) : "", " "]) : EMPTY[key.type], sum(key.type, values), notes.length ? html("span", { class: "second" }, ` · ${notes.join(" · ")}`) : null);
  };
  place.replaceChildren(html("table", { class: "ledger" },
    html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "Node"), clusters.map((c) => html("th", { scope: "col" }, c.title)))),
    html("tbody", {}, nodes.map((name) => html("tr", {}, html("th", { scope: "row" }, name), clusters.map((c) => cell(pictures[c.name], name)))))));
}

export function log(place, clusters, rows, sentences, at, least, lit) {
  const lines = clusters.flatMap((c) => rows.cluster(c.name).events
    .filter((row) => row.at <= at && least(row))
    .map((row) => ({ row, cluster: c })));
  lines.sort((x, y) => x.row.at - y.row.at || (x.cluster.name < y.cluster.name ? -1 : 1) || x.row.seq - y.row.seq);
  const shown = lines.slice(-MOST_LINES).reverse();
  place.replaceChildren(html("ol", { class: "log", reversed: true }, shown.map(({ row, cluster }) => html("li", lit.includes(row.op) ? { class: "lit" } : {},
    html("span", { class: "mono second" }, seconds(row.at)), html("span", { class: "side" }, cluster.title), html("span", {}, sentences.of(cluster.design, row))))));
  scrollWithin(place, ".lit");
}

// Time runs to the right, a line a node; every arrow is a message. Windowed on the last stops.
export function spaceTime(place, clusters, pictures, flights, { from, at }) {
  const width = 620;
  const scale = (moment) => 60 + ((moment - from) / Math.max(1, at - from)) * (width - 80);
  const drawings = clusters.map((c) => {
    const names = [...Object.keys(pictures[c.name].clients).slice(0, 1), ...Object.keys(pictures[c.name].nodes), ...Object.keys(pictures[c.name].helpers), ...Object.keys(pictures[c.name].clients).slice(1)];
    const lane = Object.fromEntries(names.map((name, i) => [name, 16 + i * 27]));
    const recent = flights[c.name].filter((f) => !f.noise && f.at <= at && endOf(f) > from).slice(-MOST_ARROWS);
    const arrows = recent.map((f) => {
      const end = Math.min(at, endOf(f));
      const share = (end - f.at) / Math.max(1, f.arrives_at - f.at);
      const [x1, x2] = [scale(Math.max(from, f.at)), scale(end)];
      const label = pictures[c.name].values.get(f.carries.at(-1))?.label;
      const [y1, y2] = [lane[f.source], lane[f.source] + (lane[f.target] - lane[f.source]) * share];
      return [svg("line", { x1, y1, x2, y2, style: label ? { stroke: hue(label) } : null, class: label ? "carries" : "" }),
        f.dropped ? svg("text", { x: x2 - 4, y: y2 + 4, class: "dead" }, "×") : null];
    });
    const lanes = names.map((name) => [
      svg("line", { x1: 60, x2: width - 10, y1: lane[name], y2: lane[name], class: "lane" }),
      svg("text", { x: 52, y: lane[name] + 4, "text-anchor": "end" }, name)]);
    return html("figure", {}, html("figcaption", {}, c.title),
      svg("svg", { viewBox: `0 0 ${width} ${names.length * 27 + 8}`, class: "space-time", role: "img", "aria-label": `${c.title}: ${recent.length} messages from ${seconds(from)} to ${seconds(at)}. The log has them in words.` }, lanes, arrows));
  });
  place.replaceChildren(html("div", { class: "two" }, drawings));
}
