// What can be read off the ring, and said of it: for whoever draws it or has selected a node.

const AROUND = 2 ** 32;

// The part of a whole turn at which a position lies.
export const turn = (position) => position / AROUND;

// Round the ring from where the key lies: the first position of each of its homes, in the order in which they are met.
export function listOf(picture, key) {
  const { ring } = picture;
  const from = ring.lies[key];
  if (from === undefined || !ring.homes[key]) return [];
  const tokens = ring.old && ["write_both", "stream"].includes(ring.phase) ? ring.old : ring.tokens;
  const first = Math.max(0, tokens.findIndex(([position]) => position >= from));
  const round = [...tokens.slice(first), ...tokens.slice(0, first)];
  const met = ring.homes[key].reads.map((node) => ({ node, position: round.find(([, owner]) => owner === node)?.[0] }));
  return met.filter(({ position }) => position !== undefined);
}

// The ranges that get another owner in the change under way: [where it begins, where it ends].
export function movingRanges({ old, tokens }) {
  if (!old) return [];
  const ends = [...new Set([...old, ...tokens].map(([position]) => position))].sort((a, b) => a - b);
  const owner = (layout, end) => (layout.find(([position]) => position >= end) ?? layout[0])[1];
  return ends.map((end, i) => [ends.at(i - 1), end]).filter(([, end]) => owner(old, end) !== owner(tokens, end));
}

const PHASES = { write_both: "writes go to both", stream: "ranges are sent", read_new: "reads ask the new", write_new: "all use the new" };

// What goes on, in few words; and where a key lies.
export const changeWords = ({ subject, action, phase }) => (phase === "rest" ? "" : `${subject} ${action === "join" ? "joins" : "leaves"}: ${PHASES[phase]}`);

export function keyWords(picture, key) {
  const homes = picture.ring.homes[key];
  if (!homes) return "";
  const more = homes.writes.filter((name) => !homes.reads.includes(name));
  return `${homes.reads.join(", ")}${more.length ? ` and ${more.join(", ")}` : ""}`;
}

// What a node has of the ring: ranges, their part of the whole, and the keys that it has copies of.
export function partOf(picture, name) {
  const { tokens, homes } = picture.ring;
  let before = tokens.at(-1)[0] - AROUND;
  let [ranges, owned] = [0, 0];
  for (const [end, owner] of tokens) {
    if (owner === name) [ranges, owned] = [ranges + 1, owned + end - before];
    before = end;
  }
  const keys = Object.keys(homes).filter((key) => homes[key].reads.includes(name));
  const coming = Object.keys(homes).filter((key) => !homes[key].reads.includes(name) && homes[key].writes.includes(name));
  return { ranges, of: tokens.length, percent: Math.round((100 * owned) / AROUND), keys, coming };
}

// In words, for whoever selected the node.
export function ringWords(picture, name) {
  if (!picture.ring) return "";
  const { ranges, of, percent, keys, coming } = partOf(picture, name);
  const has = ranges ? `It has ${ranges} of ${of} ranges of the ring, ${percent} %` : "It has no range of the ring and only coordinates";
  const copies = keys.length ? `copies of ${keys.length} keys: ${keys.join(", ")}` : "no copies";
  const more = coming.length ? `; writes of ${coming.join(", ")} go to it as well` : "";
  return ` ${has}; ${copies}${more}.`;
}

// The cluster as one node sees it: of each other node whether it takes it for up, and whether that is so.
export function seenAs(picture, viewer) {
  const { suspects } = picture.nodes[viewer];
  return Object.entries(picture.nodes).filter(([name]) => name !== viewer).map(([name, it]) => {
    const [up, truth] = [!suspects.includes(name), !it.down && !it.paused];
    return { name, up, truth, ringStep: it.ringStep };
  });
}

// "n1 takes n2, n3 for up and n4 for down."
export function seenWords(picture, viewer) {
  if (picture.nodes[viewer].down) return "";
  const seen = seenAs(picture, viewer);
  const phi = picture.nodes[viewer].phi ?? {};
  const [up, down] = [true, false].map((value) => seen.filter((one) => one.up === value).map(({ name }) => (value || !phi[name] ? name : `${name} (φ ${phi[name].toFixed(1)})`)));
  const step = picture.ring && picture.nodes[viewer].ringStep < picture.ring.step ? ` It has not heard of the last step of the ring.` : "";
  return ` It takes ${up.length ? up.join(", ") : "nobody"} for up${down.length ? ` and ${down.join(", ")} for down` : ""}.${step}`;
}

// The picture as one node has it in its head: who is silent to it and at what φ, the ring that it knows of. Of
// links, of others' requests and of why somebody is silent it knows nothing. A node that is down sees nothing.
export function seenBy(picture, viewer) {
  const its = picture.nodes[viewer];
  if (!its || its.down) return picture;
  const nodes = Object.fromEntries(Object.entries(picture.nodes).map(([name, it]) => {
    if (name === viewer) return [name, { ...it, sees: true }];
    const silent = its.suspects.includes(name);
    return [name, { ...it, down: false, paused: false, slowed: 0, skew: 0, waiting: 0, suspects: [], silent, phi: silent ? its.phi?.[name] : undefined }];
  }));
  const counters = new Map([...picture.counters].filter(([, { node }]) => node === viewer));
  const none = { cut: new Set(), oneWay: new Set(), slow: new Map(), lossy: new Map() };
  return { ...picture, ...none, nodes, counters, ring: picture.rings?.[its.ringStep] ?? picture.ring };
}
