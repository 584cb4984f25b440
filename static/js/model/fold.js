// Rows up to a moment → the picture of one cluster. Every rule is the server's; this only adds up.
import { linkName } from "../lib/dom.js";
import { countAnswer, countFinding, nothingCounted } from "./counts.js";
import { operationOf } from "./ops.js";
import { layRing } from "./ring.js";
import { openShards, partsOf, shardOf, sum } from "./shards.js";

export function emptyPicture() {
  return {
    design: "", at: -1, settings: {}, nodes: {}, helpers: {}, clients: {}, background: {}, regions: {}, workload: false, cut: new Set(), oneWay: new Set(), slow: new Map(), lossy: new Map(), ops: new Map(),
    counters: new Map(), values: new Map(), statuses: new Map(), findings: {}, lost: 0, stale: 0,
    cuts: [], answers: [], term: 0, types: {}, counted: nothingCounted(),
  };
}

const node = () => ({
  role: "", term: 1, leader: null, suspects: [], log: [], last: {}, commit: 0, versions: {}, hints: {}, down: false, paused: false,
  votes: "", deposedBy: 0, wiped: false, diverged: null, aside: [], progress: null, lag: {}, standbys: [], mode: "", waiting: 0,
});

function start(picture, row) {
  picture.design = row.design;
  picture.settings = Object.fromEntries(row.settings);
  picture.types = Object.fromEntries(row.keys);
  const data = row.nodes.length - Number(picture.settings.arbiters ?? 0);
  row.nodes.forEach((name, i) => {
    picture.nodes[name] = node();
    picture.nodes[name].arbiter = i >= data;
    if (row.design === "leader_follower") {
      picture.nodes[name].role = i === 0 ? "leader" : "follower";
      picture.nodes[name].leader = row.nodes[0];
    }
  });
  picture.term = 1;
  picture.capacity = row.capacity ?? 0;
  if (row.shards?.length) openShards(picture, row, node);
  for (const [name, entry] of row.clients) {
    picture.clients[name] = { entry, retries: "off", known: {}, last: {}, busy: null, queued: 0 };
  }
  for (const [name, retries] of row.retries ?? []) picture.clients[name].retries = retries;
  for (const [name, entry] of row.background ?? []) picture.background[name] = { entry, known: {}, last: {}, busy: null, queued: 0 };
  picture.regions = Object.fromEntries(row.regions ?? []);
  for (const name of row.helpers ?? []) picture.helpers[name] = { down: false, paused: false, leader: row.nodes[0] };
}

// A node, or a process beside the nodes.
const placeOf = (picture, name) => picture.nodes[name] ?? picture.helpers[name];

function count(picture, row) {
  const counter = picture.counters.get(row.op);
  if (!counter) return;
  counter.sources.push(row.source);
  counter.have = row.have;
}

const value = (picture, v) => v && picture.values.set(v.id, v);

// A shopper, or a client in the background.
const clientOf = (picture, name) => picture.clients[name] ?? picture.background[name];

function returned(picture, row) {
  const client = clientOf(picture, row.client);
  client.busy = null;
  client.known[row.key] = row.values;
  client.last[row.key] = row;
  picture.ops.get(row.op).told = row;
  // Who has been answered waits for nobody: of thousands of operations few counters are open.
  for (const [name, counter] of picture.counters) if (counter.op === row.op) picture.counters.delete(name);
  countAnswer(picture.counted, row, picture.ops.get(row.op).at);
  picture.answers.push({ client: row.client, action: row.action, at: row.at });
  for (const v of row.values) value(picture, v);
}

function truncated(picture, row) {
  const it = picture.nodes[row.node];
  it.log.length = row.position - 1;
  for (const [key, last] of row.ends) it.last[key] = last;
}

// How far the log is handed over, flushed and applied; nothing of that kept: as far as it goes.
export function progress(it) {
  const all = it.log.length;
  const { handed = all, flushed = all, applied = all } = it.progress ?? {};
  return { handed: Math.min(handed, all), flushed: Math.min(flushed, all), applied: Math.min(applied, all) };
}

// Down: what the process knew is gone; up to where its log is flushed still holds.
function down(picture, row) {
  const it = picture.nodes[row.node];
  if (!it) {
    Object.assign(placeOf(picture, row.node), { down: true, paused: false });
    return;
  }
  const role = picture.design === "leader_follower" ? "follower" : "";
  const { handed, flushed } = progress(it);
  Object.assign(it, { down: true, paused: false, suspects: [], role, leader: null, commit: 0, votes: "", waiting: 0, lag: {}, standbys: [], mode: "", progress: it.progress && { handed, flushed } });
}

function appended(picture, row) {
  const it = picture.nodes[row.node];
  it.wiped = false;
  it.log[row.position - 1] = { term: row.term, op: row.op, key: row.key, value: row.value };
  if (row.value) it.last[row.key] = row.value;
  value(picture, row.value);
}

// By home, what is kept for it of all keys.
function hinted(picture, row) {
  const { hints } = picture.nodes[row.node];
  const others = (hints[row.home] ?? []).filter((kept) => kept.key !== row.key);
  picture.nodes[row.node].hints = { ...hints, [row.home]: [...others, ...row.versions.map((kept) => ({ ...kept, key: row.key }))] };
}

