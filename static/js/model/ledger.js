import { isBackground } from "./ops.js";

// What each shopper was told and what is true now, a line an operation, newest first.
import { signed } from "./types.js";

export const OUTCOMES = { ok: "OK", failed: "Refused", unknown: "No answer" };

function told(op, types) {
  if (!op) return null;
  if (op.skipped) return { word: "–", detail: op.skipped.reason };
  if (!op.told) return { word: "waits", detail: "" };
  const read = op.told.kind === "read" && op.told.outcome === "ok" ? op.told.values : null;
  return { word: OUTCOMES[op.told.outcome], outcome: op.told.outcome, read, type: types[op.key] };
}

function now(picture, op, words, reads) {
  if (!op?.told && !op?.value) return null;
  if (op.stale) return { word: reads.stale, broken: true, row: op.stale };
  if (op.kind === "read" && op.told.outcome === "ok") return { word: reads.fresh, row: { because: reads.because, evidence: [op.invoked.seq, op.told.seq] } };
  const status = picture.statuses.get(op.op);
  if (!status) return null;
  return { word: words[status.status] ?? status.status, broken: status.status === "lost" || status.status === "set_aside", row: status };
}

// `words`: of what became of a write; `reads`: of a read, and why it is called fresh;
// `background`: with what the clients in the background do.
export function ledger(pictures, words, reads, background = false) {
  const ops = new Map();
  for (const picture of Object.values(pictures)) {
    for (const op of picture.ops.values()) if (!ops.has(op.op) && (background || !isBackground(op.op))) ops.set(op.op, op);
  }
  return [...ops.values()].sort((x, y) => y.at - x.at || (x.op < y.op ? 1 : -1)).map((op) => ({
    op: op.op,
    at: op.at,
    client: op.client,
    action: op.action,
    item: op.item,
    key: op.key,
    label: op.value?.label ?? null,
    sides: Object.fromEntries(Object.entries(pictures).map(([name, picture]) => {
      const own = picture.ops.get(op.op);
      return [name, { told: told(own, picture.types), now: now(picture, own, words, reads) }];
    })),
  }));
}

const DOES = {
  add: ({ item }) => `adds ${item}`,
  remove: ({ item }) => `removes ${item}`,
  put: ({ item, key }) => `sets the ${key} to ${item}`.trimEnd(),
  increment: ({ item, key }) => `changes the ${key}${item ? ` by ${signed(item)}` : ""}`,
  delete: ({ key }) => `deletes the ${key}`,
  read: ({ key }) => `reads the ${key}`,
  resolve: () => "settles the versions",
};
const NAMES_KEY = new Set(["put", "increment", "delete", "read"]);

export function does(line) {
  const name = line.client.charAt(0).toUpperCase() + line.client.slice(1);
  const where = line.key === "cart" || NAMES_KEY.has(line.action) ? "" : ` (${line.key})`;
  return `${name} ${DOES[line.action](line)}${where}`;
}
