// What this browser remembers of how things are to be shown, and where the pixels are.
import { BREAK, layoutOf } from "../lib/geometry.js";
import { byId } from "../lib/dom.js";

const root = document.documentElement;
// Pixels of a lesson's column that are not the stage: the bar, the time bar, kinds of write, reads.
const BELOW = 264;

export function displayChoices(changed) {
  for (const name of ["theme", "size", "motion"]) {
    for (const input of document.querySelectorAll(`input[name=${name}]`)) {
      input.checked = (root.dataset[name] ?? input.form?.[name]?.value ?? defaultOf(name)) === input.value;
      input.addEventListener("change", () => {
        root.dataset[name] = input.value;
        try { localStorage.setItem(`quorate-${name}`, input.value); } catch { /* for this page only, then */ }
        changed();
      });
    }
  }
}

// On a projector the guide and the lower panel stay away until they are asked for.
export function extrasChoice(changed) {
  byId("show-extras").addEventListener("change", (event) => {
    if (event.target.checked) root.dataset.extras = "shown";
    else delete root.dataset.extras;
    changed();
  });
}

const defaultOf = (name) => (name === "size" ? "usual" : "auto");

export function stillsWanted() {
  if (root.dataset.motion === "still") return true;
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

// Which composition fits, and how large: the stage is drawn in its own pixels and scaled as one.
export function layoutFor(scenario, entries = {}, helpers = {}) {
  const tall = byId("main").dataset.stage === "tall" || matchMedia(BREAK).matches;
  const layout = composed(tall ? "phone" : "desktop", scenario, entries, helpers);
  const wide = byId("stage-place").clientWidth;
  let scale = Math.min(tall ? 1.5 : 1, wide / layout.width);
  // Beside a text the stage leaves room below it for all that acts on it.
  if (tall && !matchMedia(BREAK).matches) scale = Math.min(scale, Math.max(1, (innerHeight - BELOW) / layout.tall));
  if (!tall && (wide >= 1600 || root.dataset.size === "projector")) scale = Math.min(wide / layout.width, root.dataset.size === "projector" ? 1.5 : 1.4);
  root.style.setProperty("--scale", scale);
  root.dataset.layout = layout.name;
  place(layout);
  return { layout, scale };
}

const made = new Map();

// By where the clients enter now, for there their messages set out, and what stands beside the nodes.
function composed(kind, { nodes, clients }, entries, helpers) {
  const placed = clients.map((client) => ({ ...client, entry: entries[client.name] ?? client.entry }));
  const key = JSON.stringify([kind, placed.map(({ entry }) => entry), helpers]);
  if (!made.has(key)) made.set(key, layoutOf(kind, nodes, placed, helpers));
  return made.get(key);
}

// What is HTML on the stage is put where the layout has its room.
function place(layout) {
  const { style } = byId("stage");
  for (const [name, length] of [["--tall", layout.tall], ["--drawing", layout.height], ["--between", layout.between]]) style.setProperty(name, `${length}px`);
  for (const [client, card] of Object.entries(layout.cards)) {
    const it = document.querySelector(`.shopper[data-client=${client}]`).style;
    ["left", "top", "width", "height"].forEach((side, i) => it.setProperty(side, `${card[i]}px`));
  }
}

export function onResize(changed) {
  new ResizeObserver(changed).observe(byId("stage-place"));
  addEventListener("resize", changed);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}

// The presenter's secret: from the part of the address that is never sent, out of sight at once,
// kept for this tab alone so that a reload still presents.
export function keyOf(code) {
  const name = `quorate-key-${code}`;
  const given = location.hash.slice(1);
  try {
    if (given) sessionStorage.setItem(name, given);
  } catch { /* storage may be closed: until the next reload, then */ }
  if (given) history.replaceState(null, "", location.pathname + location.search);
  try {
    return given || sessionStorage.getItem(name) || "";
  } catch {
    return given;
  }
}
