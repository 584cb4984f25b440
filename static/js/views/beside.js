// What stands beside the nodes and holds no copy: a box with cut corners and a sign of its own, its
// name, and what it holds for true. Fetched where there is something beside the nodes.
import { svg } from "../lib/dom.js";
import { LINE, baseline } from "../lib/labels.js";
import { boxOf } from "../lib/places.js";
import { HELPER_KEYS, STAGE_KEYS } from "../model/faults.js";
import { helperLine, helperName, helperSays } from "../model/helper_words.js";
import { regionWord } from "../model/node_words.js";

const CORNER = 9;

// An eye, a padlock, a fork in the road; 14 px wide, round (0, 0).
const SIGNS = {
  watcher: "M-7 0Q0 -8 7 0Q0 8 -7 0ZM2 0A2 2 0 1 1 -2 0A2 2 0 1 1 2 0Z",
  lock: "M-5 -1H5V6H-5ZM-3 -1V-3A3 3 0 0 1 3 -3V-1",
  proxy: "M-7 0H-1L5 -5M-1 0L5 5M2 -5H5V-2M2 5H5V2",
};

const sign = (name, [x, y]) => svg("path", { class: "helper-sign", d: SIGNS[name], transform: `translate(${x} ${y})` });

function cutCorners([left, top, right, bottom]) {
  const [l, t, r, b] = [left + CORNER, top + CORNER, right - CORNER, bottom - CORNER];
  return svg("polygon", { class: "box", points: `${l},${top} ${r},${top} ${right},${t} ${right},${b} ${r},${bottom} ${l},${bottom} ${left},${b} ${left},${t}` });
}

// All that the drawing shows of it.
export const lookOf = (picture, name) => [picture.helpers[name], helperLine(picture, name), helperSays(picture, name)];

// `select(cluster, name)`: it was pressed.
export function helper({ layout, cluster, picture, name, isSelected, select }) {
  const box = boxOf(layout, cluster, name);
  const [left, top, right, bottom] = box;
  const [first, middle] = [top + (bottom - top - 2 * LINE) / 2, (left + right) / 2];
  const look = ["node helper", picture.helpers[name].down ? "crashed" : "", isSelected ? "selected" : ""].filter(Boolean).join(" ");
  const region = regionWord(picture, name);
  const wide = helperName(name).length * 8.4;
  return svg("g", { class: look },
    svg("g", { "aria-hidden": "true" }, cutCorners(box), region ? null : sign(name, [middle - wide / 2 - 3, first + 8]),
      svg("text", { class: "helper-name", x: middle + (region ? 0 : 8), y: baseline(first, 0), "text-anchor": "middle" }, helperName(name), svg("tspan", { class: "region" }, region)),
      svg("text", { class: "helper-line", x: middle, y: baseline(first, 1), "text-anchor": "middle" }, helperLine(picture, name))),
    svg("rect", {
      id: `node-${cluster}-${name}`, class: "press", x: left, y: top, width: right - left, height: bottom - top, role: "button", "data-stop": true, "data-cluster": cluster, "data-node": name,
      "aria-keyshortcuts": [HELPER_KEYS, STAGE_KEYS].flatMap(Object.keys).join(" "), "aria-label": `${helperName(name)} beside the nodes. ${helperSays(picture, name).join(" ")}`,
      on: { click: () => select(cluster, name) },
    }));
}
