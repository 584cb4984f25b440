// The browser's fold, sentences and time map against what Python made of the same runs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { CAPTION, caption } from "../../static/js/model/captions.js";
import { Fold, held, progress as positions } from "../../static/js/model/fold.js";
import { Flown, GAP_MS, MOST_MS, endOf, firstAfter, momentAt, timeMap, wallLength } from "../../static/js/model/playback.js";
import { progress } from "../../static/js/model/guide.js";
import { Rows } from "../../static/js/model/rows.js";
import { itemsOf } from "../../static/js/model/carts.js";
import { shown } from "../../static/js/model/types.js";
import { Sentences } from "../../static/js/model/sentences.js";

const golden = JSON.parse(readFileSync(new URL("../golden/runs.json", import.meta.url)));
const sentencesOf = (run) => new Sentences({ ...golden.words, types: run.types });

function rowsOf(run) {
  const rows = new Rows(golden.words.legend);
  for (const frame of run.frames) rows.take(frame);
  return rows;
}

for (const run of golden.runs) {
  test(`${run.name}: every sentence is the one that Python writes`, () => {
    const rows = rowsOf(run);
    for (const [cluster, { design, said }] of Object.entries(run.clusters)) {
      const { events, verdicts } = rows.cluster(cluster);
      assert.deepEqual([...events, ...verdicts].map((row) => sentencesOf(run).of(design, row)), said);
    }
  });

  test(`${run.name}: the picture at each stop is the one that Python's processes are in`, () => {
    const rows = rowsOf(run);
    for (const [cluster, { states }] of Object.entries(run.clusters)) {
      const fold = new Fold(rows.cluster(cluster));
      // Forwards, and then backwards, which folds again from the start.
      for (const state of [...states, ...states.toReversed()]) {
        const picture = fold.to(state.at);
        assert.deepEqual([...picture.cut].sort(), state.cut, `links at ${state.at}`);
        for (const [name, node] of Object.entries(state.nodes)) {
          const it = picture.nodes[name];
          for (const key of Object.keys(run.types)) {
            assert.deepEqual(held(picture, name, key).map((v) => v.id), node.held[key] ?? [], `${cluster} ${name} ${key} at ${state.at}`);
            assert.deepEqual(shown(run.types[key], held(picture, name, key)).map((version) => itemsOf(version)), node.shows[key] ?? [], `${cluster} ${name} shows ${key} at ${state.at}`);
          }
          if (node.role !== null) {
            assert.deepEqual([it.role, it.term, it.leader, it.commit], [node.role, node.term, node.leader, node.commit], `${cluster} ${name} at ${state.at}`);
            assert.deepEqual([it.log.length, positions(it)], [node.log, { handed: node.handed, flushed: node.flushed, applied: node.applied }], `${cluster} ${name}'s log at ${state.at}`);
          } else if (node.groups) {
            for (const [number, expected] of Object.entries(node.groups)) {
              const part = picture.shards[number].nodes[name];
              assert.deepEqual([part.role, part.term, part.leader, part.commit], expected, `${cluster} ${name} shard ${number} at ${state.at}`);
            }
            assert.equal(it.role === "leader", Object.values(node.groups).some(([role]) => role === "leader"), `${name} at ${state.at}`);
          } else assert.deepEqual(it.suspects, node.suspects, `${cluster} ${name} at ${state.at}`);
        }
        for (const [name, known] of Object.entries(state.clients)) {
          const client = picture.clients[name] ?? picture.background[name];
          for (const key of Object.keys(run.types)) {
            assert.deepEqual((client.known[key] ?? []).map((v) => v.id), known.known[key] ?? []);
          }
          assert.equal(client.busy, known.busy);
        }
      }
    }
  });

  test(`${run.name}: captions fit and the guide knows where it stands`, () => {
    const rows = rowsOf(run);
    const pictures = {};
    for (const [cluster, { design }] of Object.entries(run.clusters)) {
      const { events } = rows.cluster(cluster);
      const stories = events.filter((row) => golden.words.ranks[row.type] >= 2);
      assert.ok(caption(stories, sentencesOf(run), design).length <= CAPTION);
      pictures[cluster] = new Fold(rows.cluster(cluster)).to(run.until);
    }
    assert.equal(progress(golden.guide, pictures).step, run.guide_step);
  });
}

