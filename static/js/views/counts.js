// Beside each cluster what can be counted, and behind each count the operations it stands for.
import { byId, html, say, seconds } from "../lib/dom.js";
import { milliseconds, PERCENTS, tally } from "../model/counts.js";

const WORDS = { lost: "Lost", stale: "Stale", back: "Back", twins: "False siblings", refused: "Refused", no_answer: "No answer" };
const COUNTERS = [...Object.keys(WORDS), "latency"];
const BROKEN = new Set(["lost", "stale", "back", "twins"]);
const MEANINGS = {
  lost: "Writes that were acknowledged and of which no copy is left, or which an earlier or concurrent write replaced. Once lost, they stay counted.",
  stale: "Reads that missed a write acknowledged before they began.",
  back: "Items whose removal was acknowledged and which the cart holds again, though nobody added them since.",
  twins: "Reads that were shown a version beside one whose writer had read and replaced it.",
  refused: "Operations that surely had no effect.",
  no_answer: "The client gave up waiting: the operation may have taken effect or not. It has no latency.",
  latency: "From request to answer, of operations answered OK. By nearest rank, so each is one operation's time.",
};
const NONE = { lost: "None so far.", stale: "None so far.", back: "None so far.", twins: "None so far.", refused: "None so far.", no_answer: "None so far.", latency: "Nothing was answered OK so far." };
const MOST_CASES = 50;

const quantiles = (spread) => PERCENTS.map((percent) => {
  const found = spread[`p${percent}`];
  return `p${percent} ${found ? milliseconds(found.took).replace(" ms", "") : "–"}`;
}).join(" · ") + " ms";

const textOf = (counter, found) => (counter === "latency" ? quantiles(found.ok) : `${WORDS[counter]} ${found[counter].length}`);

export class Counts {
  // act: {open(cluster, counter), show(what, at)}; `short`: only what there is to say, and All…
  constructor(clusters, short, act) {
    Object.assign(this, { clusters, short, act });
    for (const { name, title } of clusters) {
      byId(`counts-${name}`).append(...[...COUNTERS, "all"].map((counter) => html("button", {
        type: "button", id: `counts-${name}-${counter}`, class: `count count-${counter}`, hidden: true, disabled: true,
        "aria-label": counter === "all" ? `All… counts, ${title.toLowerCase()}` : null,
        on: { click: () => act.open(name, counter === "all" ? this.first(name) : counter) },
      }, counter === "all" ? "All…" : "")));
    }
  }

  // Behind "All…" stands first what there is to see.
  first(cluster) {
    return COUNTERS.find((counter) => this.found[cluster][counter].length) ?? "latency";
  }

  // What is counted on one side is shown on both, so that like stands beside like.
  draw(pictures, small) {
    this.found = Object.fromEntries(Object.entries(pictures).map(([name, picture]) => [name, tally(picture.counted)]));
    const sides = Object.values(this.found);
    const some = (counter) => sides.some((found) => found[counter].length);
    // The rarer counts take the place of those that are at nought.
    const short = this.short || some("back") || some("twins");
    const shown = {
      lost: true, stale: true, back: !small && some("back"), twins: !small && some("twins"), refused: !small && (!short || some("refused")), no_answer: !small && (!short || some("no_answer")),
      latency: !small && !this.short && some("latency"), all: small || this.short,
    };
    for (const { name, title } of this.clusters) {
      const found = this.found[name];
      byId(`counts-${name}`).hidden = !pictures[name].ops.size;
      for (const counter of COUNTERS) {
        const button = byId(`counts-${name}-${counter}`);
        const count = found[counter].length;
        const text = textOf(counter, found);
        button.hidden = !shown[counter];
        button.disabled = !count;
        button.classList.toggle("broken", BROKEN.has(counter) && count > 0);
        say(button, text);
        const of = counter === "latency" && count ? `: latency of ${count} answered OK` : "";
        const label = `${text}, ${title.toLowerCase()}${of}${count ? `${of ? "," : ":"} show which` : ""}`;
        if (button.getAttribute("aria-label") !== label) button.setAttribute("aria-label", label);
      }
      const all = byId(`counts-${name}-all`);
      all.hidden = !shown.all;
      all.disabled = !COUNTERS.some((counter) => found[counter].length);
    }
  }

