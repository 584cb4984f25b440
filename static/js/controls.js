// What the fixed controls do: each is wired once.
import { byId } from "./lib/dom.js";

export function connect(app) {
  const on = (id, kind, hear) => byId(id).addEventListener(kind, hear);
  on("next", "click", () => app.next());
  on("back", "click", () => app.back());
  on("play", "click", () => app.play());
  on("reset", "click", () => { app.doorSaid = ""; app.skipped = false; app.head.stop(); app.ask({ type: "reset" }); });
  on("both", "click", () => app.act([app.scenario.clients.map(({ name }) => app.change(name))]));
  on("more", "click", () => app.select(app.selected?.more ? null : { more: true }));
  on("show-heartbeats", "change", () => app.draw(true));
  on("share", "click", () => share(app));
  on("scrubber", "input", (event) => { app.lookAround(); app.head.stop(); app.head.at = Number(event.target.value); app.draw(true); });
  on("scrubber", "change", (event) => app.go(Number(event.target.value), false));
  for (const button of document.querySelectorAll(".add")) {
    button.addEventListener("click", () => app.act([[app.change(button.dataset.client)]]));
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
  for (const cluster of app.clusters) on(`counts-${cluster.name}`, "click", () => showBroken(app, cluster.name));
  tabs(app);
  document.addEventListener("room-made", (event) => {
    const { room } = event.detail;
    if (room && app.live.room !== room) {
      app.live.room = room;
      app.live.join();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (byId("display").open) byId("display").open = false;
    else if (app.selected) app.select(null);
  });
  for (const link of document.querySelectorAll(".limits-link")) {
    for (const kind of ["pointerdown", "focus"]) link.addEventListener(kind, () => attachRun(app, link));
  }
}

// The report on the limits page carries the run that is on screen.
function attachRun(app, link) {
  if (app.state.room) link.href = `/limits?room=${app.state.room}`;
}

function showBroken(app, cluster) {
  const { findings } = app.pictures[cluster];
  const found = findings.lost_writes?.count ? findings.lost_writes : findings.stale_reads;
  app.select({ cluster, evidence: found });
}

async function share(app) {
  const answer = await fetch(`/link/${app.state.room}`);
  const text = await answer.text();
  if (!answer.ok) { app.tell(text); return; }
  const address = `${location.origin}/run/${text}`;
  try {
    await navigator.clipboard.writeText(address);
    app.tell("The link to this run is in the clipboard.");
  } catch {
    app.tell(`The link to this run: ${address}`);
  }
}

function tabs(app) {
  const all = [...document.querySelectorAll("[role=tab]")];
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
}
