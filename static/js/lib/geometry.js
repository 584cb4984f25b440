// Where things stand, in the stage's own pixels: two compositions of the same drawing.

export const DESKTOP = {
  name: "desktop", width: 1280, height: 440, node: [96, 64],
  nodes: {
    leader: { n1: [456, 120], n2: [152, 232], n3: [456, 344] },
    leaderless: { n1: [824, 120], n2: [1128, 232], n3: [824, 344] },
  },
  // Where a client's messages leave its card, by side.
  clients: {
    leader: { phone: [538, 120], laptop: [538, 344] },
    leaderless: { phone: [742, 120], laptop: [742, 344] },
  },
};

export const PHONE = {
  name: "phone", width: 390, height: 418, node: [80, 48],
  nodes: {
    leader: { n1: [75, 120], n2: [195, 58], n3: [315, 120] },
    leaderless: { n1: [75, 304], n2: [195, 374], n3: [315, 304] },
  },
  clients: {
    leader: { phone: [75, 156], laptop: [315, 156] },
    leaderless: { phone: [75, 246], laptop: [315, 246] },
  },
};

export const BREAK = "(max-width: 1099px)";

export function placeOf(layout, cluster, name) {
  return layout.nodes[cluster][name] ?? layout.clients[cluster][name];
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