test("a hop takes 700 ms, a gap at most 300, nothing longer than is watched", () => {
  const hop = timeMap([[0, 10_000]], 0, 10_000);
  assert.equal(Math.round(wallLength(hop)), 700);
  const gap = timeMap([[0, 10_000], [500_000, 510_000]], 0, 510_000);
  assert.equal(Math.round(wallLength(gap)), 700 + GAP_MS + 700);
  assert.equal(momentAt(gap, 800).skipped, 490_000);
  assert.equal(momentAt(gap, 701 + GAP_MS).at >= 500_000, true);
  assert.ok(wallLength(timeMap([[0, 2_000_000]], 0, 2_000_000)) <= MOST_MS + 1);
  assert.deepEqual(timeMap([], 5, 5), []);
});

test("time on the wall never runs back", () => {
  const pieces = timeMap([[3, 9], [5, 12], [40_000, 50_000], [45_000, 46_000]], 0, 60_000);
  let last = -1;
  for (let ms = 0; ms < wallLength(pieces); ms += 7) {
    const { at } = momentAt(pieces, ms);
    assert.ok(at >= last);
    last = at;
  }
});

const flown = (events, isNoise = () => false) => new Flown({ events, edition: 0 }, isNoise, (row) => row.type === "link_cut").follow();

test("new rows are added to what flies, and other rows take its place", () => {
  const sent = (seq, at) => ({ type: "message_sent", seq, at, arrives_at: at + 10, kind: "replicate" });
  const held = { events: [sent(0, 0), { type: "link_cut", at: 1 }], edition: 0 };
  const both = new Flown(held, (row) => row.seq === 5, (row) => row.type === "link_cut").follow();
  const first = both.flights[0];
  held.events.push(sent(2, 20), { type: "message_dropped", cause: 0, at: 21, reason: "cut" }, sent(5, 30));
  both.follow();
  assert.equal(both.flights[0], first);
  assert.deepEqual(first.dropped, { at: 21, reason: "cut" });
  assert.deepEqual(both.stories.map((row) => row.at), [1]);
  assert.deepEqual(both.busyAfter(0), [[0, 10], [20, 30]]);
  Object.assign(held, { events: [sent(0, 3)], edition: 1 });
  assert.deepEqual(both.follow().flights.map((flight) => flight.at), [3]);
  assert.deepEqual(both.stories, []);
});

test("the first thing after a moment", () => {
  const list = [0, 5, 5, 9].map((at) => ({ at }));
  assert.deepEqual([-1, 0, 4, 5, 8, 9].map((at) => firstAfter(list, at)), [0, 1, 1, 3, 3, 4]);
});

test("a message dies half way at a cut, and at its target when that is down", () => {
  const sent = { type: "message_sent", seq: 0, at: 0, arrives_at: 10, kind: "replicate" };
  const lost = (reason, at) => flown([sent, { type: "message_dropped", cause: 0, at, reason }]).flights[0];
  assert.equal(endOf(lost("cut", 0)), 5);
  assert.equal(endOf(lost("cut", 8)), 8);
  assert.equal(endOf(lost("crashed", 10)), 10);
});

test("rows sent again replace what was held beyond their start", () => {
  const rows = new Rows(golden.words.legend);
  const [frame] = golden.runs[0].frames;
  rows.take(frame);
  const whole = rows.cluster(frame.cluster).events.length;
  rows.take({ ...frame, start: whole - 3, rows: frame.rows.slice(-3), verdict_start: frame.verdicts.length, verdicts: [] });
  assert.equal(rows.cluster(frame.cluster).events.length, whole);
});
