// Share: a link to the run, the scene file, a link for a class.
import { byId, say } from "./lib/dom.js";
import { classQuery } from "./model/offer.js";

export function connectShare(app) {
  byId("copy-link").addEventListener("click", () => copyLink(app));
  const form = byId("class-link");
  form?.addEventListener("submit", (event) => { event.preventDefault(); writeClassLink(app, form); });
}

// Kept current: the file is the room's.
export function drawShare(app) {
  const { room } = app.state;
  byId("share").hidden = !app.online || (!room && app.scenario.name === "home");
  const save = byId("save-file");
  save.hidden = !room;
  if (room) save.href = `/file/${room}`;
}

// The address of what is on screen, or null with the reason told.
async function addressOf(app) {
  const { room } = app.state;
  if (!room) return location.origin + location.pathname;
  const answer = await fetch(`/link/${room}`);
  const text = await answer.text();
  if (answer.ok) return `${location.origin}/run/${text}`;
  tell(app, text);
  return null;
}

function tell(app, text) {
  say(byId("share-said"), text);
  app.tell(text);
}

async function copyLink(app) {
  const address = await addressOf(app);
  if (address) await copy(app, address, "The link to this run");
}

async function writeClassLink(app, form) {
  const names = (field, checked) => [...form.elements[field]].filter((box) => box.checked || !checked).map((box) => box.value);
  const address = await addressOf(app);
  if (!address) return;
  const whole = address + classQuery(names("show", false), names("show", true), names("lock", true));
  const field = byId("class-address");
  field.hidden = false;
  field.value = whole;
  field.focus();
  field.select();
  await copy(app, whole, "The link for a class");
}

async function copy(app, address, what) {
  try {
    await navigator.clipboard.writeText(address);
    tell(app, `${what} is in the clipboard.`);
  } catch {
    tell(app, `${what}: ${address}`);
  }
}
