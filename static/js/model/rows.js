// The rows of both clusters as they came: arrays become objects by the legend, nothing is decided.

const value = (a) => a && { id: a[0], label: a[1], items: a[2], part: a[3], tally: a[4] };
const stored = (a) => ({ ...value(a[0]), vector: a[1] });
const SHAPES = {
  value,
  values: (list) => list.map(value),
  dropped: (list) => list.map(value),
  ends: (list) => list.map(([key, last]) => [key, value(last)]),
  versions: (list) => list.map(stored),
};

export function decode(legend, array) {
  const row = { kind: array[0], type: array[0] };
  legend[array[0]].forEach((field, i) => {
    const shape = SHAPES[field];
    // A message has a kind of its own (what is drawn); the row's kind then is in `type`.
    row[field] = shape ? shape(array[i + 1]) : array[i + 1];
  });
  return row;
}

export class Rows {
  constructor(legend) {
    this.legend = legend;
    this.branch = 0;
    this.clusters = new Map();
  }

  cluster(name) {
    if (!this.clusters.has(name)) {
      this.clusters.set(name, { events: [], verdicts: [], completeTo: 0, edition: 0 });
    }
    return this.clusters.get(name);
  }

  // Takes a rows frame in; what was held beyond its start is void.
  take(frame) {
    this.branch = frame.branch;
    const held = this.cluster(frame.cluster);
    if (frame.start < held.events.length || frame.verdict_start < held.verdicts.length) held.edition += 1;
    held.events.length = frame.start;
    held.verdicts.length = Math.min(frame.verdict_start, held.verdicts.length);
    for (const row of frame.rows) held.events.push(decode(this.legend, row));
    for (const row of frame.verdicts) held.verdicts.push(decode(this.legend, row));
    held.completeTo = frame.complete_to;
  }

  have() {
    return Object.fromEntries([...this.clusters].map(([name, held]) => [name, held.events.length]));
  }

  completeTo() {
    return Math.min(...[...this.clusters.values()].map((held) => held.completeTo));
  }
}
