// Where the newer copy is that a stale read missed: the judge's evidence names the acknowledgement.
import { held } from "./fold.js";

const holds = (picture, name, id) => picture.nodes[name].log.some((entry) => entry?.value?.id === id) || held(picture, name).some((value) => value.id === id);

// [{client, node}] of the clients whose last answer was stale; the node that acknowledged, if it
// still has the copy, else another that has it. Nothing where no node has it any more.
export function newerCopies(picture) {
  const found = [];
  for (const [client, { last }] of Object.entries(picture.clients)) {
    const stale = last && picture.ops.get(last.op)?.stale;
    if (!stale) continue;
    const write = [...picture.ops.values()].find((op) => op.told?.seq === stale.evidence[0]);
    const nodes = write ? Object.keys(picture.nodes).filter((name) => holds(picture, name, write.op)) : [];
    const node = nodes.includes(write?.told.node) ? write.told.node : nodes[0];
    if (node) found.push({ client, node });
  }
  return found;
}
