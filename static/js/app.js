// The page at work: what was heard becomes rows, rows become pictures, pictures are drawn.
import { byId, linkName, say, styled } from "./lib/dom.js";
import { leavesBack, redoOf } from "./model/branches.js";
import { CAPTION, SPOKEN, caption, isStory } from "./model/captions.js";
import { Fold } from "./model/fold.js";
import { progress } from "./model/guide.js";
import { Offer } from "./model/offer.js";
import { ledger } from "./model/ledger.js";
import { isBackgroundMessage, rankOf, worksInBackground } from "./model/ops.js";
import { Playhead } from "./model/playhead.js";
import { Flown, firstAfter } from "./model/playback.js";
import { Rows } from "./model/rows.js";
import { Sentences } from "./model/sentences.js";
import { change } from "./model/types.js";
import { displayChoices, extrasChoice, layoutFor, onResize, stillsWanted } from "./ports/kept.js";
import { Live, pageToken } from "./ports/socket.js";
import { connect } from "./controls.js";
import { drawShare } from "./share.js";
import { Counts } from "./views/counts.js";
import { Flights } from "./views/flights.js";
import { GuideStrip } from "./views/guide.js";
import { LedgerView } from "./views/ledger.js";
import { Shoppers } from "./views/shoppers.js";
import { speak } from "./views/spoken.js";
import { Stage } from "./views/stage.js";
import { TimeBar } from "./views/time_bar.js";

const WRITES = new Set(["add", "remove", "put", "increment", "delete"]);
// Nobody reads a clock that changes more often than so while things move.
const BAR_MS = 50;
const SHOPPING = new Set([...WRITES, "read", "resolve", "configure", "configure_client", "set_workload"]);

export class App {
  constructor(scene, Classroom) {
    this.scene = scene;
    this.scenario = scene.scenario;
    this.clusters = scene.scenario.clusters;
    this.ranks = scene.ranks;
    this.noise = new Set(scene.noise_kinds);
    this.keys = scene.scenario.keys;
    this.focusKey = this.keys[0].name;
    this.sentences = new Sentences({ ...scene, types: Object.fromEntries(this.keys.map(({ name, type }) => [name, type])) });
    this.rows = new Rows(scene.legend);
    for (const frame of scene.rows) this.rows.take(frame);
    this.folds = Object.fromEntries(this.clusters.map((c) => [c.name, new Fold(this.rows.cluster(c.name))]));
    this.flown = Object.fromEntries(this.clusters.map((c) => [c.name, new Flown(this.rows.cluster(c.name), (row) => this.isNoise(row), isStory(this.ranks))]));
    this.state = scene.state;
    this.token = pageToken();
    this.online = true;
    this.panel = "ledger";
    this.selected = null;
    this.seer = null;
    this.group = new Set();
    this.skipped = false;
    this.doorSaid = "";
    this.write = "whole";
    this.mirrored = true;
    this.drawnChanges = "";
    this.barDrawn = 0;
    this.head = new Playhead((at, skipped) => this.moved(at, skipped), (travelled) => this.arrived(travelled), stillsWanted);
    this.head.at = scene.state.head.until;
    this.use = byId("main").dataset.use ?? "home";
    this.offer = new Offer(document.body.dataset);
    this.role = this.use === "follow" || this.use === "projector" ? "follows" : "drives";
    this.following = true;
    this.votes = scene.class?.votes ?? {};
    this.observers = null;
    this.views();
    this.refly();
    this.resize();
    this.classroom = Classroom ? new Classroom(scene.class, this) : null;
    this.live = new Live({
      token: this.token, room: scene.room, run: scene.run, key: this.classroom?.key ?? "", hear: (frame) => this.hear(frame),
      state: (online) => this.lineChanged(online),
      have: () => ({ branch: this.rows.branch, have: this.rows.have() }),
    });
    displayChoices(() => this.resize());
    extrasChoice(() => this.resize());
    onResize(() => this.resize());
    connect(this);
    const chosen = this.scenario.presets?.choices.find((one) => one.name === this.scenario.presets.chosen);
    if (chosen) this.select({ settings: chosen.cluster });
    if (this.use === "home" && !scene.room && this.scenario.watch) this.tell(`Watch: ${this.scenario.watch[0].toLowerCase()}${this.scenario.watch.slice(1)}`);
  }

