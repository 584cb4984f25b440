// Points, boxes and the straight ways between them.

export const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

// [left, top, right, bottom] of a node, `more` wider on each side.
export function boxAt(layout, [x, y], more = 0) {
  const [w, h] = [layout.node[0] / 2 + more, layout.node[1] / 2 + more];
  return [x - w, y - h, x + w, y + h];
}

// Does the straight way from p to q touch the box?
export function crosses(p, q, [left, top, right, bottom]) {
  let [from, to] = [0, 1];
  for (const [start, way, low, high] of [[p[0], q[0] - p[0], left, right], [p[1], q[1] - p[1], top, bottom]]) {
    if (way === 0) {
      if (start < low || start > high) return false;
    } else {
      const [a, b] = [(low - start) / way, (high - start) / way];
      from = Math.max(from, Math.min(a, b));
      to = Math.min(to, Math.max(a, b));
    }
  }
  return from <= to;
}

// The point where the way from `from` to `to` leaves the box of `from`.
export function edge(layout, from, to, half = [layout.node[0] / 2 + 3, layout.node[1] / 2 + 3]) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const scale = Math.min(
    dx ? half[0] / Math.abs(dx) : Infinity,
    dy ? half[1] / Math.abs(dy) : Infinity,
    0.5,
  );
  return [from[0] + dx * scale, from[1] + dy * scale];
}

export const between = (a, b, share) => [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
