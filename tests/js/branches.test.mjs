// Back and Redo between branches: the same answers as rooms/branches.py gives.
import assert from "node:assert/strict";
import test from "node:test";
import { asTree, leavesBack, redoOf } from "../../static/js/model/branches.js";

const line = (id, more = {}) => ({ id, parent: id ? 0 : null, frontier: 500, came_from: null, born: 0, acted: 0, ...more });

test("back leaves a branch that changed the start where it was born, and at its own start", () => {
  const set = line(1, { came_from: [0, 300], born: 400 });
  assert.equal(leavesBack(set, [0, 200, 400], 400), true);
  assert.equal(leavesBack(set, [0, 200, 400], 0), true);
  assert.equal(leavesBack(set, [0, 200, 400, 500], 500), false);
  assert.equal(leavesBack(line(1), [0, 200], 0), false);
});

test("redo takes what was done last of what was undone here", () => {
  const child = line(1, { came_from: [0, 300], acted: 5 });
  assert.deepEqual(redoOf([line(0), child], line(0), [0, 300], 300), { ask: true });
  assert.deepEqual(redoOf([line(0, { acted: 9 }), child], line(0, { acted: 9 }), [0, 300, 400], 300), { at: 400 });
  assert.deepEqual(redoOf([line(0, { acted: 2 }), child], line(0, { acted: 2 }), [0, 300, 400], 300), { ask: true });
  assert.deepEqual(redoOf([line(0), child], line(0), [0, 100, 300], 0), { at: 100 });
  assert.equal(redoOf([line(0)], line(0), [0, 300], 300), null);
});

test("the tree has parents before children", () => {
  const lines = [line(0), line(1), line(2, { parent: 1 }), line(3)];
  assert.deepEqual(asTree(lines).map(({ line: one, depth }) => [one.id, depth]), [[0, 0], [1, 1], [2, 2], [3, 1]]);
});