  views() {
    const link = (a, b, isCut, cluster) => this.act([this.sided([{ type: isCut ? "heal_link" : "cut_link", a, b }], cluster)]);
    const fault = (command, cluster) => this.mayAct && this.act([this.sided([command], cluster)]);
    this.stage = new Stage(byId("drawing"), this.clusters, { link, fault, select: (cluster, node) => this.select({ cluster, node }), mark: (node) => this.mark(node), see: (cluster, node) => this.see(cluster, node) });
    this.canvas = new Flights(byId("flights"));
    this.shoppers = new Shoppers({ resolve: (client, keep) => this.act([[{ type: "resolve", client, keep, ...this.keyed }]]) });
    this.strip = this.use !== "home" ? null : new GuideStrip(this.scenario, {
      steps: (steps, said = "") => { this.doorSaid = said; this.act(steps, true); },
      skip: () => { this.skipped = true; this.draw(true); byId("next").focus(); },
    });
    this.timeBar = new TimeBar();
    this.counts = new Counts(this.clusters, byId("stage").dataset.counts === "short", {
      open: (cluster, counter, from) => this.openCount({ cluster, counter, from }), show: (what, at) => this.showCase(what, at),
    });
    this.ledger = new LedgerView(byId("panel-ledger"), this.clusters, {
      again: () => this.draw(true),
      evidence: (cluster, evidence) => this.select({ cluster, evidence }),
    });
  }

  // What a press opens comes after the first picture.
  async rest() {
    const [{ Inspector }, reading, { BranchesView }, { PromisesView }] = await Promise.all([import("./views/inspector.js"), import("./views/reading.js"), import("./views/branches.js"), import("./views/promises.js")]);
    this.reading = reading;
    this.branches = new BranchesView(byId("panel-branches"), {
      visit: (branch) => { this.head.stop(); this.ask({ type: "visit", branch }); },
      rename: (branch, name) => this.ask({ type: "rename", branch, name }),
    });
    this.promises = new PromisesView(byId("panel-promises"), this.clusters, this.scene.promises, {
      open: (cluster, promise) => this.openCount({ cluster, promise }), show: (what, at) => this.showCase(what, at),
    }, this.askForm());
    this.inspector = new Inspector(byId("inspector"), this.scenario, {
      commands: (list) => this.act([this.sided(list, this.selected?.cluster)]), close: () => this.select(null), redraw: () => this.draw(true),
      see: (cluster, node) => this.see(cluster, node), seer: () => this.seer,
      mark: (node) => this.mark(node), unmark: () => this.unmark(),
      mirrored: (wanted) => { if (wanted !== undefined) this.mirrored = wanted; return this.mirrored; },
      write: (kind) => { if (kind) this.write = kind; return this.write; },
    }, () => this.faultForm(), this.counts, this.promises);
    this.draw(true);
  }

  // ---- hearing ------------------------------------------------------------------------------

  hear(frame) {
    if (frame.type === "rows") this.rows.take(frame);
    else if (frame.type === "state") this.takeState(frame);
    else if (frame.type === "refused") this.refused(frame);
    else if (frame.type === "welcome") this.welcomed(frame);
    else if (frame.type === "roll") { this.observers = frame.observers; this.draw(true); }
    else if (frame.type === "stopped") this.tell(`This run is stopped: ${frame.rule}. It replays at /run/${frame.link}`);
  }

  takeState(frame) {
    const first = frame.room !== this.state.room || frame.seq < this.state.seq;
    const news = frame.seq > this.state.seq;
    const own = this.live.waiting?.type;
    const moved = JSON.stringify(frame.head) !== JSON.stringify(this.state.head);
    const was = this.state.head.branch;
    this.state = frame;
    this.inspector?.settings.answered();
    this.refly();
    if (!this.following) { this.lookOn(); return; }
    if (this.use === "home" && frame.room && location.pathname !== `/r/${frame.room}`) history.replaceState(null, "", `/r/${frame.room}${location.search}`);
    const { from_at: from, until, playing } = frame.head;
    if (own === "seek") this.draw(true);
    else if (!own && !first && !(news && moved) && !this.joining) this.draw(true);
    else if (playing) this.playOn(from, frame.age);
    else if (until > from && (news || own || this.joining)) this.head.run(this.busySpans(from), from, until, this.pace, false, frame.age);
    else this.head.jump(until);
    this.joining = false;
    if (frame.note) this.tell(frame.note);
    else if (frame.head.branch !== was && !first) this.tell(`Shown now: ${this.branch.name}.`);
  }