  // ---- the evidence, in the inspector's place -------------------------------------------------

  key({ cluster }, pictures, at) {
    return [tally(pictures[cluster].counted).key, at];
  }

  // `what`: {cluster, counter, op: the one shown, from: {branch, at}}; `now`: {branch, at}
  body(what, pictures, sentences, rows, now) {
    const { cluster, counter } = what;
    const { title, design } = this.clusters.find((c) => c.name === cluster);
    const found = tally(pictures[cluster].counted);
    const cases = found[counter];
    const go = (one) => this.act.show({ cluster, counter, op: one.op }, one.at);
    const back = what.from && what.from.branch === now.branch && what.from.at > now.at;
    const sentence = (one) => one.because ?? sentences.of(design, one.row);
    const items = cases.slice(-MOST_CASES).reverse().map((one) => {
      const lit = one.op === what.op;
      return html("li", { class: lit ? "lit" : null }, html("button", { type: "button", class: "own case", "aria-current": lit ? "true" : null, on: { click: () => go(one) } },
        html("span", { class: "mono second" }, seconds(one.at)), " ", counter === "latency" ? html("span", { class: "mono" }, `${milliseconds(one.took)} `) : null, html("span", {}, sentence(one))),
      one.evidence && (lit || cases.length === 1) ? proof(one, design, sentences, rows.cluster(cluster).events) : null);
    });
    return [
      html("div", { class: "count-head" }, html("h2", {}, title),
        back ? html("button", { type: "button", class: "own go-back", on: { click: () => this.act.show({ cluster, counter, op: what.op }, what.from.at) } }, `Back to ${seconds(what.from.at)}`) : null),
      html("div", { class: "acts choose-count", role: "group", "aria-label": "Which count" }, COUNTERS.map((other) => html("button", {
        type: "button", class: `own${BROKEN.has(other) && found[other].length ? " broken" : ""}`, "aria-pressed": String(other === counter), on: { click: () => this.act.open(cluster, other, what.from) },
      }, other === "latency" ? "Latency" : textOf(other, found)))),
      html("p", { class: "second" }, MEANINGS[counter]),
      counter === "latency" && cases.length ? table(found, go) : null,
      cases.length > MOST_CASES ? html("p", { class: "second" }, `The newest ${MOST_CASES} of ${cases.length}:`) : null,
      items.length ? html("ol", { class: "cases", reversed: true }, items) : html("p", {}, NONE[counter]),
    ].filter(Boolean);
  }
}

// The smallest part of the history that shows it, as the judge names it.
function proof(one, design, sentences, events) {
  return html("ol", { class: "log proof" }, one.evidence.map((seq) => events[seq]).filter(Boolean).map((row) => html("li", {},
    html("span", { class: "mono second" }, seconds(row.at)), html("span", {}, sentences.of(design, row)))));
}

// Each time leads to the operation that took it.
function table(found, go) {
  const lines = [["All", found.ok], ["Reads", found.reads], ["Writes", found.writes]].filter(([, spread]) => spread.count);
  const cell = (name, spread, percent) => html("td", {}, html("button", { type: "button", class: "own mono", "aria-label": `${milliseconds(spread[`p${percent}`].took)}, p${percent}, ${name.toLowerCase()}: show it`, on: { click: () => go(spread[`p${percent}`]) } }, milliseconds(spread[`p${percent}`].took)));
  return html("table", { class: "spread" },
    html("thead", {}, html("tr", {}, ["Answered OK", "Number", ...PERCENTS.map((percent) => `p${percent}`)].map((word) => html("th", { scope: "col" }, word)))),
    html("tbody", {}, lines.map(([name, spread]) => html("tr", {}, html("th", { scope: "row" }, name), html("td", { class: "mono" }, String(spread.count)), PERCENTS.map((percent) => cell(name, spread, percent))))));
}
