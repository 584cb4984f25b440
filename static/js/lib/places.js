// Where the things of a layout are, how large, and where the ways between them begin.
import { boxAt, edge } from "./lines.js";

// Of a node, of what stands beside the nodes, or of a client's messages; null: it is not on the stage.
export const placeOf = (layout, side, name) => layout.nodes[side][name] ?? layout.helpers[side][name] ?? layout.clients?.[side][name] ?? null;

function sizeOf(layout, side, name) {
  if (!layout.helpers[side][name]) return layout.node;
  return layout.sizes[name === "proxy" ? "proxy" : "midst"];
}

// [left, top, right, bottom], `more` wider on each side.
export function boxOf(layout, side, name, more = 0) {
  return boxAt({ node: sizeOf(layout, side, name) }, placeOf(layout, side, name), more);
}

// Where the way from one to the other leaves its box; a client's begins at its point.
export function edgeOf(layout, side, from, to) {
  const at = placeOf(layout, side, from);
  if (layout.clients?.[side][from]) return at;
  return edge({ node: sizeOf(layout, side, from) }, at, placeOf(layout, side, to));
}
