// What the judge says of each promise by now, and the operations of its evidence as spans of time.
// Nothing is decided here: verdicts and evidence are the judge's rows.

const WORDS = { holds: "holds", broken: "broken", cannot_tell: "cannot tell" };

// One line a promise: of each side {word, broken, row}, or null where it is not asked of that side.
export function promiseLines(promises, pictures) {
  const asked = (of, picture) => !of || (of === "leader" ? picture.design === "leader_follower" : Object.values(picture.types).includes(of));
  return Object.entries(promises).map(([name, promise]) => ({
    name, ...promise,
    sides: Object.fromEntries(Object.entries(pictures).map(([cluster, picture]) => {
      if (!asked(promise.of, picture)) return [cluster, null];
      const row = picture.findings[name];
      const verdict = row?.verdict ?? "holds";
      return [cluster, { verdict, word: row?.count > 1 ? `${WORDS[verdict]}, ${row.count} times` : WORDS[verdict], broken: verdict === "broken", row: row ?? null }];
    })),
  })).filter((line) => Object.values(line.sides).some(Boolean));
}

// The operations that the evidence names, by the moment of their call: {op, client, wrote, label,
// from, to}; `to` null: no answer by `at`. `breaks`: the one that the judge calls the breach.
export function spans(row, events, at) {
  const found = new Map();
  for (const seq of row.evidence) {
    const event = events[seq];
    if (event?.type !== "operation_invoked" && event?.type !== "operation_returned") continue;
    if (!found.has(event.op)) found.set(event.op, { op: event.op, client: event.client, wrote: event.kind === "write", label: "", from: null, to: null, breaks: event.op === row.op });
    const one = found.get(event.op);
    if (event.type === "operation_invoked") Object.assign(one, { from: event.at, label: event.value?.label ?? one.label });
    else if (event.at <= at) Object.assign(one, { to: event.at, label: event.kind === "read" ? event.values.map((v) => v.label).join(" ") || "nothing" : one.label });
  }
  for (const one of found.values()) {
    const call = events.find((event) => event.type === "operation_invoked" && event.op === one.op);
    if (one.from === null) Object.assign(one, { from: call.at, label: one.label || (call.value?.label ?? "") });
  }
  return [...found.values()].sort((x, y) => x.from - y.from || (x.op < y.op ? -1 : 1));
}

// Of what was over before the breach began, the last: it came first in time, and what the breach
// shows would have to come before it. Null where there is no such pair.
export function impossible(ops) {
  const breach = ops.find((one) => one.breaks);
  if (!breach || breach.wrote) return null;
  const over = ops.filter((one) => !one.breaks && one.to !== null && one.to < breach.from);
  return over.length ? { first: over.reduce((last, one) => (one.to > last.to ? one : last)), then: breach } : null;
}

export const inWords = ({ client, wrote, label }) => `${client[0].toUpperCase()}${client.slice(1)} ${wrote ? "writes" : "reads"} ${label}`;
