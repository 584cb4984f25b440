// Words beside what is drawn. Each label tries its places in order and takes the first where it lies
// on nothing; where there is none it says less, and at last nothing: what it says is drawn as well,
// and read out. So no two things can overlap, whatever happens on the stage.
import { between, crosses } from "./lines.js";

// Pixels of one line of words, and from its top to where the letters stand.
export const LINE = 15;
const BASE = 12;
const GAP = 5;
// Where nothing can measure, letters are taken for wide.
const WIDE_LETTER = 8.5;

const widths = new Map();
let pen;

function widthOf(text, bold) {
  const key = `${bold}${text}`;
  if (!widths.has(key)) widths.set(key, Math.ceil(measured(text, bold)) + 2);
  return widths.get(key);
}

function measured(text, bold) {
  if (typeof document === "undefined") return text.length * WIDE_LETTER;
  pen ??= document.createElement("canvas").getContext("2d");
  pen.font = `${bold ? 600 : 400} 13px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

export const meet = ([l, t, r, b], [L, T, R, B]) => l < R && L < r && t < B && T < b;

const within = ([l, t, r, b], [L, T, R, B]) => l >= L && t >= T && r <= R && b <= B;

// A variant is lines of {text, look, bold}, or a drawing's {wide, tall}.
function sizeOf(variant) {
  if (!Array.isArray(variant)) return variant;
  return { wide: Math.max(...variant.map(({ text, bold }) => widthOf(text, bold))), tall: variant.length * LINE };
}

// `labels`: [{id, groups, places}], the most important first. Of `groups` each holds variants that
// say as much as each other, the fuller ones first; `places(size)`: [left, top] in order of liking.
// `solid`: boxes; `ways`: [from, to] of lines, which words cross only where nothing else is free;
// `bounds`: all words stay in it. → Map of id to {left, top, wide, tall, lines}.
export function placed(labels, { solid, ways, bounds }) {
  const taken = [...solid];
  const found = new Map();
  for (const { id, groups, places } of labels) {
    const spot = first(groups, places, taken, ways, bounds);
    if (!spot) continue;
    found.set(id, spot);
    taken.push(boxOf(spot));
  }
  return found;
}

const boxOf = ({ left, top, wide, tall }) => [left, top, left + wide, top + tall];

function first(groups, places, taken, ways, bounds) {
  for (const group of groups) {
    for (const clear of [true, false]) {
      for (const variant of group) {
        const size = sizeOf(variant);
        for (const [left, top] of places(size)) {
          const spot = { left, top, ...size, lines: Array.isArray(variant) ? variant : [] };
          const box = boxOf(spot);
          if (!within(box, bounds) || taken.some((other) => meet(box, other))) continue;
          if (!clear || !ways.some(([p, q]) => crosses(p, q, box))) return spot;
        }
      }
    }
  }
  return null;
}

// Round a box: above and below it first (`under`: below first), then at its sides.
export function around([l, t, r, b], under = false) {
  return ({ wide, tall }) => {
    const middle = (l + r - wide) / 2;
    const across = [middle, l, r - wide, middle - 24, middle + 24, l - wide / 2, r - wide / 2];
    const [above, below] = [t - GAP - tall, b + GAP - 2].map((top) => across.map((left) => [left, top]));
    const beside = [(t + b - tall) / 2, t, b - tall, t - tall, b].flatMap((top) => [[l - GAP - wide, top], [r + GAP, top]]);
    return [...(under ? [below, above] : [above, below]).flat(), ...beside];
  };
}

const SHARES = [0, 0.1, -0.1, 0.2, -0.2, 0.3, -0.3];

// Beside a line, near the place on it that the words are about; `air`: how far from the line.
export function beside(start, end, share, air) {
  const long = Math.max(1, Math.hypot(end[0] - start[0], end[1] - start[1]));
  const [nx, ny] = [(end[1] - start[1]) / long, (start[0] - end[0]) / long];
  // To the right of it, or below it, first.
  const turn = nx > 0.2 || (Math.abs(nx) <= 0.2 && ny > 0) ? 1 : -1;
  return ({ wide, tall }) => SHARES.flatMap((more) => [turn, -turn].map((side) => {
    const [x, y] = between(start, end, Math.min(0.95, Math.max(0.05, share + more)));
    const out = side * (air + (Math.abs(nx) * wide + Math.abs(ny) * tall) / 2);
    return [x + nx * out - wide / 2, y + ny * out - tall / 2];
  }));
}

export const baseline = (top, line) => top + BASE + line * LINE;
