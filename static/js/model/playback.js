// The head and its clock. Where a visible message flies, a hop of 10 ms takes 700 ms; where nothing
// is to be seen, time is skipped. A pure map from time on the wall to time in the run, and back.

const WALL_MS_PER_US = 700 / 10_000;
export const GAP_MS = 300;
// An election may bring a second of messages; nobody watches that for a minute.
export const MOST_MS = 15_000;

// No message of any scene is longer on its way.
export const LONGEST_US = 2_000_000;

// The place of the first thing after a moment, in a list that is sorted by `at`.
export function firstAfter(list, at) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].at <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

// What the stage draws of one cluster, from its rows alone: which messages fly when, and which rows
// are stories. Only new rows are looked at; `held` as in model/rows.js.
export class Flown {
  constructor(held, isNoise, isStory) {
    Object.assign(this, { held, isNoise, isStory });
    this.reset();
  }

  reset() {
    Object.assign(this, { edition: this.held.edition, taken: 0, flights: [], stories: [], bySeq: new Map() });
  }

  follow() {
    const { events, edition } = this.held;
    if (edition !== this.edition || events.length < this.taken) this.reset();
    while (this.taken < events.length) this.take(events[this.taken++]);
    return this;
  }

  take(row) {
    if (row.type === "message_sent") {
      const flight = { ...row, noise: this.isNoise(row), dropped: null };
      this.bySeq.set(row.seq, flight);
      this.flights.push(flight);
    } else if (row.type === "message_dropped") {
      const flight = this.bySeq.get(row.cause);
      if (flight) flight.dropped = { at: row.at, reason: row.reason };
    }
    if (this.isStory(row)) this.stories.push(row);
  }

  // [start, end] of what is to be seen of messages after a moment.
  busyAfter(at) {
    const from = firstAfter(this.flights, at - LONGEST_US);
    return this.flights.slice(from).filter((flight) => !flight.noise).map((flight) => [flight.at, flight.arrives_at]);
  }
}

// When a flight ends on the screen: at its target, or half way at the gap of a cut.
export function endOf(flight) {
  const half = flight.at + (flight.arrives_at - flight.at) / 2;
  if (!flight.dropped || flight.dropped.reason === "crashed") return flight.arrives_at;
  return flight.dropped.at > half ? flight.dropped.at : half;
}

// Pieces {from, to, ms, gap} that cover from … to; `busy` are the [start, end] of flights.
export function timeMap(busy, from, to) {
  const spans = busy.filter(([a, b]) => b > from && a < to).sort((x, y) => x[0] - y[0]);
  const pieces = [];
  let at = from;
  const push = (end, gap) => {
    if (end <= at) return;
    const usual = (end - at) * WALL_MS_PER_US;
    pieces.push({ from: at, to: end, ms: gap ? Math.min(GAP_MS, usual) : usual, gap: gap && usual > GAP_MS });
    at = end;
  };
  for (const [a, b] of spans) {
    push(Math.min(a, to), true);
    push(Math.min(b, to), false);
  }
  push(to, true);
  const whole = wallLength(pieces);
  if (whole > MOST_MS) for (const piece of pieces) piece.ms *= MOST_MS / whole;
  return pieces;
}

export const wallLength = (pieces) => pieces.reduce((sum, piece) => sum + piece.ms, 0);

// The moment after `ms` on the wall, and the gap being skipped there, if any.
export function momentAt(pieces, ms) {
  let left = ms;
  for (const piece of pieces) {
    if (left < piece.ms) {
      const at = piece.from + (piece.to - piece.from) * (left / piece.ms);
      return { at: Math.floor(at), skipped: piece.gap ? piece.to - piece.from : 0 };
    }
    left -= piece.ms;
  }
  return { at: pieces.length ? pieces.at(-1).to : 0, skipped: 0, done: true };
}
