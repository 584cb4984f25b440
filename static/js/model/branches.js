// Back and Redo walk in the tree of branches, as rooms/branches.py says; a line is a BranchLine.

// Does Back lead from here to another branch? Then the room is asked.
export function leavesBack(line, stops, at) {
  return Boolean(line.came_from) && (at === line.born || !stops.some((stop) => stop < at));
}

// What Redo does here: {ask: true} on another branch, {at} on this one, or null.
export function redoOf(lines, line, stops, at) {
  const child = lines.findLast((one) => one.came_from && one.came_from[0] === line.id && one.came_from[1] === at);
  const after = stops.filter((stop) => stop > at);
  if (child && (!after.length || child.acted > line.acted || at === line.frontier)) return { ask: true };
  return after.length ? { at: Math.min(...after) } : null;
}

// The lines as a tree, parents before children, each with its depth.
export function asTree(lines) {
  const under = (parent, depth) => lines.filter((line) => line.parent === parent).flatMap((line) => [{ line, depth }, ...under(line.id, depth + 1)]);
  return under(null, 0);
}