  // Drives or follows, as the server says; who follows and has just come sees the same moment.
  welcomed(frame) {
    this.role = frame.role;
    this.votes = frame.votes;
    this.joining = this.role === "follows";
  }

  // Looking around while the presenter goes on: one's own moment stays, as far as there is one.
  lookOn() {
    this.head.at = Math.min(this.head.at, this.branch.frontier);
    this.joining = false;
    this.draw(true);
  }

  lookAround() {
    if (this.role === "follows") this.following = false;
  }

  // Back to where the presenter is, with one press.
  returnToRoom() {
    this.following = true;
    const { from_at: from, until, playing } = this.state.head;
    if (playing) this.playOn(from, this.state.age);
    else this.head.jump(until);
  }

  refused({ asked, reason, remedy }) {
    // A run that cannot go on stands still for everybody, here and after a reload.
    const paused = this.head.playing && this.state.head.playing && this.role === "drives";
    this.head.stop();
    if (paused) this.live.ask({ type: "pause", seen: { branch: this.state.head.branch, at: this.head.at } });
    this.tell(`${asked} ${reason} ${remedy}`);
    this.inspector?.forget(`${asked} ${reason} ${remedy}`);
    this.draw(true);
  }

  lineChanged(online) {
    this.online = online;
    byId("offline").hidden = online;
    if (this.head) this.draw(true);
  }

  tell(text) {
    say(byId("status"), text);
  }

  // ---- asking -------------------------------------------------------------------------------

  get seen() {
    return { branch: this.state.head.branch, at: this.head.at };
  }

  ask(request) {
    if (!this.online) {
      this.tell("This waits: the connection is lost. Try again when it is back.");
      return;
    }
    this.live.ask(request);
  }

  // Steps: lists of commands; each list acts at one moment, the next after what comes of it.
  // Faults happen on both sides, unless the person said: on the side I point at.
  sided(commands, cluster) {
    if (this.mirrored || !cluster) return commands;
    return commands.map((command) => (SHOPPING.has(command.type) ? command : { ...command, only: cluster }));
  }

  // guided: the guide's own steps are given whatever a class link locks.
  act(steps, guided = false) {
    const refusal = guided ? "" : this.offer.refusal(steps);
    if (refusal) { this.tell(refusal); this.inspector?.forget(); this.draw(true); return; }
    if (this.write !== "whole") steps = steps.map((step) => step.map((command) => (WRITES.has(command.type) ? { write: this.write, ...command } : command)));
    this.head.finish();
    this.tell("");
    this.ask({ type: "act", seen: this.seen, steps });
  }

  next() {
    this.lookAround();
    this.head.finish();
    this.tell("");
    const { frontier } = this.branch;
    if (this.head.at >= frontier && this.role === "follows") {
      this.tell("This is as far as the presenter has gone.");
      return this.draw(true);
    }
    if (this.head.at >= frontier) return this.ask({ type: "next", seen: this.seen });
    const stops = [...this.storyMoments(), ...this.state.stops].filter((at) => at > this.head.at && at <= frontier);
    return this.go(Math.min(frontier, ...stops), true);
  }

  back() {
    this.lookAround();
    this.head.stop();
    if (this.mayAct && leavesBack(this.branch, this.state.stops, this.head.at)) return this.ask({ type: "back", seen: this.seen });
    return this.go(Math.max(0, ...this.state.stops.filter((at) => at < this.head.at)), false);
  }

  // Forward again to what Back came from, on this branch or on another.
  redo() {
    this.lookAround();
    this.head.finish();
    const way = this.redoable;
    if (!way) return undefined;
    return way.ask ? this.ask({ type: "redo", seen: this.seen }) : this.go(way.at, true);
  }

  get redoable() {
    const way = redoOf(this.state.branches, this.branch, this.state.stops, this.head.at);
    return way?.ask && !this.mayAct ? null : way;
  }

  // Within what was already seen nobody needs to be asked; the room is told where the head is.
  go(at, moving) {
    if (moving) this.head.run(this.busySpans(this.head.at), this.head.at, at, this.speed);
    else this.head.jump(at);
    if (this.online && this.state.room && this.role === "drives") this.live.ask({ type: "seek", seen: { branch: this.state.head.branch, at } });
  }

