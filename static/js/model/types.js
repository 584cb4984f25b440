// How one version of a key is read, by the key's type, as in app/trace/types.
import { carts, itemsOf } from "./carts.js";

export const EMPTY = { cart: "an empty cart", register: "nothing", counter: "0" };

// The number that one version of a counter shows: the whole, and what the parts beside it came to
// since it counted them in.
function total(version) {
  const whole = version.find((value) => !value.part);
  const counted = new Map((whole?.tally ?? []).map(([who, count, amount]) => [who, { count, amount }]));
  const parts = version.filter((value) => value.part).flatMap((part) => part.tally);
  return parts.reduce((sum, [who, count, amount]) => {
    const seen = counted.get(who) ?? { count: 0, amount: 0 };
    return count > seen.count ? sum + amount - seen.amount : sum;
  }, whole ? Number(whole.items[0]) : 0);
}

const READ = { cart: itemsOf, register: (version) => version[0].items, counter: (version) => [String(total(version))] };

// A number below zero with the sign that is read as minus.
export const minus = (text) => text.replace(/^-(?=\d+$)/, "−");

export const signed = (text) => minus(text.startsWith("-") ? text : `+${text}`);

export const words = (type, version, empty = EMPTY[type]) => READ[type](version).map(minus).join(", ") || empty;

// Versions as they are drawn: a cart with every part, a counter as its one number.
export function shown(type, values) {
  const versions = carts(values);
  if (type === "cart") return versions;
  return versions.map((version) => [{ ...version[0], part: false, items: READ[type](version).map(minus) }]);
}

// Of a counter in several parts, in words what they come to.
export function sum(type, values) {
  const several = type === "counter" && values.length > 1 && values.some((value) => value.part);
  return several ? `= ${shown(type, values).map(([one]) => one.items[0]).join(" | ")}` : null;
}

// What the shopper's main button does to the key in focus: {words, command}.
export function change(client, { name: key, type }) {
  const asked = { client: client.name, ...(key === "cart" ? {} : { key }) };
  if (type === "register") {
    const value = client.puts?.[key] ?? "1";
    return { words: `Set to ${value}`, command: { type: "put", ...asked, value } };
  }
  if (type === "counter") return { words: "Take 1", command: { type: "increment", ...asked, by: -1 } };
  return { words: `Add ${client.item}`, command: { type: "add", ...asked, item: client.item } };
}

// The rarer changes, behind More…: to read, what other shoppers put there, to delete all of it.
export function more(client, clients, { name: key, type }) {
  const asked = { client: client.name, ...(key === "cart" ? {} : { key }) };
  const read = { words: `read the ${key}`, command: { type: "read", ...asked } };
  const gone = { words: `delete the ${key}`, command: { type: "delete", ...asked } };
  if (type === "register") return [read, ...clients.map((other) => change({ ...other, name: client.name }, { name: key, type })).map((one) => ({ ...one, words: one.words.toLowerCase() })), gone];
  if (type === "counter") return [read, { words: "bring 5", command: { type: "increment", ...asked, by: 5 } }];
  return [read, ...clients.map(({ item }) => ({ words: `remove ${item}`, command: { type: "remove", ...asked, item } })), gone];
}