function become(picture, name, role, term) {
  const it = picture.nodes[name];
  it.role = role;
  it.term = Math.max(it.term, term);
  it.votes = "";
  Object.assign(it, { lag: {}, standbys: [], mode: "", fenced: false });
  if (role === "leader") it.leader = name;
  picture.term = Math.max(picture.term, term);
}

const TAKE = {
  cluster_started: start,
  link_cut(p, r) {
    p.cut.add(linkName(r.a, r.b));
    p.cuts.push({ link: linkName(r.a, r.b), at: r.at });
  },
  link_cut_one_way: (p, r) => p.oneWay.add(`${r.source}→${r.target}`),
  link_slowed: (p, r) => p.slow.set(linkName(r.a, r.b), r.times),
  link_made_lossy: (p, r) => p.lossy.set(linkName(r.a, r.b), r.percent),
  link_healed(p, r) {
    for (const trouble of [p.cut, p.slow, p.lossy]) trouble.delete(linkName(r.a, r.b));
    for (const way of [`${r.a}→${r.b}`, `${r.b}→${r.a}`]) p.oneWay.delete(way);
  },
  node_crashed: down,
  node_lost_power: down,
  // The disk is gone, and what stood on it; the first thing stored there ends it.
  node_paused: (p, r) => { placeOf(p, r.node).paused = true; },
  node_resumed: (p, r) => { placeOf(p, r.node).paused = false; },
  node_restarted: (p, r) => { placeOf(p, r.node).down = false; },
  intent_queued: (p, r) => { clientOf(p, r.client).queued += 1; },
  intent_skipped(p, r) {
    p.ops.set(r.op, { op: r.op, client: r.client, action: r.action, item: "", key: r.key, at: r.at, skipped: r });
    p.answers.push({ client: r.client, action: r.action, at: r.at });
  },
  operation_invoked(p, r) {
    const client = clientOf(p, r.client);
    client.busy = r.op;
    client.queued = Math.max(0, client.queued - 1);
    p.ops.set(r.op, { op: r.op, client: r.client, action: r.action, item: r.item, key: r.key, kind: r.kind, at: r.at, value: r.value, invoked: r });
    value(p, r.value);
  },
  operation_returned: returned,
  operation_retried: (p, r) => { value(p, r.value); },
  // Entry and retries are the client's own, a region is where it is.
  client_changed(p, r) {
    if (r.setting === "region") p.regions = { ...p.regions, [r.client]: r.choice };
    else p.clients[r.client][r.setting] = r.choice;
  },
  workload_changed: (p, r) => { p.workload = r.state === "on"; },
  request_accepted(p, r) {
    const op = operationOf(r.op);
    if (!p.ops.get(op)?.told) p.counters.set(r.op, { node: r.node, op, kind: r.kind, need: r.need, of: r.of, have: 0, sources: [], reached: false, missed: false, at: r.at });
  },
  reply_counted: count,
  quorum_reached: (p, r) => { const c = p.counters.get(r.op); if (c) c.reached = true; },
  quorum_missed: (p, r) => { const c = p.counters.get(r.op); if (c) c.missed = true; },
  leader_suspected: (p, r) => { p.nodes[r.node].leader = null; p.nodes[r.node].suspects = [r.leader]; },
  leader_heard(p, r) {
    become(p, r.node, "follower", r.term);
    Object.assign(p.nodes[r.node], { leader: r.leader, suspects: [] });
  },
  election_started(p, r) {
    become(p, r.node, "candidate", r.term);
    p.nodes[r.node].leader = null;
    p.nodes[r.node].votes = `${r.votes} of ${r.need} votes`;
  },
  vote_granted: (p, r) => { p.nodes[r.node].term = r.term; if (p.nodes[r.node].role !== "leader") p.nodes[r.node].leader = null; },
  vote_counted: (p, r) => { p.nodes[r.node].votes = `${r.votes} of ${r.need} votes`; },
  leader_elected: (p, r) => { become(p, r.node, "leader", r.term); p.nodes[r.node].suspects = []; },
  leader_stepped_down: (p, r) => { become(p, r.node, "follower", r.new_term); p.nodes[r.node].leader = null; },
  pre_vote_started: (p, r) => { become(p, r.node, "follower", r.term - 1); p.nodes[r.node].leader = null; },
  leader_gave_up: (p, r) => { become(p, r.node, "follower", r.term); p.nodes[r.node].leader = null; },
  leader_handed_over: (p, r) => { become(p, r.node, "follower", r.term); p.nodes[r.node].leader = null; },
  leader_demoted: (p, r) => { become(p, r.node, "follower", r.term); p.nodes[r.node].leader = null; },
  clients_redirected: (p, r) => { p.helpers[r.node].leader = r.leader; },
  lock_granted: (p, r) => { p.helpers[r.node].leader = r.holder; },
  lock_released: (p, r) => { p.helpers[r.node].leader = ""; },
  lock_expired: (p, r) => { p.helpers[r.node].leader = ""; },
  log_diverged: (p, r) => { p.nodes[r.node].diverged = r; },
  tail_kept: (p, r) => { if (r.how === "aside") p.nodes[r.node].aside = [...p.nodes[r.node].aside, ...r.values]; },
  log_appended: appended,
  log_truncated: truncated,
  log_tail_lost: truncated,
  log_progressed(p, { node: name, handed, flushed, applied }) {
    const it = p.nodes[name];
    it.progress = Math.min(handed, flushed, applied) < it.log.length ? { handed, flushed, applied } : null;
  },
  follower_lagged: (p, r) => { p.nodes[r.node].lag = { ...p.nodes[r.node].lag, [r.follower]: r }; },
  replication_mode_changed: (p, r) => { p.nodes[r.node].mode = r.mode; },
  standbys_changed: (p, r) => { p.nodes[r.node].standbys = r.standbys; },
  commit_advanced: (p, r) => { p.nodes[r.node].commit = r.position; },
  versions_stored(p, r) {
    const it = p.nodes[r.node];
    Object.assign(it, { versions: { ...it.versions, [r.key]: r.versions }, wiped: false });
    for (const v of r.versions) value(p, v);
  },
  tombstone_reaped: (p, r) => { const it = p.nodes[r.node]; it.versions = { ...it.versions, [r.key]: r.versions }; },
  setting_changed: (p, r) => { p.settings = { ...p.settings, [r.setting]: r.choice }; },
  leader_promoted: (p, r) => { become(p, r.node, "leader", r.term); p.nodes[r.node].suspects = []; },
  leader_fenced: (p, r) => { p.nodes[r.node].fenced = true; },
  leader_waits: (p, r) => { p.nodes[r.node].fenced = true; },
  leader_unfenced: (p, r) => { p.nodes[r.node].fenced = false; },
  node_wiped: (p, r) => { Object.assign(p.nodes[r.node], { down: false, paused: false, wiped: true, role: p.design === "leader_follower" ? "follower" : "", leader: null, log: [], last: {}, versions: {}, commit: 0, progress: null, lag: {}, standbys: [], mode: "", suspects: [], hints: {}, fenced: false, diverged: null, aside: [], waiting: 0 }); },
  clock_skewed: (p, r) => { p.nodes[r.node].skew = r.offset_us; },
  queue_changed: (p, r) => { p.nodes[r.node].waiting = r.waiting; },
  node_slowed: (p, r) => { p.nodes[r.node].slowed = r.milliseconds; },
  hint_stored(p, r) { hinted(p, r); for (const v of r.versions) value(p, v); },
  hint_delivered: hinted,
  hint_readdressed: (p, r) => hinted(p, { ...r, versions: [] }),
  ring_changed: layRing,
  ring_learned: (p, r) => { p.nodes[r.node].ringStep = r.step; },
  peer_suspected: (p, r) => p.nodes[r.node].suspects.push(r.peer),
  peer_heard: (p, r) => { p.nodes[r.node].suspects = p.nodes[r.node].suspects.filter((x) => x !== r.peer); },
  phi_reached: (p, r) => { const it = p.nodes[r.node]; it.phi = { ...it.phi, [r.peer]: r.phi_milli / 1000 }; },
};

