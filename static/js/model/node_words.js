// What is said about a node, in few words: the line at it, the shorter one in it, and all of it for
// whoever listens.
import { itemsOf } from "./carts.js";
import { isAway } from "./ring.js";
import { leadsWords } from "./shards.js";

export function tabText(picture, it, name) {
  if (it.silent) return it.phi ? `Silent, φ ${it.phi.toFixed(1)}` : "Silent";
  const empty = it.wiped ? "Disk empty" : "";
  if (it.down) return it.wiped ? "Crashed · disk empty" : "Crashed";
  if (it.paused) return "‖ Paused";
  if (picture.design === "leaderless") return queueWords(it) || coordinateWords(picture, name) || hintWords(it) || slowWords(it) || clockWords(it) || empty;
  if (it.role === "leader" && it.fenced) return `Fenced · term ${it.term}`;
  if (it.role === "leader" && (it.leads || it.waiting > 1)) return [it.leads ? leadsWords(it) : "Leader", queueWords(it).toLowerCase()].filter(Boolean).join(" · ");
  if (it.role === "leader") return it.term < picture.term ? `Thinks it leads · term ${it.term}` : `Leader · term ${it.term}`;
  return it.role === "candidate" ? `Candidate · ${it.votes}` : queueWords(it) || slowWords(it) || clockWords(it) || (it.arbiter ? "Arbiter" : empty);
}

export const regionWord = (picture, name) => (picture.regions[name] ? ` ${picture.regions[name]}` : "");

export function hintWords(it) {
  const homes = Object.entries(it.hints ?? {}).filter(([, kept]) => kept.length).map(([home]) => home);
  return homes.length ? `Hint for ${homes.join(", ")}` : "";
}

const clockWords = (it) => (it.skew ? `Clock ${it.skew > 0 ? "+" : "−"}${Math.abs(it.skew) / 1e6} s` : "");

// Of a node of bounded capacity: more than what it works on.
const queueWords = (it) => (it.waiting > 1 ? `Queue ${it.waiting}` : "");

export const slowWords = (it) => (it.slowed ? `Slow ${it.slowed < 1000 ? `${it.slowed} ms` : "1 s"}` : "");

// The same in at most ten signs; its outline still tells who leads.
export function shortState(picture, name) {
  const it = picture.nodes[name];
  const open = openCounters(picture, name).slice(-1)[0];
  if (it.silent) return it.phi ? `Silent φ ${Math.round(it.phi)}` : "Silent";
  if (it.down) return "Crashed";
  if (it.paused) return "‖ Paused";
  if (open) return `${Math.min(open.have, open.need)} of ${open.need}${open.missed ? " ?" : ""}`;
  if (it.role === "leader" && it.fenced) return "Fenced";
  if (queueWords(it)) return queueWords(it);
  if (it.slowed) return slowWords(it);
  if (it.leads?.length) return leadsWords(it);
  if (it.role === "leader") return it.term < picture.term ? `Leads? · ${it.term}` : `Leader · ${it.term}`;
  if (it.role === "candidate") return `Votes ${it.votes.replace(" of ", "/").replace(" votes", "")}`;
  if (hintWords(it)) return "Hint";
  if (it.wiped) return "Disk empty";
  if (clockWords(it)) return clockWords(it).replace("Clock ", "");
  if (it.suspects.length > 1) return `${it.suspects.length} silent`;
  return it.suspects.length ? `${it.suspects[0]} silent` : it.arbiter ? "Arbiter" : "";
}

export function openCounters(picture, name) {
  return [...picture.counters.values()].filter((c) => c.node === name);
}

// Whoever coordinates need have no copy of the key.
function coordinateWords(picture, name) {
  const open = openCounters(picture, name).at(-1);
  if (!open) return "";
  return isAway(picture, name, picture.ops.get(open.op)?.key) ? "Coordinates, no copy" : "Coordinates";
}

export function nodeLabel(picture, name, isMarked, versions, empty) {
  const it = picture.nodes[name];
  const tab = tabText(picture, it, name);
  const holds = it.arbiter ? "holds no copy" : versions.length > 1
    ? `holds ${versions.length} versions: ${versions.map((one) => itemsOf(one).join(", ") || "empty").join(" | ")}`
    : `holds ${itemsOf(versions[0] ?? []).join(", ") || empty}`;
  return [name + (it.sees ? ", seen as this node sees it" : "") + (picture.regions[name] ? ` in ${picture.regions[name]}` : ""), isMarked ? "marked" : "", tab, it.slowed && tab !== slowWords(it) ? slowWords(it) : "", holds, it.suspects.length ? `hears no ${it.suspects.join(", ")}` : ""].filter(Boolean).join(", ");
}
