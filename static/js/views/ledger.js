// Told and true: a row an operation; opening a row shows the evidence.
import { html, seconds } from "../lib/dom.js";
import { textMark } from "../lib/marks.js";
import { carts, marked } from "../model/carts.js";
import { does } from "../model/ledger.js";
import { EMPTY, words } from "../model/types.js";

function told(side) {
  if (!side.told) return html("span", { class: "second" }, "–");
  const { word, read, type, detail } = side.told;
  if (read) {
    const shown = carts(read).map((one) => [marked(one).map((v) => textMark(v.label)), words(type, one, "empty"), " "]);
    return html("span", {}, "OK: ", shown.length ? shown : type === "cart" ? "empty cart" : EMPTY[type]);
  }
  return html("span", { class: word === "–" ? "second" : "" }, detail ? `nothing to do: ${detail}` : word);
}

function side(entry, show) {
  const cells = [told(entry)];
  if (entry.now && entry.told?.word !== "waits") {
    cells.push(html("span", { class: "arrow", "aria-hidden": "true" }, " → "), html("span", { class: "out-of-sight" }, ", now "));
    cells.push(html("button", {
      type: "button", class: `now${entry.now.broken ? " broken" : ""}`, on: { click: () => show(entry.now.row) },
    }, entry.now.word));
  }
  return html("td", {}, cells);
}

export class LedgerView {
  // act: {evidence(cluster, row)}
  constructor(place, clusters, act) {
    Object.assign(this, { place, clusters, act, shown: "" });
  }

  draw(lines) {
    const key = JSON.stringify(lines.map((line) => [line.op, Object.values(line.sides).map((s) => [s.told?.word, s.told?.read?.length, s.now?.word])]));
    if (key === this.shown) return;
    this.shown = key;
    const head = html("tr", {}, html("th", { scope: "col" }, "Time"), html("th", { scope: "col" }, "Who did what"),
      this.clusters.map((c) => html("th", { scope: "col" }, `${c.title}: told → now`)));
    const rows = lines.map((line) => html("tr", {},
      html("td", { class: "mono" }, seconds(line.at)),
      html("td", {}, line.label ? textMark(line.label) : null, does(line)),
      this.clusters.map((c) => side(line.sides[c.name], (row) => this.act.evidence(c.name, row)))));
    this.place.replaceChildren(lines.length
      ? html("table", { class: "ledger" }, html("thead", {}, head), html("tbody", {}, rows))
      : html("p", { class: "second" }, "Nothing has been told to anybody yet."));
  }
}
