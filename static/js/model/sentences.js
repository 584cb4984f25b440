// One template an event, rendered here as in app/trace/sentences.py; a test compares both.
import { carts } from "./carts.js";
import { EMPTY, minus, signed, words } from "./types.js";

const length = (list) => (list.length > 1 ? "2+" : String(list.length));

function variant(value) {
  if (value === null || value === undefined) return "none";
  if (Array.isArray(value)) return length(value);
  return typeof value === "object" ? "some" : String(value);
}

const items = (value) => (value?.items?.length ? value.items.map(minus).join(", ") : EMPTY.cart);

function counted(all, type) {
  if (all.length < 2) return all[0] ?? EMPTY[type];
  return `${all.length} versions: ${all.join(" | ")}`;
}

const FILTERS = {
  name: (value) => value.charAt(0).toUpperCase() + value.slice(1).toLowerCase(),
  join: (list) => list.join(list.length < 3 ? " and " : ", "),
  items,
  spaced: (value) => String(value).replaceAll("_", " "),
  ms: (value) => `${Number(value) / 1_000} ms`,
  span: (value) => `${value / 1_000_000} s`,
  ahead: (value) => (value ? `${Math.abs(value) / 1_000_000} s ${value > 0 ? "ahead" : "behind"}` : "right again"),
  signed,
  mark: (key) => (key === "cart" ? "" : ` (${key})`),
  first: (key) => (key === "cart" ? "" : `the ${key}: `),
  values: (list, type) => counted(list.map(items), type),
  versions: (list, type) => counted(carts(list).map((version) => words(type, version)), type),
};

export class Sentences {
  // `types`: of the keys that are not carts.
  constructor({ sentences, variants, message_words: messages, types = {} }) {
    this.table = sentences;
    this.variants = variants;
    this.types = types;
    this.filters = { ...FILTERS, words: (value) => messages[value] ?? value };
  }

  template(design, row) {
    const parts = (this.variants[row.type] ?? []).map((field) => variant(row[field]));
    for (let n = parts.length; n >= 0; n -= 1) {
      const key = [row.type, ...parts.slice(0, n)].join("/");
      const found = this.table[`${design}:${key}`] ?? this.table[key];
      if (found) return found;
    }
    throw new Error(`no sentence for ${row.type}`);
  }

  of(design, row) {
    const type = this.types[row.key] ?? "cart";
    return this.template(design, row).text.replace(/\{(\w+)(?:\|(\w+))?\}/g, (_, field, filter) =>
      filter ? this.filters[filter](row[field], type) : String(row[field]));
  }

  weight(design, row) {
    return this.template(design, row).weight;
  }
}
