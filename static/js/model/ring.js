// The ring as the rows tell it: who has which ranges, where keys lie, and how each node sees the others.

const AROUND = 2 ** 32;

// A row ring_changed: the whole ring at this step.
export function layRing(picture, row) {
  const { step, action, phase, subject, members, tokens } = row;
  const homes = Object.fromEntries(row.homes.map(([key, reads, writes]) => [key, { reads, writes }]));
  picture.ring = { step, action, phase, subject, members, tokens, homes };
  for (const [name, it] of Object.entries(picture.nodes)) {
    it.member = members.includes(name);
    if (it.ringStep === undefined) it.ringStep = step;
  }
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
  const [up, down] = [true, false].map((value) => seen.filter((one) => one.up === value).map((one) => one.name));
  const step = picture.ring && picture.nodes[viewer].ringStep < picture.ring.step ? ` It has not heard of the last step of the ring.` : "";
  return ` It takes ${up.length ? up.join(", ") : "nobody"} for up${down.length ? ` and ${down.join(", ")} for down` : ""}.${step}`;
}
