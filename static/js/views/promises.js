// The promises of both clusters with what the judge says of them by now; opening one shows its
// evidence: the operations as bars in time, the order that cannot be, and the same in words.
import { html, seconds, svg } from "../lib/dom.js";
import { impossible, inWords, promiseLines, spans } from "../model/promises.js";

const [WIDTH, ROW, LEFT] = [360, 34, 8];

export class PromisesView {
  // act: {open(cluster, promise), show(what, at)}; `form`: asks about what is not followed
  constructor(place, clusters, promises, act, form) {
    this.list = html("div", {});
    place.replaceChildren(this.list, form);
    Object.assign(this, { clusters, promises, act, form, shown: "" });
  }

  draw(pictures, selected) {
    const lines = promiseLines(this.promises, pictures);
    const copies = this.clusters.map((c) => pictures[c.name].findings.durable_copies ?? null);
    const key = JSON.stringify([selected?.promise, selected?.cluster, lines.map((line) => Object.values(line.sides).map((side) => side?.word)), copies.map((row) => row?.count)]);
    if (key === this.shown) return;
    this.shown = key;
    const cell = (c, line) => {
      const side = line.sides[c.name];
      if (!side) return html("td", { class: "second" }, "–");
      return html("td", {}, html("button", {
        type: "button", id: `promise-${c.name}-${line.name}`, class: `now${side.broken ? " broken" : ""}`, "aria-label": `${line.title}, ${c.title.toLowerCase()}: ${side.word}`,
        on: { click: () => this.act.open(c.name, line.name) },
      }, side.word));
    };
    const had = document.activeElement?.id;
    this.list.replaceChildren(html("table", { class: "ledger promises" },
      html("thead", {}, html("tr", {}, html("th", { scope: "col" }, "Promise"), this.clusters.map((c) => html("th", { scope: "col" }, `${c.title}: so far`)))),
      html("tbody", {},
        lines.map((line) => html("tr", selected?.promise === line.name ? { class: "lit" } : {}, html("th", { scope: "row", title: line.says }, line.title), this.clusters.map((c) => cell(c, line)))),
        html("tr", {}, html("th", { scope: "row" }, "Disks that had a write at its OK"), copies.map((row) => html("td", { title: row?.because ?? null }, row ? `at least ${row.count}` : "–"))))));
    if (had?.startsWith("promise-")) document.getElementById(had)?.focus({ preventScroll: true });
  }

  // ---- the evidence, in the inspector's place -------------------------------------------------

  key({ cluster, promise }, pictures) {
    const row = pictures[cluster].findings[promise];
    return [row?.verdict, row?.count];
  }

  // `what`: {cluster, promise, op: the one shown, from: {branch, at}}; `now`: {branch, at}
  body(what, pictures, sentences, rows, now) {
    const { cluster, promise } = what;
    const { title, design } = this.clusters.find((c) => c.name === cluster);
    const line = promiseLines({ [promise]: this.promises[promise] }, { [cluster]: pictures[cluster] })[0];
    const { row, verdict } = line.sides[cluster];
    const { events } = rows.cluster(cluster);
    const back = what.from && what.from.branch === now.branch && what.from.at > now.at;
    const ops = row ? spans(row, events, row.at) : [];
    const go = (one) => this.act.show({ ...what, op: one.op, ops: ops.map(({ op }) => op) }, one.to ?? one.from);
    return [
      html("div", { class: "count-head" }, html("h2", {}, `${line.title}: ${line.sides[cluster].word}`),
        back ? html("button", { type: "button", class: "own go-back", on: { click: () => this.act.show(what, what.from.at) } }, `Back to ${seconds(what.from.at)}`) : null),
      html("p", {}, row ? row.because : "Nothing has broken it so far."),
      ops.length ? bars(ops, verdict === "broken") : null,
      ops.length ? html("ol", { class: "cases" }, ops.map((one) => html("li", one.op === what.op ? { class: "lit" } : {}, html("button", {
        type: "button", class: "own case", "aria-current": one.op === what.op ? "true" : null, on: { click: () => go(one) },
      }, html("span", { class: "mono second" }, `${seconds(one.from)} – ${one.to === null ? "no answer" : seconds(one.to)}`), ` ${inWords(one)}`)))) : null,
      row && !ops.length ? html("ol", { class: "log proof" }, row.evidence.map((seq) => events[seq]).filter(Boolean).map((event) => html("li", {},
        html("span", { class: "mono second" }, seconds(event.at)), html("span", {}, sentences.of(design, event))))) : null,
      html("p", { class: "second" }, `${title}. The promise: ${line.says} ${line.source}`),
    ].filter(Boolean);
  }
}

// A bar an operation from its call to its answer; in vermilion the order that would be needed.
function bars(ops, broken) {
  const start = Math.min(...ops.map((one) => one.from));
  const end = Math.max(...ops.map((one) => one.to ?? one.from + 1), start + 1);
  const x = (at) => LEFT + ((at - start) / (end - start)) * (WIDTH - 2 * LEFT);
  const y = (one) => ops.indexOf(one) * ROW + 24;
  const pair = broken ? impossible(ops) : null;
  const drawn = ops.map((one) => {
    const [left, right] = [x(one.from), one.to === null ? WIDTH : Math.max(x(one.to), x(one.from) + 3)];
    const late = left > WIDTH / 2;
    return [
      svg("path", { class: `bar${one.to === null ? " open-ended" : ""}${broken && one.breaks ? " breaks" : ""}`, d: `M${left} ${y(one) - 5}V${y(one) + 5}M${left} ${y(one)}H${right}${one.to === null ? "" : `M${right} ${y(one) - 5}V${y(one) + 5}`}` }),
      svg("text", { x: late ? right : left + (broken && one.breaks ? 8 : 0), y: y(one) - 9, "text-anchor": late ? "end" : "start" }, inWords(one)),
    ];
  });
  const height = ops.length * ROW + 8 + (pair ? 22 : 0);
  const says = pair ? `${inWords(pair.first)} was over before ${inWords(pair.then)} began, and would have to come after it.` : "";
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "bars", role: "img", "aria-label": `${ops.map(inWords).join("; ")}. ${says}` }, drawn, pair ? arrow(pair, x, y, height) : null);
}

// From the breach back to what was over: what it shows would have to come before that.
function arrow({ first, then }, x, y, height) {
  const [fromX, fromY, toX, toY] = [x(then.from), y(then) + 5, x(first.to), y(first) + 5];
  const low = height - 18;
  return [
    svg("path", { class: "impossible", d: `M${fromX} ${fromY}V${low}H${toX}V${toY + 2}M${toX - 4} ${toY + 8}L${toX} ${toY + 2}L${toX + 4} ${toY + 8}` }),
    svg("text", { class: "impossible", x: Math.min(WIDTH - 4, (fromX + toX) / 2), y: height - 4, "text-anchor": "middle" }, "would have to come before"),
  ];
}
