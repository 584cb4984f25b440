// The faults of one node or link as they can be done from here: the command that each key stands
// for, given what the picture shows. A second press of the same key takes the fault back.
import { linkName } from "../lib/dom.js";

export const CLOCK = 10_000;
export const SLOW = 50;
export const TIMES = 10;
export const PERCENT = 30;

export const NODE_KEYS = {
  x: ["Crash, restart", (node, it) => ({ type: it.down ? "restart" : "crash", node })],
  p: ["Pause, let go on", (node, it) => ({ type: it.paused ? "resume_node" : "pause_node", node })],
  s: ["Slow, at full speed", (node, it) => ({ type: "slow_node", node, milliseconds: it.slowed ? 0 : SLOW })],
  k: ["Clock ahead, right", (node, it) => ({ type: "skew_clock", node, milliseconds: it.skew ? 0 : CLOCK })],
  b: ["Cut the power", (node) => ({ type: "lose_power", node })],
  t: ["Make it the leader", (node) => ({ type: "promote", node })],
  j: ["Join, leave the ring", (node, it) => ({ type: it.member ? "leave" : "join", node })],
  o: ["Cut off", (node) => ({ type: "cut_off", node })],
  w: ["Wipe the disk", (node) => ({ type: "wipe_node", node })],
};

// What stands beside the nodes has no copy, no clock that matters, and cannot lead.
export const HELPER_KEYS = Object.fromEntries(["x", "p", "o"].map((key) => [key, NODE_KEYS[key]]));

export const LINK_KEYS = {
  1: ["Cut one way", (a, b) => ({ type: "cut_one_way", source: a, target: b })],
  2: ["Cut the other way", (a, b) => ({ type: "cut_one_way", source: b, target: a })],
  s: ["Slow", (a, b) => ({ type: "slow_link", a, b, times: TIMES })],
  l: ["Lose messages", (a, b) => ({ type: "lose_on_link", a, b, percent: PERCENT })],
  u: ["Heal", (a, b) => ({ type: "heal_link", a, b })],
};

export const STAGE_KEYS = {
  a: ["Heal all links", () => ({ type: "heal_all" })],
  h: ["Heal everything", () => ({ type: "heal_everything" })],
};

// The command that a key on a stop of the drawing stands for, or null.
export function pressed(key, { node, link }, picture) {
  if (STAGE_KEYS[key]) return STAGE_KEYS[key][1]();
  if (node && picture.helpers[node]) return HELPER_KEYS[key]?.[1](node, picture.helpers[node]) ?? null;
  if (node && NODE_KEYS[key]) return NODE_KEYS[key][1](node, picture.nodes[node]);
  if (link && LINK_KEYS[key]) return LINK_KEYS[key][1](...link);
  return null;
}

// Anything wrong with the link?
export function hurt(picture, a, b) {
  const link = linkName(a, b);
  return picture.cut.has(link) || picture.slow.has(link) || picture.lossy.has(link) || picture.oneWay.has(`${a}→${b}`) || picture.oneWay.has(`${b}→${a}`);
}
