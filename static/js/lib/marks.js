// A version's mark: shape, hue and letter, the same wherever a version is drawn.
import { html, svg } from "./dom.js";

const SHAPES = ["circle", "square", "triangle", "diamond", "pentagon"];
const POINTS = {
  triangle: [[0, -1.05], [1.05, 0.9], [-1.05, 0.9]],
  diamond: [[0, -1.15], [1.15, 0], [0, 1.15], [-1.15, 0]],
  pentagon: [[0, -1.1], [1.1, -0.25], [0.7, 1.05], [-0.7, 1.05], [-1.1, -0.25]],
};

// a, b, c … to 0 … 4 and round again: five shapes and hues, told apart further by the letter.
export const place = (label) => (label.charCodeAt(0) - 97) % 5;
export const hue = (label) => `var(--${"abcde"[place(label)]})`;

export function shapePoints(label, radius) {
  return POINTS[SHAPES[place(label)]]?.map(([x, y]) => [x * radius, y * radius]);
}

export function mark(label, radius, { filled = true } = {}) {
  const colour = hue(label);
  const look = filled ? { style: { fill: colour } } : { style: { fill: "var(--paper)", stroke: colour }, "stroke-width": 2 };
  const shape = SHAPES[place(label)];
  let body;
  if (shape === "circle") body = svg("circle", { r: radius, ...look });
  else if (shape === "square") {
    body = svg("rect", { x: -radius * 0.92, y: -radius * 0.92, width: radius * 1.84, height: radius * 1.84, ...look });
  } else body = svg("polygon", { points: shapePoints(label, radius).join(" "), ...look });
  const letter = svg("text", {
    y: radius * 0.42, "text-anchor": "middle", "font-size": radius * 1.15, "font-weight": 600,
    style: { fill: filled ? "var(--paper)" : colour },
  }, label);
  return svg("g", { class: "mark" }, body, letter);
}

// The same mark inside a line of text; a lost one is struck through, for good.
export function textMark(label, lost = false) {
  const strike = lost ? svg("line", { class: "strike", x1: -10, y1: 10, x2: 10, y2: -10 }) : null;
  const drawing = svg("svg", { width: 18, height: 18, viewBox: "-11 -11 22 22", class: "text-mark", "aria-hidden": "true" }, mark(label, 9), strike);
  return html("span", { class: "version-mark" }, drawing);
}
