// What stands beside the nodes, in words: what it holds for true, which need not be so.
export const helperName = (name) => name.charAt(0).toUpperCase() + name.slice(1);

// The line in its box after its name.
export function helperLine(picture, name) {
  const it = picture.helpers[name];
  if (it.down) return "Crashed";
  if (it.paused) return "‖ Paused";
  if (name === "lock") return it.leader ? `${it.leader} has it` : "free";
  if (name === "watcher") return it.leader ? `${it.leader} leads` : "nobody leads";
  return it.leader ? `to ${it.leader}` : "to nobody";
}

// The same in whole sentences, for the inspector and for whoever listens.
export function helperSays(picture, name) {
  const it = picture.helpers[name];
  const state = it.down ? "It is down." : it.paused ? "It stands still." : "";
  const of = { watcher: "It watches", lock: "It is held by", proxy: "It points to" }[name];
  return [picture.regions[name] ? `It is in ${picture.regions[name]}.` : "", state, `${of} ${it.leader || "nobody"}.`].filter(Boolean);
}
