// Beside the lower panel: what was selected, and every act on it as a worded button.
import { byId, html, linkName } from "../lib/dom.js";
import { textMark } from "../lib/marks.js";
import { CLOCK, LINK_KEYS, NODE_KEYS, PERCENT, SLOW, STAGE_KEYS, TIMES, hurt } from "../model/faults.js";
import { held, progress } from "../model/fold.js";
import { helperName, helperSays } from "../model/helper_words.js";
import { cutting } from "../model/group.js";
import { ringWords, seenWords } from "../model/ring_words.js";
import { groupsOf } from "../model/shards.js";
import { EMPTY, minus, more, sum } from "../model/types.js";
import { clientsPart } from "./clients.js";
import { Settings } from "./settings.js";

const WRITE_KINDS = {
  whole: ["Whole value.", "What was last seen on that side, with the change in it; it replaces what is there."],
  compare: ["Compare-and-set.", "The same, if nobody changed it since; else refused."],
  operation: ["Operation.", "The change alone: add this, remove that, one less; the database works it in."],
};

export class Inspector {
  // act: {commands(list), write([kind]), mark(node), unmark(), close()}; form(): the fault form with its current hidden fields
  // `counts`, `promises`: the panels behind the counters and the promises, {key(what, pictures, …), body(…)}
  constructor(place, scenario, act, form, counts, promises) {
    Object.assign(this, { place, scenario, act, form, counts, promises });
    this.settings = new Settings(scenario, act);
    this.shown = "";
  }

  // `client`: the part of this shopper is meant.
  enter(client) {
    const part = client && byId(`client-${client}`);
    part?.scrollIntoView({ block: "nearest" });
    (part || this.place).querySelector("button, input, select")?.focus({ preventScroll: true });
  }

  // What was pressed and refused must not stay pressed; `text`: why, for the control itself.
  forget(text = "") {
    this.settings.refused(text);
    this.shown = "";
  }

  // `what`: null, {node, cluster}, {settings: cluster}, {more: true}, {evidence, cluster}, {counter, cluster} or {promise, cluster}
  // `group`: the marked nodes, whose act stands above whatever is selected.
  draw(what, group, pictures, key, blocked, sentences, rows, now) {
    this.focus = key;
    this.place.hidden = !what && !group.size;
    const state = JSON.stringify([key.name, what, [...group], blocked, group.size && [...Object.values(pictures)[0].cut], what?.node && this.state(what, pictures), what?.settings && [pictures[what.settings].settings, this.settings.key()], what?.more && asks(Object.values(pictures)[0]), what?.counter && this.counts.key(what, pictures, now.at), what?.promise && [now.at, ...this.promises.key(what, pictures)]]);
    if (state === this.shown) return;
    this.shown = state;
    const had = this.place.contains(document.activeElement) ? document.activeElement : null;
    const same = JSON.stringify(what) === this.drawn;
    this.drawn = JSON.stringify(what);
    const scrolled = same ? this.place.scrollTop : 0;
    const nameOf = (summary) => summary.dataset.name ?? summary.textContent;
    const opened = new Set([...this.place.querySelectorAll("details[open] > summary")].map(nameOf));
    const close = html("button", { type: "button", class: "plain close", on: { click: () => this.act.close() } }, "Close");
    const body = !what ? [] : what.node ? this.node(what, pictures, group) : what.settings ? this.settings.body(what.settings, pictures[what.settings].settings)
      : what.counter ? this.counts.body(what, pictures, sentences, rows, now) : what.promise ? this.promises.body(what, pictures, sentences, rows, now) : what.evidence ? this.evidence(what, sentences, rows) : this.more(Object.values(pictures)[0]);
    this.place.replaceChildren(...(what ? [close] : []), ...(group.size ? [this.marked(group, Object.values(pictures)[0])] : []), ...body);
    for (const summary of this.place.querySelectorAll("details > summary")) if (opened.has(nameOf(summary))) summary.parentElement.open = true;
    this.place.scrollTop = scrolled;
    if (blocked) for (const control of this.place.querySelectorAll("button:not(.close, .own), input, select")) control.disabled = true;
    if (had) again(this.place, had)?.focus({ preventScroll: true });
  }

  marked(group, picture) {
    const names = Object.keys(picture.nodes).filter((name) => group.has(name));
    const commands = cutting(picture, group);
    const all = names.length === Object.keys(picture.nodes).length;
    const why = all ? "All nodes are marked: there is nobody to cut them off from." : commands.length ? "" : "No link leads from them to the others.";
    return html("div", { class: "acts group" },
      html("button", { type: "button", disabled: !commands.length, on: { click: () => this.act.commands(commands) } }, `Cut off the marked nodes: ${names.join(", ")}`),
      this.own("Unmark", () => this.act.unmark()), why ? html("p", {}, why) : null);
  }