  play() {
    if (this.head.playing) {
      this.head.stop();
      this.ask({ type: "pause", seen: this.seen });
      this.draw(true);
    } else this.ask({ type: "play", seen: this.seen, speed: this.speed });
  }

  playOn(from, age = 0) {
    const visible = this.clusters.flatMap((c) => {
      const { events } = this.rows.cluster(c.name);
      return events.slice(firstAfter(events, from)).filter((row) => !this.isNoise(row));
    });
    if (!visible.length) {
      this.head.stop();
      this.tell("Nothing more happens until somebody acts.");
      if (this.role === "drives") this.ask({ type: "pause", seen: { branch: this.state.head.branch, at: from } });
      return;
    }
    this.head.run(this.busySpans(from), from, Math.max(...visible.map((r) => r.at)), this.pace, true, age);
  }

  // ---- moving -------------------------------------------------------------------------------

  moved(at, skipped) {
    this.skippedNow = skipped;
    this.draw(false);
  }

  arrived(travelled = false) {
    this.skippedNow = 0;
    this.travelled = travelled;
    if (this.head.playing) {
      if (this.role === "drives") this.live.ask({ type: "more", seen: this.seen });
      setTimeout(() => this.head.playing && this.playOn(this.head.at), 250);
    }
    this.draw(true);
    this.travelled = false;
    speak(this.clusters.map((c) => caption(this.told(c), this.sentences, c.design, SPOKEN)));
  }

  isNoise(row) {
    return this.noise.has(row.kind) || (row.type === "message_dropped" && this.noise.has(row.kind)) || isBackgroundMessage(row);
  }

  // The rows changed: which messages fly when.
  refly() {
    const all = this.clusters.map((c) => [c.name, this.flown[c.name].follow()]);
    this.flying = Object.fromEntries(all.map(([name, { flights }]) => [name, flights]));
    this.storied = Object.fromEntries(all.map(([name, { stories }]) => [name, stories]));
  }

  busySpans(from) {
    return this.clusters.flatMap((c) => this.flown[c.name].busyAfter(from));
  }

  // Is there a run that is asked about and may not be seen yet?
  get gated() {
    const { phase } = this.state;
    return Boolean(phase?.has_run && !phase.ran);
  }

  get mayAct() {
    return this.online && this.role === "drives" && !this.gated;
  }

  get branch() {
    return this.state.branches.find((b) => b.id === this.state.head.branch);
  }

  // Who drives sees it at the speed chosen here; who follows, as it is shown to all.
  get pace() {
    return this.role === "drives" ? this.speed : this.state.head.speed;
  }

  get speed() {
    return Number(byId("speed").value);
  }

  // Since the last stop before the head; the stop at the head itself closes its own step.
  get since() {
    return Math.max(-1, ...this.state.stops.filter((at) => at < this.head.at));
  }

  told(c) {
    const stories = this.storied[c.name];
    return stories.slice(firstAfter(stories, this.since), firstAfter(stories, this.head.at));
  }

  storyMoments() {
    const { frontier } = this.branch;
    return Object.values(this.storied).flatMap((stories) => stories.slice(0, firstAfter(stories, frontier)).map((row) => row.at));
  }

  // ---- drawing ------------------------------------------------------------------------------

  resize() {
    Object.assign(this, layoutFor(this.scenario, this.entries, this.beside));
    this.canvas.size(this.layout, this.scale);
    this.draw(true);
  }

  draw(all) {
    const { at } = this.head;
    const pictures = Object.fromEntries(this.clusters.map((c) => [c.name, this.folds[c.name].to(at)]));
    this.pictures = pictures;
    const entries = Object.fromEntries(Object.entries(Object.values(pictures)[0].clients).map(([name, { entry }]) => [name, entry]));
    const beside = Object.fromEntries(this.clusters.map((c) => [c.name, Object.keys(pictures[c.name].helpers)]));
    if (JSON.stringify([entries, beside]) !== JSON.stringify([this.entries, this.beside])) {
      Object.assign(this, { entries, beside });
      if (Object.values(beside).some((names) => names.length)) this.fetchBeside();
      return this.resize();
    }
    const values = Object.fromEntries(this.clusters.map((c) => [c.name, pictures[c.name].values]));
    this.canvas.draw(this.layout, this.flying, at, this.since, values, byId("show-heartbeats").checked);
    const now = performance.now();
    if (all || !this.head.moving || now - this.barDrawn >= BAR_MS) {
      this.barDrawn = now;
      this.drawBar(at);
    }
    if (Object.values(pictures).some((picture) => picture.ring)) this.fetchRing();
    const changes = Object.values(this.folds).map((fold) => fold.changes).join();
    if (!all && changes === this.drawnChanges) return undefined;
    this.drawnChanges = changes;
    return this.drawStill(pictures);
  }