export function take(picture, row) {
  for (const part of partsOf(picture, row)) TAKE[row.type]?.(part, row);
  if (picture.shards) sum(picture, row.node);
  picture.at = row.at;
}

export function takeVerdict(picture, row) {
  if (row.type === "status_changed") picture.statuses.set(row.op, row);
  else {
    picture.findings[row.check] = row;
    countFinding(picture.counted, row);
    if (row.check === "lost_writes") picture.lost = row.count;
    if (row.check === "stale_reads") {
      picture.stale = row.count;
      const op = picture.ops.get(row.op);
      if (op?.told) op.stale = row;
    }
  }
}

// What a node shows of a key: with a leader the last of it in its log, without one all its versions.
export function held(picture, name, key) {
  if (picture.design !== "leader_follower") return picture.nodes[name].versions[key] ?? [];
  const last = shardOf(picture, key).nodes[name]?.last[key];
  return last ? [last] : [];
}

// The picture at a moment; goes on from the last one when time goes forward.
export class Fold {
  constructor(held) {
    this.held = held;
    this.reset();
  }

  reset() {
    this.picture = emptyPicture();
    this.events = 0;
    this.verdicts = 0;
    this.edition = this.held.edition;
    this.at = -1;
    this.changes = (this.changes ?? 0) + 1;
  }

  to(at) {
    if (at < this.at || this.edition !== this.held.edition) this.reset();
    const { events, verdicts } = this.held;
    while (this.events < events.length && events[this.events].at <= at) {
      const row = events[this.events++];
      take(this.picture, row);
      if (!row.type.startsWith("message_")) this.changes += 1;
    }
    while (this.verdicts < verdicts.length && verdicts[this.verdicts].at <= at) {
      takeVerdict(this.picture, verdicts[this.verdicts++]);
      this.changes += 1;
    }
    this.at = at;
    return this.picture;
  }
}