  // What changes only this browser's picture stays possible when acting is not.
  own(words, click) {
    return html("button", { type: "button", class: "own", on: { click } }, words);
  }

  // Pressed once it is so; v on the node does the same.
  seeing(cluster, node) {
    const seer = this.act.seer();
    return html("button", { type: "button", class: "own", "aria-pressed": String(seer?.cluster === cluster && seer.node === node), on: { click: () => this.act.see(cluster, node) } }, `See the cluster as ${node}`);
  }

  state({ node, cluster }, pictures) {
    const picture = pictures[cluster];
    return [this.act.seer(), picture.nodes[node] ?? null, picture.ring?.step, picture.helpers, groupsOf(picture, node).map(([, part]) => part.nodes[node]), [...picture.cut], [...picture.slow], [...picture.lossy], [...picture.oneWay]];
  }

  button(words, ...commands) {
    return html("button", { type: "button", on: { click: () => this.act.commands(commands) } }, words);
  }

  // Buttons of the link to one other node: the plain ones, and those behind "One way, slow, lossy".
  link(picture, node, other) {
    const all = Object.keys(picture.nodes);
    const [a, b] = all.indexOf(node) < all.indexOf(other) ? [node, other] : [other, node];
    const [link, name] = [linkName(a, b), `${a}–${b}`];
    const isCut = picture.cut.has(link);
    return {
      cut: isCut ? null : this.button(`Cut ${name}`, { type: "cut_link", a, b }),
      finer: [
        ...[[node, other], [other, node]].map(([source, target]) => (isCut || picture.oneWay.has(`${source}→${target}`) ? null
          : this.button(`Cut ${source} to ${target}`, { type: "cut_one_way", source, target }))),
        picture.slow.has(link) ? null : this.button(`Slow ${name} ×${TIMES}`, { type: "slow_link", a, b, times: TIMES }),
        picture.lossy.has(link) ? null : this.button(`Lose ${PERCENT} % on ${name}`, { type: "lose_on_link", a, b, percent: PERCENT }),
      ],
      heal: hurt(picture, a, b) ? this.button(`Heal ${name}`, { type: "heal_link", a, b }) : null,
    };
  }