  // Once, however often it is wanted meanwhile; without the server the next drawing asks again.
  fetchRing() {
    this.ring ??= Promise.all([import("./views/ring_drawing.js"), styled("/static/css/ring.css")])
      .then(([drawing]) => { this.stage.ringing = drawing; this.draw(true); }, () => { this.ring = null; });
  }

  async fetchBeside() {
    if (this.stage.helping) return;
    this.stage.helping = await import("./views/beside.js");
    this.draw(true);
  }

  drawBar(at) {
    const end = Math.max(this.branch.frontier, at);
    const can = {
      back: at > 0 || (this.mayAct && leavesBack(this.branch, this.state.stops, at)), redo: !this.head.moving && Boolean(this.redoable), next: at < end || (this.mayAct && this.state.seq > 1), reset: this.mayAct && this.state.seq > 1,
      play: this.mayAct && this.state.seq > 1,
    };
    if (this.offer.locks("time")) for (const id of Object.keys(can)) can[id] = false;
    drawShare(this);
    this.timeBar.draw({ at, end, playing: this.head.playing, skipped: this.skippedNow, can, stories: this.storied });
    if (this.offer.locks("time")) for (const id of ["scrubber", "speed"]) byId(id).disabled = true;
  }

  drawStill(pictures) {
    const blocked = !this.mayAct;
    const where = progress(this.scenario.guide, pictures, this.state.commands.filter(([at]) => at <= this.head.at));
    const guiding = this.strip && !this.skipped && where.step < where.total;
    const step = guiding ? this.scenario.guide[where.step] : null;
    const offer = step?.steps[0].find((command) => command.type === "cut_link");
    const { selected } = this;
    this.stage.draw(this.layout, pictures, { offered: offer && linkName(offer.a, offer.b), selected: selected?.node && `${selected.cluster}/${selected.node}`, group: this.group, key: this.key, seer: this.seer, fills: (this.head.moving || this.travelled) && !stillsWanted() });
    this.shoppers.draw(pictures, this.scenario.clients, this.key, blocked);
    this.strip?.draw(where, this.skipped, blocked, this.doorSaid);
    // One filled button a page: the guide's, the lesson's or the class's; else Next.
    byId("next").className = guiding || this.use !== "home" ? "outlined" : "filled";
    for (const c of this.clusters) {
      const picture = pictures[c.name];
      say(byId(`caption-${c.name}`), caption(this.told(c), this.sentences, c.design, CAPTION));
      sayWhole(byId(`settings-${c.name}`), settingWords(picture, this.scenario.nodes.length, this.layout.name === "phone" || this.use === "projector"));
    }
    this.counts.draw(pictures, this.layout.name === "phone");
    for (const button of document.querySelectorAll(".add, .read, #both, .change")) button.disabled = blocked || this.offer.locks(button.matches(".change") ? "settings" : "clients");
    const shut = blocked || (selected?.settings ? this.offer.locks("settings") : Boolean(selected?.node) && this.offer.locks("faults"));
    this.inspector?.draw(selected, this.group, pictures, this.key, shut, this.sentences, this.rows, this.seen);
    this.classroom?.draw(this);
    this.drawPanel(pictures);
  }

  drawPanel(pictures) {
    const { at } = this.head;
    if (this.panel === "ledger") this.ledger.draw(ledger(pictures, this.scene.status_words, this.scene.read_words, this.ledger.background), Object.values(pictures).some(worksInBackground), this.lit);
    else if (this.panel === "branches") this.branches?.draw(this.state.branches, this.state.head.branch, !this.mayAct);
    else if (this.panel === "promises") this.promises?.draw(pictures, this.selected);
    else if (!this.reading) return;
    else if (this.panel === "copies") this.reading.copies(byId("panel-copies"), this.clusters, pictures, this.key);
    else if (this.panel === "log") this.reading.log(byId("panel-log"), this.clusters, this.rows, this.sentences, at, (row) => !this.isNoise(row) && rankOf(this.ranks, row) >= 2, this.lit);
    else this.reading.spaceTime(byId("panel-spacetime"), this.clusters, pictures, this.flying, { from: Math.max(0, this.since), at });
  }

