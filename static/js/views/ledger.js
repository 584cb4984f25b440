// Told and true: a row an operation; opening a row shows the evidence.
import { html, scrollWithin, seconds } from "../lib/dom.js";
import { textMark } from "../lib/marks.js";
import { carts, marked } from "../model/carts.js";
import { does } from "../model/ledger.js";
import { EMPTY, words } from "../model/types.js";

function told(side) {
  if (!side.told) return html("span", { class: "second" }, "–");
  const { word, read, type, detail } = side.told;
  if (read) {
    const shown = carts(read).map((one, i) => [i ? html("span", { class: "out-of-sight" }, "| ") : "", marked(one).map((v) => textMark(v.label)), words(type, one, "empty"), " "]);
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

const MOST_LINES = 200;

export class LedgerView {
  // act: {evidence(cluster, row), again()}
  constructor(place, clusters, act) {
    Object.assign(this, { place, clusters, act, shown: "", background: false });
  }

  // Only where somebody works in the background there is a choice to see it.
  choice() {
    return html("label", { class: "mirror" }, html("input", {
      type: "checkbox", checked: this.background,
      on: { change: (event) => { this.background = event.target.checked; this.act.again(); this.place.querySelector("input")?.focus(); } },
    }), " Show background");
  }

  // `lit`: the operations that are being shown
  draw(all, crowded, lit) {
    const lines = all.slice(0, MOST_LINES);
    const key = JSON.stringify([lit, crowded, this.background, all.length, lines.map((line) => [line.op, Object.values(line.sides).map((s) => [s.told?.word, s.told?.read?.length, s.now?.word])])]);
    if (key === this.shown) return;
    this.shown = key;
    const head = html("tr", {}, html("th", { scope: "col" }, "Time"), html("th", { scope: "col" }, "Who did what"),
      this.clusters.map((c) => html("th", { scope: "col" }, `${c.title}: told → now`)));
    const rows = lines.map((line) => html("tr", lit.includes(line.op) ? { class: "lit", "aria-current": "true" } : {},
      html("td", { class: "mono" }, seconds(line.at)),
      html("td", {}, line.label ? textMark(line.label) : null, does(line)),
      this.clusters.map((c) => side(line.sides[c.name], (row) => this.act.evidence(c.name, row)))));
    const more = all.length > lines.length ? html("p", { class: "second" }, `The newest ${lines.length} of ${all.length}.`) : "";
    this.place.replaceChildren(...(crowded ? [this.choice()] : []), lines.length
      ? html("table", { class: "ledger" }, html("thead", {}, head), html("tbody", {}, rows))
      : html("p", { class: "second" }, "Nothing has been told to anybody yet."), more);
    scrollWithin(this.place, ".lit");
  }
}