  node({ node, cluster }, pictures, group) {
    const picture = pictures[cluster];
    if (!picture.nodes[node]) return picture.helpers[node] ? this.helperAlone(picture, node, cluster) : [html("p", {}, `There is no ${node} here any more.`)];
    const it = picture.nodes[node];
    const values = held(picture, node, this.focus.name);
    const links = Object.keys(picture.nodes).filter((other) => other !== node).map((other) => this.link(picture, node, other));
    const few = links.length <= 2;
    const beside = Object.keys(picture.helpers).map((helper) => this.helper(picture, node, helper));
    const believes = it.leader ? `It follows ${it.leader === node ? "itself" : it.leader}.` : picture.design === "leaderless" ? "It follows nobody." : "It hears no leader.";
    return [
      html("h2", {}, `${node}, ${this.scenario.clusters.find((c) => c.name === cluster).title.toLowerCase()}`),
      picture.regions[node] ? html("p", {}, `It is in ${picture.regions[node]}.`) : "",
      it.arbiter ? html("p", {}, "It is an arbiter: it votes and holds no copy.") : "",
      html("p", {}, it.down ? `Crashed; ${it.wiped ? "its disk is empty" : "its disk stays"}. ` : it.wiped ? "Its disk is empty. " : it.paused ? "It stands still; what reaches it waits. " : "", it.slowed ? `It needs ${it.slowed} ms for each message with work. ` : "", picture.shards ? "" : believes, it.suspects.length && !picture.ring ? ` It hears no ${it.suspects.join(", ")}.` : "", picture.ring ? seenWords(picture, node) : "", ringWords(picture, node),
        it.diverged ? ` From log position ${it.diverged.position} on it keeps a log of its own and follows nobody.` : "",
        it.aside.length ? ` Its rollback list: ${it.aside.map((v) => `${v.label} (${v.items.map(minus).join(", ")}) of ${v.id.replace(/-[^-]*$/, "")}`).join("; ")}.` : "",
        it.fenced ? " It answers nobody: it hears no majority, or an older leader may still answer." : "", it.skew ? ` Its clock is ${it.skew / 1e6} s ${it.skew > 0 ? "ahead" : "behind"}.` : "",
        Object.entries(it.hints ?? {}).filter(([, kept]) => kept.length).map(([home, kept]) => ` It keeps ${kept.length === 1 ? "a hint" : `${kept.length} hints`} for ${home}.`), picture.design === "leader_follower" && !picture.shards ? ` Term ${it.term}, ${it.log.length} log entries, ${it.commit} known to be on a majority.` : "", queued(picture, it), picture.shards ? "" : this.replication(it)),
      picture.design === "leaderless" && !it.down ? this.seeing(cluster, node) : "",
      ...shards(picture, node),
      html("p", {}, "It holds ", values.length ? values.map((v) => [textMark(v.label), v.items.map(minus).join(", ") || (v.part ? "a removal" : "empty"), v.vector?.length ? html("code", {}, ` {${v.vector.map(([n, c]) => `${n}:${c}`).join(" ")}}`) : "", " "]) : EMPTY[this.focus.type], sum(this.focus.type, values), "."),
      html("div", { class: "acts" }, links.map(({ cut, finer, heal }) => [cut, few ? finer : null, heal]), this.button(`Cut ${node} off`, { type: "cut_off", node }), this.button("Heal all links", { type: "heal_all" }), this.button("Heal everything", { type: "heal_everything" }),
        it.down ? null : it.paused ? this.button(`Let ${node} go on`, { type: "resume_node", node }) : this.button(`Pause ${node}`, { type: "pause_node", node }),
        it.down ? this.button(`Restart ${node}`, { type: "restart", node }) : this.button(`Crash ${node}`, { type: "crash", node }),
        picture.design === "leader_follower" && !it.down && !it.paused && it.role !== "leader" ? this.button(`Make ${node} the leader`, { type: "promote", node }) : null,
        this.button(`Cut the power of ${node}`, { type: "lose_power", node }),
        it.slowed ? this.button(`Let ${node} work at full speed`, { type: "slow_node", node, milliseconds: 0 }) : this.button(`Slow ${node}: ${SLOW} ms a message`, { type: "slow_node", node, milliseconds: SLOW }),
        !picture.ring ? null : it.member ? this.button(`Let ${node} leave the ring`, { type: "leave", node }) : this.button(`Let ${node} join the ring`, { type: "join", node }),
        this.button(`Wipe the disk of ${node}`, { type: "wipe_node", node }),
        it.skew ? this.button(`Set the clock of ${node} right`, { type: "skew_clock", node, milliseconds: 0 })
          : [CLOCK, -CLOCK].map((by) => this.button(`Set the clock of ${node} ${by > 0 ? "10 s ahead" : "10 s back"}`, { type: "skew_clock", node, milliseconds: by })),
        html("label", { class: "mirror" }, html("input", { type: "checkbox", id: "mirrored", checked: this.act.mirrored(), on: { change: (event) => this.act.mirrored(event.target.checked) } }), " Faults on both sides"),
        this.own(group.has(node) ? `Unmark ${node}` : `Mark ${node}`, () => this.act.mark(node))),
      few ? "" : html("details", {}, html("summary", {}, "One way, slow, lossy"), html("div", { class: "acts" }, links.map(({ finer }) => finer))),
      ...beside,
    ];
  }

  // What stands beside the nodes, as one node sees it: their link, and the thing itself.
  helper(picture, node, helper) {
    const { cut, finer, heal } = this.link(picture, node, helper);
    return html("details", {}, html("summary", {}, `The ${helper} beside the nodes`),
      html("p", {}, helperSays(picture, helper).join(" ")),
      html("div", { class: "acts" }, cut, finer, heal, this.helperActs(picture, helper)));
  }

  helperActs(picture, helper) {
    const it = picture.helpers[helper];
    return [this.button(`Cut the ${helper} off`, { type: "cut_off", node: helper }),
      it.down ? null : it.paused ? this.button(`Let the ${helper} go on`, { type: "resume_node", node: helper }) : this.button(`Pause the ${helper}`, { type: "pause_node", node: helper }),
      it.down ? this.button(`Restart the ${helper}`, { type: "restart", node: helper }) : this.button(`Crash the ${helper}`, { type: "crash", node: helper })];
  }

  helperAlone(picture, helper, cluster) {
    const links = Object.keys(picture.nodes).map((node) => this.link(picture, node, helper));
    const placeless = Object.keys(picture.regions).length && !picture.regions[helper] ? ["It is in no region: its messages take what the network takes."] : [];
    return [
      html("h2", {}, `${helperName(helper)}, ${this.scenario.clusters.find((c) => c.name === cluster).title.toLowerCase()}`),
      html("p", {}, ["It stands beside the nodes and holds no copy.", ...helperSays(picture, helper), ...placeless].join(" ")),
      html("div", { class: "acts" }, links.map(({ cut, heal }) => [cut, heal]), this.helperActs(picture, helper), this.button("Heal all links", { type: "heal_all" })),
      html("details", {}, html("summary", {}, "One way, slow, lossy"), html("div", { class: "acts" }, links.map(({ finer }) => finer))),
    ];
  }