  // ---- choosing -----------------------------------------------------------------------------

  // The key whose versions are drawn and which the shoppers' buttons change.
  get key() {
    return this.keys.find(({ name }) => name === this.focusKey);
  }

  // For commands: the key, where it is not the one that they mean without.
  get keyed() {
    return this.focusKey === "cart" ? {} : { key: this.focusKey };
  }

  // The command of a shopper's main button.
  change(name) {
    return change(this.scenario.clients.find((client) => client.name === name), this.key).command;
  }

  focus(key) {
    this.focusKey = key;
    this.draw(true);
  }

  // Whoever closes the inspector is back at what opened it.
  // The side as one of its nodes sees it, or again as it is; nobody else's picture changes.
  async see(cluster, node) {
    const [{ seen }] = await Promise.all([import("./views/seer.js"), styled("/static/css/ring.css")]);
    this.seer = seen(this.seer, this.pictures[cluster], cluster, node, (text) => this.tell(text));
    this.draw(true);
  }

  select(what) {
    if (this.offer.hides("inspector") && what && !what.settings) {
      this.tell("The inspector is not on this page: its class link leaves it out.");
      return;
    }
    const focused = document.activeElement;
    if (what && !byId("inspector").contains(focused)) this.opener = focused?.id;
    this.selected = what;
    byId("more").setAttribute("aria-expanded", String(Boolean(what?.more)));
    this.draw(true);
    if (what) this.inspector?.enter(what.client);
    else if (this.opener) byId(this.opener)?.focus({ preventScroll: true });
  }

  // The operations that are being shown, in the ledger and in the log.
  get lit() {
    return this.selected?.ops ?? (this.selected?.op ? [this.selected.op] : []);
  }

  openCount(what) {
    this.select(what);
    if (this.layout.name === "phone") byId("inspector").scrollIntoView({ block: "nearest" });
  }

  // The stage at the moment of a counted operation, which stays lit; back to where one was is one press.
  showCase(what, at) {
    const from = this.selected?.from;
    this.lookAround();
    this.head.stop();
    this.selected = { ...what, from: from?.branch === this.seen.branch && from.at >= this.head.at ? from : this.seen };
    this.go(at, false);
    if (this.layout.name === "phone") byId("stage-place").scrollIntoView({ block: "nearest" });
  }

  // Marks are this browser's own, and the same node on both sides.
  mark(node) {
    if (!this.group.delete(node)) this.group.add(node);
    this.draw(true);
  }

  unmark() {
    this.group.clear();
    this.draw(true);
  }

  show(panel) {
    this.panel = panel;
    if (panel === "promises" && this.promises) processed(this.promises.form);
    this.draw(true);
  }

  // What the judge does not follow is asked about the moment on the screen.
  askForm() {
    const form = byId("ask-form").content.firstElementChild.cloneNode(true);
    filled(form, () => this.moment());
    return form;
  }

  faultForm() {
    if (this.offer.locks("faults")) return document.createTextNode("");
    const form = byId("fault-form").content.firstElementChild.cloneNode(true);
    const kind = form.elements.kind;
    kind.addEventListener("change", () => {
      const { usual = "", unit = "" } = kind.selectedOptions[0].dataset;
      form.elements.amount.value = usual;
      say(form.querySelector("#fault-unit"), unit);
    });
    filled(form, () => ({ token: this.token, key: this.live.key, id: this.live.take(), ...this.moment() }));
    processed(form);
    return form;
  }

  // The moment on the screen, as forms name it.
  moment() {
    return { room: this.state.room ?? "", run: this.scene.run, branch: this.seen.branch, at: this.seen.at };
  }
}

// A press anywhere in the form, its button's too, brings what is hidden in it up to date.
function filled(form, fields) {
  form.addEventListener("click", () => {
    for (const [name, value] of Object.entries(fields())) form.elements[name].value = String(value);
  });
}

