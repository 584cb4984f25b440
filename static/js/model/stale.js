// Where the newer copy is that a stale read missed: the judge's evidence names the acknowledgement.
import { held } from "./fold.js";
import { operationOf } from "./ops.js";

function holds(picture, name, key, op) {
  const wrote = (value) => value && operationOf(value.id) === op;
  return picture.nodes[name].log.some((entry) => wrote(entry?.value)) || held(picture, name, key).some(wrote);
}

// [{client, node}] of the clients whose last answer about `key` was stale; the node that
// acknowledged, if it still has the copy, else another that has it. Nothing where no node has it.
export function newerCopies(picture, key) {
  const found = [];
  for (const [client, { last }] of Object.entries(picture.clients)) {
    const stale = last[key] && picture.ops.get(last[key].op)?.stale;
    if (!stale) continue;
    const write = [...picture.ops.values()].find((op) => op.told?.seq === stale.evidence[0]);
    const nodes = write ? Object.keys(picture.nodes).filter((name) => holds(picture, name, key, write.op)) : [];
    const node = nodes.includes(write?.told.node) ? write.told.node : nodes[0];
    if (node) found.push({ client, node });
  }
  return found;
}
