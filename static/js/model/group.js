// Marked nodes: which links stand between them and the others.
import { linkName } from "../lib/dom.js";

// The links that are not cut yet, as commands in the order of the nodes.
export function cutting(picture, group) {
  const nodes = Object.keys(picture.nodes);
  return nodes.flatMap((a, i) => nodes.slice(i + 1)
    .filter((b) => group.has(a) !== group.has(b) && !picture.cut.has(linkName(a, b)))
    .map((b) => ({ type: "cut_link", a, b })));
}
