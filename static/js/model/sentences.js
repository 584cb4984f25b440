// One template an event, rendered here as in app/trace/sentences.py; a test compares both.
import { cartWords, carts } from "./carts.js";

const length = (list) => (list.length > 1 ? "2+" : String(list.length));

function variant(value) {
  if (value === null || value === undefined) return "none";
  if (Array.isArray(value)) return length(value);
  return typeof value === "object" ? "some" : String(value);
}

const EMPTY = "an empty cart";
const items = (value) => (value?.items?.length ? value.items.join(", ") : EMPTY);

const FILTERS = {
  name: (value) => value.charAt(0).toUpperCase() + value.slice(1).toLowerCase(),
  join: (list) => list.join(list.length < 3 ? " and " : ", "),
  items,
  spaced: (value) => String(value).replaceAll("_", " "),
  ms: (value) => `${Number(value) / 1_000} ms`,
  span: (value) => `${value / 1_000_000} s`,
  ahead: (value) => (value ? `${Math.abs(value) / 1_000_000} s ${value > 0 ? "ahead" : "behind"}` : "right again"),
  cart(list) {
    const words = carts(list).map((cart) => cartWords(cart, EMPTY));
    if (words.length < 2) return words[0] ?? EMPTY;
    return `${words.length} versions: ${words.join(" | ")}`;
  },
};

export class Sentences {
  constructor({ sentences, variants, message_words: words }) {
    this.table = sentences;
    this.variants = variants;
    this.filters = { ...FILTERS, words: (value) => words[value] ?? value };
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
    return this.template(design, row).text.replace(/\{(\w+)(?:\|(\w+))?\}/g, (_, field, filter) =>
      filter ? this.filters[filter](row[field]) : String(row[field]));
  }

  weight(design, row) {
    return this.template(design, row).weight;
  }
}
