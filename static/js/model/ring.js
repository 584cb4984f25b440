// The ring as the rows tell it: who has which ranges, and where keys lie.

// A row ring_changed: the whole ring at this step.
export function layRing(picture, row) {
  const { step, action, phase, subject, members, tokens } = row;
  const homes = Object.fromEntries(row.homes.map(([key, reads, writes]) => [key, { reads, writes }]));
  // While a change goes on, the ring as it was before it.
  const old = phase === "rest" ? null : picture.ring?.old ?? picture.ring?.tokens ?? null;
  const ring = { step, action, phase, subject, members, tokens, homes, old, lies: Object.fromEntries(row.lies ?? []) };
  // By step, for whoever has not heard of the last one.
  Object.assign(picture, { ring, rings: { ...picture.rings, [step]: ring } });
  for (const [name, it] of Object.entries(picture.nodes)) {
    it.member = members.includes(name);
    if (it.ringStep === undefined) it.ringStep = step;
  }
}

// Has the node a copy of the key, or writes of it? Without a ring, or of a key that it does not have: nobody knows.
export function isAway(picture, name, key) {
  const homes = picture.ring?.homes[key];
  return Boolean(homes) && !homes.writes.includes(name);
}