// htmx looks only at what is in the page, and a panel puts the form there right after this. It comes
// with the first form; one that is sent before that is sent as any form.
function processed(form) {
  if (window.htmx) queueMicrotask(() => window.htmx.process(form));
  else fetchHtmx(() => form.isConnected && window.htmx.process(form));
}

function fetchHtmx(then) {
  let script = document.querySelector("script[data-for=forms]");
  if (!script) {
    script = document.createElement("script");
    Object.assign(script, { src: byId("fault-form").dataset.htmx });
    script.dataset.for = "forms";
    document.head.append(script);
  }
  script.addEventListener("load", then);
}

// Letters that fit between the edge of the stage and the shoppers, beside “Change…”.
const LINE = 62;
const READS = { leader_local: "unconfirmed reads", any: "any node reads", spread: "followers read", sticky: "one follower each", wait_position: "reads wait" };

function okAfter({ settings, nodes: all }, nodes) {
  const { durability, standbys, copies } = settings;
  if (durability === "off") return "OK at once";
  if (durability === "local") return "OK after the leader's disk";
  const where = { remote_write: " (in memory)", remote_apply: " (applied)" }[durability] ?? "";
  const now = Object.values(all).some((it) => it.role === "leader" && it.mode === "async") ? ", now async" : "";
  const data = nodes - Object.values(all).filter((it) => it.arbiter).length;
  return (standbys === "none" ? `OK after ${copies} of ${data}` : `OK after ${standbys}`) + where + now;
}

// What may be cut off by its place can be read in full by pointing at it.
function sayWhole(node, text) {
  say(node, text);
  node.title = text;
}

// In full where a line has room for that.
function settingWords(picture, nodes, brief) {
  const full = sideSettings(picture, nodes, brief);
  return brief || full.length <= LINE ? full : `${sideSettings(picture, nodes, true)} ·`;
}

function sideSettings(picture, nodes, short) {
  const { settings } = picture;
  if (picture.design === "leader_follower") {
    const shards = Object.keys(picture.shards ?? {}).length;
    const kinds = { none: "no failover", timeout: "failover by time-out", election: short ? "elections" : "failover by election", observer: short ? "watcher" : "failover by a watcher", lease: short ? "lock" : "failover by a lock" };
    const more = [READS[settings.reads] ?? "", settings.fencing === "on" ? "fencing" : "",
      ...[["pre_vote", "pre-vote"], ["step_down", "steps down"], ["catch_up", "catch-up"]].map(([name, words]) => (settings[name] === "on" ? words : "")),
      ["observer", "lease"].includes(settings.failover) || settings.failover === "timeout" ? { save_aside: "tail set aside", keep: "tail kept", resend: "tail sent again" }[settings.tail] ?? "" : "",
      { direct: "clients learn the leader", proxy: "through a proxy" }[settings.routing] ?? "",
      /^1(-1)*$/.test(settings.priorities) ? "" : `priorities ${settings.priorities}`, shards > 1 ? `${shards} shards` : ""];
    return [okAfter(picture, Number(settings.replicas) || nodes), kinds[settings.failover], ...more].filter(Boolean).join(" · ") + (short ? "" : " ·");
  }
  const keeps = { last_write: "last write wins", server_vectors: "vectors by coordinator", client_vectors: "vectors by client", object_vectors: "one vector a key", newest_sibling: "newest sibling" }[settings.conflict] ?? (short ? "keeps both" : "keeps conflicts");
  const types = [{ or_set: "OR-set", two_phase: "two-phase set", cells: "last write an item" }[settings.cart] ?? "", { escrow: "escrow", agreed: "counters by rounds" }[settings.counter] ?? "", settings.compare === "rounds" && settings.counter !== "agreed" ? "rounds" : "", settings.shown === "newest" ? "newest shown" : ""];
  const who = { in_turn: "nodes in turn", home: "writes handed to a replica", aware: "a replica is asked", client: "the client coordinates" }[settings.coordinator] ?? "";
  const more = [keeps, who, ...types, settings.quorum === "sloppy" ? "sloppy" : "", settings.hints === "on" ? "hints" : "", settings.placement === "in_turn" ? (short ? "keys in turn" : "each key on other nodes") : ""];
  return [`N ${settings.n} · W ${settings.w} · R ${settings.r}`, ...more].filter(Boolean).join(" · ") + (short ? "" : " ·");
}
