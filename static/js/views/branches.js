// The lines of history as a tree: which is shown, where each left its parent; show or rename one.
import { html, seconds } from "../lib/dom.js";
import { asTree } from "../model/branches.js";

const MOST_NAME = 40;
const MOST_DEPTH = 6;

export class BranchesView {
  // act: {visit(id), rename(id, name)}
  constructor(place, act) {
    Object.assign(this, { place, act, drawn: "", naming: null });
  }

  draw(lines, shown, blocked) {
    const key = JSON.stringify([lines, shown, blocked, this.naming]);
    this.last = [lines, shown, blocked];
    if (key === this.drawn) return;
    const focused = this.place.contains(document.activeElement) ? document.activeElement.id : "";
    this.drawn = key;
    const names = Object.fromEntries(lines.map((line) => [line.id, line.name]));
    this.place.replaceChildren(html("ol", { class: "branches" }, asTree(lines).map(({ line, depth }) => this.row(line, depth, names, shown, blocked))));
    if (focused) (document.getElementById(focused) ?? this.place.querySelector("button:not(:disabled)"))?.focus({ preventScroll: true });
  }

  row(line, depth, names, shown, blocked) {
    const here = line.id === shown;
    const acts = `${line.command_count} ${line.command_count === 1 ? "act" : "acts"}`;
    const from = line.parent === null ? "" : `from “${names[line.parent]}” at ${seconds(line.forked_at)} · `;
    return html("li", { style: { "--depth": String(Math.min(depth, MOST_DEPTH)) }, "aria-current": here ? "true" : null },
      this.naming === line.id ? this.form(line) : html("b", {}, line.name),
      html("span", { class: "second" }, `${from}${acts} · seen to ${seconds(line.frontier)}`),
      this.naming === line.id ? null : html("span", { class: "branch-acts" },
        here ? html("span", { class: "second shown-now" }, "Shown now") : html("button", { type: "button", id: `visit-${line.id}`, disabled: blocked, "aria-label": `Show ${line.name}`, on: { click: () => this.act.visit(line.id) } }, "Show"),
        html("button", { type: "button", id: `rename-${line.id}`, class: "plain", disabled: blocked, "aria-label": `Rename ${line.name}`, on: { click: () => this.name(line.id) } }, "Rename")));
  }

  form(line) {
    const input = html("input", { type: "text", id: "branch-name", maxlength: MOST_NAME, value: line.name, required: true, "aria-label": `New name of ${line.name}` });
    const done = (event) => {
      event.preventDefault();
      const name = input.value.trim();
      this.name(null, `rename-${line.id}`);
      if (name && name !== line.name) this.act.rename(line.id, name);
    };
    return html("form", { on: { submit: done, keydown: (event) => { if (event.key === "Escape") { event.stopPropagation(); this.name(null, `rename-${line.id}`); } } } },
      input, html("button", { class: "outlined" }, "Save"), html("button", { type: "button", class: "plain", on: { click: () => this.name(null, `rename-${line.id}`) } }, "Cancel"));
  }

  // Begins or ends the renaming of one; `then`: where the focus goes.
  name(id, then = "branch-name") {
    this.naming = id;
    this.draw(...this.last);
    const target = document.getElementById(then);
    target?.focus({ preventScroll: true });
    target?.select?.();
  }
}
