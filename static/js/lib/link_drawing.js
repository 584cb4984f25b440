// A link as lines: whole, with a gap where it is cut, with an arrowhead where one way still lives.
import { svg } from "./dom.js";
import { apart, between } from "./lines.js";

const GAP = 14;

// Half the gap as a share of the way; the shortest links keep a stub at both ends.
function halfGap(start, end) {
  return Math.min(GAP / Math.max(1, apart(start, end)), 0.3);
}

// `share`: where on the way the gap lies; `broken`: is there one?
export function linkLines(start, end, share, broken) {
  const half = halfGap(start, end);
  const lines = broken
    ? [[start, between(start, end, Math.max(0.02, share - half))], [between(start, end, Math.min(0.98, share + half)), end]]
    : [[start, end]];
  return lines.map(([p, q]) => svg("line", { x1: p[0], y1: p[1], x2: q[0], y2: q[1] }));
}

// In the gap, pointing the way that still passes: from `start` to `end`.
export function arrowhead(start, end, share) {
  const long = Math.max(1, apart(start, end));
  const [dx, dy] = [(end[0] - start[0]) / long, (end[1] - start[1]) / long];
  const [x, y] = between(start, end, share);
  const at = (along, across) => `${(x + dx * along - dy * across).toFixed(1)},${(y + dy * along + dx * across).toFixed(1)}`;
  return svg("polygon", { class: "living", points: [at(GAP, 0), at(2, 6.5), at(2, -6.5)].join(" ") });
}

export function scissors([x, y], size, offer) {
  return svg("use", { href: "/static/vendor/lucide/sprite.svg#scissors", x: x - size / 2, y: y - size / 2, width: size, height: size, class: offer ? "offer" : "scissors" });
}
