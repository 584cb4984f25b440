// The shoppers between the databases: left what one told them, right what the other did.
import { byId, html } from "../lib/dom.js";
import { textMark } from "../lib/marks.js";
import { cartWords, carts, marked } from "../model/carts.js";
import { OUTCOMES } from "../model/ledger.js";
import { operationOf } from "../model/ops.js";

const SIGNS = { ok: "✓", failed: "–", unknown: "?" };
const REASONS = { no_leader: "no leader heard", changed: "the cart has changed", no_compare: "nobody can compare for all", no_quorum: "too few nodes heard", too_few_answers: "too few answers", no_answer: "", leader_changed: "the leader changed", tried_before: "the last try was refused" };

function cart(values, picture) {
  const isLost = (value) => picture.statuses.get(operationOf(value.id))?.status === "lost";
  const marks = marked(values).map((value) => textMark(value.label, isLost(value)));
  return html("span", { class: "cart" }, marks, html("span", { class: "items" }, cartWords(values)), values.some(isLost) ? html("span", { class: "stale" }, "Lost") : null);
}

function answer(client, picture) {
  if (client.busy) return html("span", { class: "answer waits" }, "waits…");
  const last = client.last;
  if (!last) return html("span", { class: "answer none" }, "");
  const op = picture.ops.get(last.op);
  const reason = REASONS[last.reason] ?? "";
  return html("span", { class: `answer ${last.outcome}` },
    html("span", { class: "sign", "aria-hidden": "true" }, SIGNS[last.outcome]), ` ${OUTCOMES[last.outcome]}`,
    reason ? html("span", { class: "reason" }, `, ${reason}`) : null,
    op?.stale ? html("span", { class: "stale" }, " Old") : null);
}

function choices(name, values, act) {
  return html("div", { class: "choices" },
    html("button", { type: "button", on: { click: () => act.resolve(name, "both") } }, values.length > 2 ? "Keep all" : "Keep both"),
    values.map((value) => html("button", {
      type: "button", "aria-label": `Keep only ${value.label}: ${value.items.join(", ") || "the empty cart"}`,
      on: { click: () => act.resolve(name, value.id) },
    }, "only ", textMark(value.label))));
}

export class Shoppers {
  // act: {resolve(client, keep)}
  constructor(act) {
    this.act = act;
    this.drawn = new Map();
  }

  draw(pictures, blocked) {
    for (const [cluster, picture] of Object.entries(pictures)) {
      for (const [name, client] of Object.entries(picture.clients)) {
        const key = JSON.stringify([client.known, client.known.map((v) => picture.statuses.get(operationOf(v.id))?.status), client.busy, client.last?.op, client.last && picture.ops.get(client.last.op)?.stale?.at, blocked]);
        const id = `half-${name}-${cluster}`;
        if (this.drawn.get(id) === key) continue;
        this.drawn.set(id, key);
        const versions = carts(client.known);
        const shown = versions.length ? versions.map((one) => cart(one, picture)) : [html("span", { class: "cart empty" }, html("span", { "aria-hidden": "true" }, "–"), html("span", { class: "out-of-sight" }, "empty cart"))];
        const many = versions.length > 1;
        const box = html("div", { class: many ? "carts many" : "carts" }, shown);
        const wholes = client.known.filter((value) => !value.part);
        byId(id).replaceChildren(box, answer(client, picture), many && !client.busy ? choices(name, wholes, this.act) : "");
        if (blocked) for (const button of byId(id).querySelectorAll("button")) button.disabled = true;
      }
    }
  }
}
