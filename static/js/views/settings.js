// What can be set on one side: every choice with what it promises and costs, those for experts in
// groups behind a summary, and the databases people run as one choice of many settings.
import { html } from "../lib/dom.js";
import { changesTo, inGroups, matching, saidOf } from "../model/settings.js";

const EFFECTS = {
  next_operation: "from the next operation on",
  at_once: "at once",
  new_run: "from the start: what was done is done again",
};
const FEW = 6;

export class Settings {
  // act: {commands(list)}
  constructor(scenario, act) {
    Object.assign(this, { scenario, act, wanted: "", preset: scenario.presets?.chosen ?? "", asked: "", refusal: null });
  }

  // What the panel shows beside the settings themselves.
  key() {
    return [this.preset, this.refusal];
  }

  // Why the last choice was refused stands at its control, until the next one is made.
  refused(text) {
    this.refusal = this.asked ? { at: this.asked, text } : null;
    this.asked = "";
  }

  ask(at, commands) {
    Object.assign(this, { asked: at, refusal: null });
    this.act.commands(commands);
  }

  // Only what comes after an answer belongs to it.
  answered() {
    this.asked = "";
  }

  body(cluster, current) {
    const title = this.scenario.clusters.find((c) => c.name === cluster).title;
    const all = this.scenario.settings[cluster];
    const groups = inGroups(all);
    const many = all.length - groups[0].settings.length > FEW;
    const one = (setting) => this.setting(cluster, setting, current);
    const parts = groups.map(({ name, settings }, place) => (place && many
      ? html("details", { class: "group-of-settings" }, html("summary", {}, name, html("span", { class: "second" }, ` · ${settings.length} ${settings.length === 1 ? "setting" : "settings"}`)), settings.map(one))
      : settings.map(one)));
    const none = html("p", { class: "none-found", role: "status" });
    const made = [html("h2", {}, title), this.presets(cluster, all, current), many ? this.search() : null, ...parts.flat(), many ? none : null, ...this.sizes()].filter(Boolean);
    this.found = () => this.hide(made, none, many ? this.wanted : "");
    this.found();
    return made;
  }

  search() {
    return html("label", { class: "find" }, "Find a setting", html("input", {
      type: "search", name: "find-setting", value: this.wanted, autocomplete: "off",
      on: { input: (event) => { this.wanted = event.target.value; this.found(); } },
    }));
  }

  // Whatever lacks the words goes; a group with something in it opens.
  hide(made, none, wanted) {
    const fit = (field) => matching(field.dataset.words, wanted);
    let count = 0;
    for (const part of made) {
      const fields = part.matches("[data-words]") ? [part] : [...part.querySelectorAll("[data-words]")];
      for (const field of fields) field.hidden = !fit(field);
      const left = fields.filter((field) => !field.hidden).length;
      count += left;
      if (!part.matches(".group-of-settings")) continue;
      part.hidden = !left;
      if (wanted.trim()) part.open = left > 0;
    }
    none.textContent = count ? "" : "No setting has these words. Try one of: election, disk, read, lock, time.";
  }

  setting(cluster, setting, current) {
    const name = `${cluster}-${setting.name}`;
    const no = this.refusal?.at === name ? html("p", { class: "refusal", id: `no-${name}` }, this.refusal.text) : null;
    return html("fieldset", { "data-words": [setting.title, setting.group, ...setting.options.map((o) => `${o.label} ${o.promise} ${o.cost}`)].join(" ").toLowerCase(), "aria-describedby": no && `no-${name}` },
      html("legend", {}, setting.title, html("span", { class: "second" }, ` · ${EFFECTS[setting.effect]}`)),
      no,
      setting.options.map((option) => html("label", { class: "option" },
        html("input", {
          type: "radio", name, value: option.value, checked: current[setting.name] === option.value,
          on: { change: () => this.ask(name, [{ type: "configure", cluster, setting: setting.name, value: option.value }]) },
        }),
        html("span", {}, html("b", {}, option.label), ` ${option.promise} ${option.cost}`))),
      setting.options.some((option) => option.value === current[setting.name]) ? null : html("p", { class: "second" }, `Now: ${current[setting.name]}, which is none of these.`));
  }

  // A preset is one command of many settings; what it would change is said before it is given.
  presets(cluster, all, current) {
    const { presets } = this.scenario;
    if (!presets) return null;
    const here = presets.choices.filter((one) => one.cluster === cluster);
    const legend = html("legend", {}, "Like a database people run");
    const elsewhere = presets.elsewhere.filter((one) => one.cluster === cluster);
    const others = elsewhere.map(({ nodes, titles }) => html("p", { class: "second" }, `${titles.join(", ")} ${titles.length === 1 ? "stands" : "stand"} for ${nodes} nodes: `, html("a", { href: `/lab?nodes=${nodes}` }, `the lab with ${nodes} nodes`), "."));
    if (!here.length) return others.length ? html("fieldset", { class: "presets" }, legend, others) : null;
    const chosen = here.find((one) => one.name === this.preset);
    const { changes, left } = chosen ? changesTo(chosen.values, all, current) : { changes: [], left: [] };
    const at = `${cluster}-preset`;
    const no = this.refusal?.at === at ? html("p", { class: "refusal" }, this.refusal.text) : null;
    return html("fieldset", { class: "presets" }, legend,
      html("label", { class: "choice" }, "Preset ", html("select", { name: at, on: { change: (event) => { this.preset = event.target.value; this.act.redraw(); } } },
        html("option", { value: "" }, "choose one"), here.map((one) => html("option", { value: one.name, selected: one === chosen }, one.title)))),
      chosen ? html("p", { class: "preset-says" }, saidOf(chosen.title, changes, left), " ", html("a", { href: `/systems/${chosen.name}` }, "Where that stands")) : null,
      no,
      changes.length ? html("div", { class: "acts" }, html("button", { type: "button", on: { click: () => this.ask(at, changes.map(({ setting, value }) => ({ type: "configure", cluster, setting, value }))) } },
        changes.length === 1 ? "Change this setting" : `Change these ${changes.length} settings`)) : null,
      others);
  }

  // Another number of nodes is another run: a link, which leaves this one as it is.
  sizes() {
    if (!this.scenario.sizes?.length) return [];
    const here = this.scenario.nodes.length;
    return [html("fieldset", { class: "sizes" },
      html("legend", {}, "How many nodes", html("span", { class: "second" }, " · a new run; this one is kept")),
      this.scenario.sizes.map((size) => html("p", { class: "option" }, html("span", {},
        size.count === here ? html("b", { "aria-current": "true" }, `${size.count} nodes, as here`) : html("a", { href: `/lab?nodes=${size.count}` }, `${size.count} nodes`),
        ` ${size.promise} ${size.cost}`)))),
    html("p", { class: "second" }, "How much a node can do belongs to a scene, and no run changes it. Here a node can be slowed: select it. With a bound on each node: ", html("a", { href: "/scenes/write-capacity" }, "the scene on room for writes"), ".")];
  }
}
