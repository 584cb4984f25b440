// The shoppers between the databases: left what one told them, right what the other did.
import { byId, html, say } from "../lib/dom.js";
import { textMark } from "../lib/marks.js";
import { carts, marked } from "../model/carts.js";
import { OUTCOMES } from "../model/ledger.js";
import { operationOf } from "../model/ops.js";
import { EMPTY, change, words } from "../model/types.js";

const MOST_MARKS = 3;
const SIGNS = { ok: "✓", failed: "–", unknown: "?" };
const REASONS = { no_leader: "no leader heard", no_compare: "nobody can compare for all", no_quorum: "too few nodes heard", no_primaries: "too few of its own replicas", read_only: "takes no writes", no_share: "no share left", none_left: "too few left", obsolete: "another write came before", no_delete: "items go one by one", contention: "others were ahead", overtaken: "another round came between", too_many_siblings: "too many siblings", too_few_answers: "too few answers", no_answer: "", leader_changed: "the leader changed", tried_before: "the last try was refused" };

function version(values, picture, type) {
  const isLost = (value) => picture.statuses.get(operationOf(value.id))?.status === "lost";
  // A row has room for three marks; what is lost is never among those that are left out.
  const all = marked(values);
  const drawn = all.length > MOST_MARKS ? [...all].sort((a, b) => isLost(b) - isLost(a)).slice(0, MOST_MARKS - 1) : all;
  const rest = all.length - drawn.length;
  const items = words(type, values, "empty");
  return html("span", { class: "cart" }, drawn.map((value) => textMark(value.label, isLost(value))), rest ? html("span", { class: "second" }, `+${rest} `) : null,
    html("span", { class: "items", title: items }, items), values.some(isLost) ? html("span", { class: "stale" }, "Lost") : null);
}

function answer(client, picture, key) {
  if (client.busy) return html("span", { class: "answer waits" }, "waits…");
  const last = client.last[key];
  if (!last) return html("span", { class: "answer none" }, "");
  const op = picture.ops.get(last.op);
  const reason = last.reason === "changed" ? `the ${key} has changed` : REASONS[last.reason] ?? "";
  return html("span", { class: `answer ${last.outcome}` },
    html("span", { class: "sign", "aria-hidden": "true" }, SIGNS[last.outcome]), ` ${OUTCOMES[last.outcome]}`,
    reason ? html("span", { class: "reason" }, `, ${reason}`) : null,
    op?.stale ? [" ", html("span", { class: "stale" }, "Old")] : null);
}

// Two carts can be kept as one; of two prices or two numbers one has to go.
function choices(name, values, type, act) {
  return html("div", { class: "choices" },
    type === "cart" ? html("button", { type: "button", on: { click: () => act.resolve(name, "both") } }, values.length > 2 ? "Keep all" : "Keep both") : null,
    values.map((value) => html("button", {
      type: "button", "aria-label": `Keep only ${value.label}: ${words(type, [value], "the empty cart")}`,
      on: { click: () => act.resolve(name, value.id) },
    }, "only ", textMark(value.label))));
}

export class Shoppers {
  // act: {resolve(client, keep)}
  constructor(act) {
    this.act = act;
    this.drawn = new Map();
  }

  // `key`: the key in focus, {name, type}; `clients`: the scenario's.
  draw(pictures, clients, { name: focus, type }, blocked) {
    for (const client of clients) say(document.querySelector(`.add[data-client=${client.name}]`), change(client, { name: focus, type }).words);
    for (const [cluster, picture] of Object.entries(pictures)) {
      for (const [name, client] of Object.entries(picture.clients)) {
        const [known, last] = [client.known[focus] ?? [], client.last[focus]];
        const key = JSON.stringify([focus, known, known.map((v) => picture.statuses.get(operationOf(v.id))?.status), client.busy, last?.op, last && picture.ops.get(last.op)?.stale?.at, blocked]);
        const id = `half-${name}-${cluster}`;
        if (this.drawn.get(id) === key) continue;
        this.drawn.set(id, key);
        const versions = carts(known);
        const shown = versions.length ? versions.map((one) => version(one, picture, type)) : [html("span", { class: "cart empty" }, html("span", { "aria-hidden": "true" }, "–"), html("span", { class: "out-of-sight" }, type === "cart" ? "empty cart" : EMPTY[type]))];
        const many = versions.length > 1;
        const box = html("div", { class: many ? "carts many" : "carts" }, shown);
        const wholes = known.filter((value) => !value.part);
        byId(id).replaceChildren(box, answer(client, picture, focus), many && !client.busy ? choices(name, wholes, type, this.act) : "");
        if (blocked) for (const button of byId(id).querySelectorAll("button")) button.disabled = true;
      }
    }
  }
}
