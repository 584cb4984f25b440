// What the fixed controls do: each is wired once.
import { byId } from "./lib/dom.js";
import { connectShare } from "./share.js";

export function connect(app) {
  const on = (id, kind, hear) => byId(id).addEventListener(kind, hear);
  on("next", "click", () => app.next());
  on("back", "click", () => app.back());
  on("redo", "click", () => app.redo());
  on("play", "click", () => app.play());
  on("reset", "click", () => { app.doorSaid = ""; app.skipped = false; app.head.stop(); app.ask({ type: "reset" }); });
  on("both", "click", () => app.act([app.scenario.clients.map(({ name }) => app.change(name))]));
  on("more", "click", () => app.select(app.selected?.more ? null : { more: true }));
  on("show-heartbeats", "change", () => app.draw(true));
  on("scrubber", "input", (event) => { app.lookAround(); app.head.stop(); app.head.at = Number(event.target.value); app.draw(true); });
  on("scrubber", "change", (event) => app.go(Number(event.target.value), false));
  for (const button of document.querySelectorAll(".add")) {
    button.addEventListener("click", () => app.act([[app.change(button.dataset.client)]]));
  }
  // A shopper's name opens how it asks; by keyboard, More… leads there.
  for (const name of document.querySelectorAll(".shopper h3")) {
    name.addEventListener("click", () => app.select({ more: true, client: name.closest(".shopper").dataset.client }));
  }
  for (const button of document.querySelectorAll(".read")) {
    button.addEventListener("click", () => app.act([[{ type: "read", client: button.dataset.client, ...app.keyed }]]));
  }
  for (const choice of document.querySelectorAll("input[name=focus-key]")) {
    choice.checked = choice.value === app.focusKey;
    choice.addEventListener("change", () => app.focus(choice.value));
  }
  for (const button of document.querySelectorAll(".change")) {
    button.addEventListener("click", () => app.select({ settings: button.dataset.cluster }));
  }
  tabs(app);
  connectShare(app);
  document.addEventListener("room-made", (event) => {
    const { room } = event.detail;
    if (room && app.live.room !== room) {
      app.live.room = room;
      app.live.join();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = ["display", "share"].map(byId).find((menu) => menu.open);
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
    else if (app.selected) app.select(null);
  });
  for (const link of document.querySelectorAll(".limits-link, .find-bad-link")) {
    for (const kind of ["pointerdown", "focus"]) link.addEventListener(kind, () => attachRun(app, link));
  }
}

// The report on the limits page carries the run that is on screen, and a search its settings.
function attachRun(app, link) {
  const page = link.classList.contains("find-bad-link") ? "/find-bad" : "/limits";
  if (app.state.room) link.href = `${page}?room=${app.state.room}`;
}

function tabs(app) {
  const all = [...document.querySelectorAll("[role=tab]")].filter((tab) => !app.offer.hides(tab.id.replace("tab-", "")));
  const choose = (tab, focus) => {
    for (const other of all) {
      const chosen = other === tab;
      other.setAttribute("aria-selected", String(chosen));
      other.tabIndex = chosen ? 0 : -1;
      byId(other.getAttribute("aria-controls")).hidden = !chosen;
    }
    if (focus) tab.focus();
    app.show(tab.id.replace("tab-", ""));
  };
  for (const tab of all) {
    tab.addEventListener("click", () => choose(tab, false));
    tab.addEventListener("keydown", (event) => {
      const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (way) choose(all[(all.indexOf(tab) + way + all.length) % all.length], true);
    });
  }
  // What a class link leaves out is not shown first either.
  if (!app.offer.hides("ledger")) return;
  byId("panel-ledger").hidden = true;
  if (all.length) choose(all[0], false);
  else document.querySelector(".tabs").hidden = true;
}
