// Counts and latencies in the browser against what Python counted of the same runs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { countAnswer, countFinding, milliseconds, nearestRank, nothingCounted, tally } from "../../static/js/model/counts.js";
import { Fold } from "../../static/js/model/fold.js";
import { ledger } from "../../static/js/model/ledger.js";
import { Rows } from "../../static/js/model/rows.js";
import { newerCopies } from "../../static/js/model/stale.js";

const golden = JSON.parse(readFileSync(new URL("../golden/runs.json", import.meta.url)));

function rowsOf(run) {
  const rows = new Rows(golden.words.legend);
  for (const frame of run.frames) rows.take(frame);
  return rows;
}

const times = ({ count, p50, p95, p99 }) => ({ count, p50: p50?.took ?? null, p95: p95?.took ?? null, p99: p99?.took ?? null });

function inPythonsWords(found) {
  return { refused: found.refused.length, no_answer: found.no_answer.length, ok: times(found.ok), reads: times(found.reads), writes: times(found.writes) };
}

for (const run of golden.runs) {
  test(`${run.name}: the counts at each stop are the ones that Python makes`, () => {
    const rows = rowsOf(run);
    for (const [cluster, { states, counts }] of Object.entries(run.clusters)) {
      const fold = new Fold(rows.cluster(cluster));
      const stops = states.map(({ at }, i) => [at, counts[i]]);
      // Forwards, and then backwards, which folds again from the start.
      for (const [at, expected] of [...stops, ...stops.toReversed()]) {
        const found = tally(fold.to(at).counted);
        assert.deepEqual(inPythonsWords(found), expected, `${cluster} at ${at}`);
        const broken = (check) => rows.cluster(cluster).verdicts.filter((row) => row.check === check && row.at <= at);
        assert.deepEqual(found.lost.map((one) => one.op), broken("lost_writes").map((row) => row.op));
        for (const [counter, check] of [["stale", "stale_reads"], ["back", "resurrected_items"], ["twins", "false_siblings"]]) {
          assert.equal(found[counter].length, broken(check).at(-1)?.count ?? 0);
        }
      }
    }
  });
}

test("the golden runs have something of every count", () => {
  const all = golden.runs.flatMap((run) => Object.keys(run.clusters).map((name) => tally(new Fold(rowsOf(run).cluster(name)).to(run.until).counted)));
  for (const counter of ["lost", "refused", "no_answer", "latency"]) assert.ok(all.some((found) => found[counter].length), counter);
  assert.ok(all.some((found) => found.reads.count));
});

test("a percentile is the value at the nearest rank", () => {
  const upTo = (n) => Array.from({ length: n }, (_, i) => i + 1);
  for (const [n, ...expected] of [[1, 1, 1, 1], [2, 1, 2, 2], [20, 10, 19, 20], [21, 11, 20, 21], [100, 50, 95, 99]]) {
    assert.deepEqual([50, 95, 99].map((percent) => nearestRank(upTo(n), percent)), expected);
  }
  assert.equal(nearestRank([], 50), null);
  assert.deepEqual([1, 1499, 1500, 40_000].map(milliseconds), ["1 ms", "1 ms", "2 ms", "40 ms"]);
});

const returned = (op, client, outcome, at, kind = "write") => ({ type: "operation_returned", seq: at, op, client, action: kind === "read" ? "read" : "add", kind, outcome, at, values: [], node: "n1", key: "cart" });

test("a refusal and no answer have no latency, and a group of clients is counted alone", () => {
  const counted = nothingCounted();
  countAnswer(counted, returned("a", "phone", "failed", 5), 0);
  countAnswer(counted, returned("b", "b1", "ok", 40), 10);
  countAnswer(counted, returned("c", "b1", "unknown", 900), 50);
  const all = tally(counted);
  assert.deepEqual([all.refused.length, all.no_answer.length, all.ok.count, all.ok.p99.op], [1, 1, 1, "b"]);
  assert.equal(tally(counted, new Set(["b1"])).refused.length, 0);
  assert.equal(tally(counted, new Set(["phone"])).ok.count, 0);
  countFinding(counted, { check: "lost_writes", op: "b", at: 50, because: "", evidence: [] });
  countFinding(counted, { check: "two_leaders", op: "b", at: 50, because: "", evidence: [] });
  assert.deepEqual([tally(counted).lost.length, tally(counted).stale.length], [1, 0]);
});

// ---- a read of a copy that is behind ---------------------------------------------------------------

const READS = { stale: "old", fresh: "fresh", because: "Nothing is missing." };
const value = { id: "w", label: "a", items: ["milk"], part: false };

function staleRun(stale) {
  const events = [
    { type: "cluster_started", at: 0, design: "leaderless", nodes: ["n1", "n2", "n3"], clients: [["phone", "n1"], ["laptop", "n3"]], settings: [], keys: [["cart", "cart"]] },
    { type: "operation_invoked", at: 1, client: "phone", op: "w", action: "add", kind: "write", item: "milk", key: "cart", value },
    { type: "versions_stored", at: 2, node: "n2", key: "cart", versions: [value] },
    { type: "versions_stored", at: 2, node: "n1", key: "cart", versions: [value] },
    { ...returned("w", "phone", "ok", 3), item: "milk" },
    { type: "operation_invoked", at: 4, client: "laptop", op: "r", action: "read", kind: "read", item: "", key: "cart", value: null },
    { ...returned("r", "laptop", "ok", 6, "read"), node: "n3", item: "" },
  ].map((row, seq) => ({ ...row, seq }));
  const verdicts = stale ? [{ type: "finding_changed", at: 6, after: 6, check: "stale_reads", verdict: "broken", count: 1, op: "r", because: "Laptop missed it.", evidence: [4, 5, 6] }] : [];
  return new Fold({ events, verdicts, edition: 0 });
}

const lineOf = (picture, op) => ledger({ leaderless: picture }, {}, READS).find((line) => line.op === op).sides.leaderless;

test("a read is old with a finding, fresh without one, and nothing before its answer", () => {
  assert.equal(lineOf(staleRun(true).to(6), "r").now.word, "old");
  const fresh = lineOf(staleRun(false).to(6), "r").now;
  assert.deepEqual([fresh.word, fresh.broken, fresh.row.because, fresh.row.evidence], ["fresh", undefined, READS.because, [5, 6]]);
  assert.equal(lineOf(staleRun(false).to(5), "r").now, null);
});

test("from a stale read to the copy of the node that acknowledged, or to another that has it", () => {
  const fold = staleRun(true);
  assert.deepEqual(newerCopies(fold.to(5), "cart"), []);
  const picture = fold.to(6);
  assert.deepEqual(newerCopies(picture, "cart"), [{ client: "laptop", node: "n1" }]);
  picture.nodes.n1.versions = {};
  assert.deepEqual(newerCopies(picture, "cart"), [{ client: "laptop", node: "n2" }]);
  picture.nodes.n2.versions = {};
  assert.deepEqual(newerCopies(picture, "cart"), []);
  assert.deepEqual(newerCopies(staleRun(false).to(6), "cart"), []);
});
