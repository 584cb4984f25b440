// What a link for a class hides and locks; which lock a command falls under.
const CLIENTS = new Set(["add", "remove", "put", "increment", "delete", "read", "resolve", "configure_client", "set_workload"]);
const WORDS = { faults: "Faults", settings: "Settings", clients: "The shoppers", time: "Time" };

const words = (text) => (text ?? "").split(" ").filter(Boolean);

export class Offer {
  // hidden, locked: names with a space between them, as the page carries them.
  constructor({ hidden, locked }) {
    this.hidden = new Set(words(hidden));
    this.locked = new Set(words(locked));
  }

  hides(name) {
    return this.hidden.has(name);
  }

  locks(name) {
    return this.locked.has(name);
  }

  // Why these steps cannot be taken, in a sentence, or "".
  refusal(steps) {
    for (const command of steps.flat()) {
      const kind = command.type === "configure" ? "settings" : CLIENTS.has(command.type) ? "clients" : "faults";
      if (this.locks(kind)) return this.sentence(kind);
    }
    return "";
  }

  sentence(kind) {
    return `${WORDS[kind]} ${kind === "time" ? "is" : "are"} locked on this page by its class link. Follow the guide, or open the scene without the link.`;
  }
}

// The part of an address behind its path: `all` are the names that can be shown, in order.
export function classQuery(all, shown, locked) {
  const parts = [];
  if (shown.length < all.length) parts.push(`show=${shown.join(",")}`);
  if (locked.length) parts.push(`lock=${locked.join(",")}`);
  return parts.length ? `?${parts.join("&")}` : "";
}
