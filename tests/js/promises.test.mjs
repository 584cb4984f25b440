// The promises beside each cluster, and their evidence as spans of time, from the judge's rows.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { Fold } from "../../static/js/model/fold.js";
import { impossible, inWords, promiseLines, spans } from "../../static/js/model/promises.js";
import { Rows } from "../../static/js/model/rows.js";

const golden = JSON.parse(readFileSync(new URL("../golden/runs.json", import.meta.url)));
const PROMISES = { linearizable: { title: "Linearizable", of: "" }, two_leaders: { title: "One leader", of: "leader" }, below_zero: { title: "Counters", of: "counter" } };

test("a promise is what the last row up to the head says, forwards and backwards", () => {
  let broken = 0;
  for (const run of golden.runs) {
    const rows = new Rows(golden.words.legend);
    for (const frame of run.frames) rows.take(frame);
    for (const [cluster, { states }] of Object.entries(run.clusters)) {
      const held = rows.cluster(cluster);
      const fold = new Fold(held);
      for (const { at } of [...states, ...states.toReversed()]) {
        const lines = promiseLines(PROMISES, { [cluster]: fold.to(at) });
        const last = held.verdicts.filter((row) => row.check === "linearizable" && row.at <= at).at(-1);
        assert.equal(lines[0].sides[cluster].verdict, last?.verdict ?? "holds", `${run.name} ${cluster} ${at}`);
        const leads = fold.picture.design === "leader_follower";
        assert.equal(lines.some(({ name }) => name === "two_leaders"), leads);
        assert.equal(lines.some(({ name }) => name === "below_zero"), Object.values(fold.picture.types).includes("counter"));
      }
      for (const row of held.verdicts.filter((each) => each.check === "linearizable" && each.verdict === "broken")) {
        broken += 1;
        const ops = spans(row, held.events, row.at);
        assert.ok(ops.some((one) => one.breaks));
        assert.deepEqual(ops.map((one) => one.from), ops.map((one) => one.from).toSorted((x, y) => x - y));
        assert.ok(ops.every((one) => one.to === null || (one.to >= one.from && one.to <= row.at)));
      }
    }
  }
  assert.ok(broken > 3);
});

test("the order that cannot be is between the breach and what was over last before it", () => {
  const call = (seq, op, at, kind, label) => ({ seq, type: "operation_invoked", op, client: op.split("-")[0], kind, at, value: label ? { label } : null });
  const answer = (seq, op, at, kind, labels = []) => ({ seq, type: "operation_returned", op, client: op.split("-")[0], kind, at, values: labels.map((label) => ({ label })) });
  const events = [call(0, "phone-1", 0, "write", "a"), answer(1, "phone-1", 10, "write"), call(2, "tablet-2", 20, "write", "b"), answer(3, "tablet-2", 30, "write"), call(4, "laptop-3", 40, "read"), answer(5, "laptop-3", 50, "read", ["a"])];
  const row = { op: "laptop-3", evidence: [0, 1, 3, 4, 5] };
  const ops = spans(row, events, 50);
  assert.deepEqual(ops.map(inWords), ["Phone writes a", "Tablet writes b", "Laptop reads a"]);
  assert.deepEqual(ops.map(({ from, to }) => [from, to]), [[0, 10], [20, 30], [40, 50]]);
  assert.equal(impossible(ops).first.op, "tablet-2");
  assert.equal(spans(row, events, 45)[2].to, null, "what is not answered by then has no end");
  assert.equal(impossible(ops.slice(2)), null);
});
