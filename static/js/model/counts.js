// What clients were told and how long it took, as in app/checkers/answers.py, and the judge's
// findings. A test holds both to each other; percentiles are by nearest rank, so each is a case.

export const PERCENTS = [50, 95, 99];
const CHECKS = { lost_writes: "lost", stale_reads: "stale", resurrected_items: "back", false_siblings: "twins" };

export const nothingCounted = () => ({ answers: [], lost: [], stale: [], back: [], twins: [], tallied: null });

// Of one operation that returned: the row with its answer, and how long it took in µs.
export function countAnswer(counted, row, invokedAt) {
  counted.answers.push({ op: row.op, client: row.client, kind: row.kind, outcome: row.outcome, at: row.at, took: row.at - invokedAt, row });
}

export function countFinding(counted, row) {
  counted[CHECKS[row.check]]?.push({ op: row.op, at: row.at, because: row.because, evidence: row.evidence });
}

// The value at place ⌈percent · n / 100⌉ of n in ascending order, counted from 1.
export function nearestRank(ordered, percent) {
  return ordered[Math.max(1, Math.floor((percent * ordered.length + 99) / 100)) - 1] ?? null;
}

function spread(answers) {
  const ordered = [...answers].sort((x, y) => x.took - y.took);
  return { count: ordered.length, ...Object.fromEntries(PERCENTS.map((percent) => [`p${percent}`, nearestRank(ordered, percent)])) };
}

// `clients`: a set of names when only a group of clients is to be counted.
export function tally(counted, clients = null) {
  const { answers, lost, stale, back, twins } = counted;
  const key = [answers, lost, stale, back, twins].map((cases) => cases.length).join();
  if (!clients && counted.tallied?.key === key) return counted.tallied;
  const chosen = clients ? answers.filter((answer) => clients.has(answer.client)) : answers;
  const told = (outcome) => chosen.filter((answer) => answer.outcome === outcome);
  const ok = told("ok");
  const found = {
    key, lost, stale, back, twins, refused: told("failed"), no_answer: told("unknown"), latency: ok,
    ok: spread(ok), reads: spread(ok.filter((answer) => answer.kind === "read")), writes: spread(ok.filter((answer) => answer.kind === "write")),
  };
  if (!clients) counted.tallied = found;
  return found;
}

export const milliseconds = (us) => `${Math.max(1, Math.floor((us + 500) / 1000))} ms`;