  // Where a log stands, and what its leader knows of the others'.
  replication(it) {
    const { handed, flushed, applied } = progress(it);
    const own = [[handed, "handed to the system"], [flushed, "flushed"], [applied, "applied"]].filter(([upto]) => upto < it.log.length);
    const late = Object.values(it.lag).filter((row) => row.behind);
    return [
      own.length ? ` Of these, ${own.map(([upto, word]) => `${upto} ${word}`).join(", ")}.` : "",
      it.mode === "async" ? " It waits for no follower now." : "",
      it.standbys.length ? ` It waits for ${it.standbys.join(", ")}.` : "",
      ...late.map((row) => ` ${row.follower} is ${row.behind} behind: received ${row.received}, flushed ${row.flushed}, applied ${row.applied}.`),
    ];
  }

  // How Add and Remove write: the choice holds for what is pressed from now on.
  kinds() {
    return html("fieldset", {}, html("legend", {}, "Kind of write"),
      Object.entries(WRITE_KINDS).map(([kind, [title, sentence]]) => html("label", { class: "option" },
        html("input", { type: "radio", name: "write-kind", value: kind, checked: this.act.write() === kind, on: { change: () => this.act.write(kind) } }),
        html("span", {}, html("b", {}, title), ` ${sentence}`))));
  }

  more(picture) {
    const form = this.form();
    return [html("h2", {}, "More"),
      ...this.scenario.clients.map((client) => html("div", { class: "acts" },
        more(client, this.scenario.clients, this.focus).map(({ words, command }, i) => this.button(i ? words : `${client.name[0].toUpperCase()}${client.name.slice(1)}: ${words}`, command)))),
      html("div", { class: "acts" }, this.button("Heal all links", { type: "heal_all" }), this.button("Heal everything", { type: "heal_everything" })),
      form, this.kinds(), ...clientsPart(this.scenario, picture, this.act), this.keys()];
  }

  // Every key of the drawing, in words.
  keys() {
    const lines = (table) => Object.entries(table).map(([key, [words]]) => [html("dt", {}, html("kbd", {}, key)), html("dd", {}, words)]);
    const group = (title, list) => [html("h3", {}, title), html("dl", { class: "keys" }, list)];
    return html("details", {}, html("summary", {}, "Keys on the drawing"),
      group("On a node", [html("dt", {}, html("kbd", {}, "Enter")), html("dd", {}, "Select"), html("dt", {}, html("kbd", {}, "m")), html("dd", {}, "Mark"), lines(NODE_KEYS)]),
      group("On a link", [html("dt", {}, html("kbd", {}, "Enter")), html("dd", {}, "Cut, heal"), lines(LINK_KEYS)]),
      group("On either", lines(STAGE_KEYS)));
  }

  evidence({ evidence, cluster }, sentences, rows) {
    const design = this.scenario.clusters.find((c) => c.name === cluster).design;
    const events = rows.cluster(cluster).events;
    const lines = evidence.evidence.map((seq) => events[seq]).filter(Boolean);
    return [html("h2", {}, "The evidence"), html("p", {}, evidence.because),
      html("ol", { class: "log" }, lines.map((row) => html("li", {}, html("span", { class: "mono second" }, `${(row.at / 1e6).toFixed(3)} s`), sentences.of(design, row))))];
  }
}

// What had the focus, in what was drawn anew: the same field or its chosen button, the same words.
function again(place, had) {
  const fields = had.name ? [...place.querySelectorAll("input, select")].filter((field) => field.name === had.name) : [];
  if (!fields.length && !had.textContent) return null;
  const field = fields.find((one) => one.type === "radio" && one.checked) ?? fields[0];
  return field ?? [...place.querySelectorAll("button, summary")].find((one) => one.textContent === had.textContent) ?? place.querySelector("[aria-current], button");
}

// Of a node of bounded capacity, what is at it now.
function queued(picture, it) {
  return picture.capacity ? ` It can do ${picture.capacity} operations a second; ${it.waiting || "none"} ${it.waiting === 1 ? "is" : "are"} at it now.` : "";
}

// Which shards have a copy on the node, who leads each as it believes, and how far their logs are.
function shards(picture, node) {
  if (!picture.shards) return [];
  const groups = groupsOf(picture, node);
  if (!groups.length) return [html("p", {}, "No shard has a copy here: it hands requests on.")];
  return [html("ul", {}, groups.map(([number, { keys, nodes }]) => {
    const it = nodes[node];
    const leader = it.leader === node ? "it leads" : it.leader ? `${it.leader} leads` : "it hears no leader";
    return html("li", {}, `Shard ${number} (${keys.join(", ") || "no key"}): ${leader}. Term ${it.term}, ${it.log.length} log entries, ${it.commit} known to be on a majority.`);
  }))];
}

// What can be set on clients, as it is now.
const asks = (picture) => [Object.values(picture.clients).map(({ entry, retries }) => [entry, retries]), picture.regions, picture.workload];
