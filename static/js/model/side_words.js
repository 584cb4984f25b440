// Which words stand round the nodes and links of one side, and where: see lib/labels.js.
import { linkName } from "../lib/dom.js";
import { around, beside, placed } from "../lib/labels.js";
import { between } from "../lib/lines.js";
import { wayOf } from "../lib/link_places.js";
import { openCounters, shortState, slowWords, tabText } from "./node_words.js";

// Half of what lies in the gap of a link: scissors or an arrowhead.
const SIGN = 11;
const TICK = 16;

const line = (look, text, bold = false) => ({ look, text, bold });

// What is wrong with a link: as short words beside it, and said in full.
export function troubles(picture, a, b) {
  const name = linkName(a, b);
  const [isCut, slow, lossy] = [picture.cut.has(name), picture.slow.get(name), picture.lossy.get(name)];
  const deaf = [[a, b], [b, a]].map(([p, q]) => `${p}→${q}`).filter((way) => picture.oneWay.has(way));
  const words = [isCut ? "cut" : "", ...deaf.map((way) => `no ${way}`), slow ? `×${slow}` : "", lossy ? `${lossy} %` : ""].filter(Boolean);
  const whole = isCut ? "cut, both ways" : deaf.length ? `nothing passes ${deaf.join(" nor ").replaceAll("→", " to ")}` : "whole";
  const trouble = [whole, slow ? `${slow} times as slow` : "", lossy ? `loses ${lossy} %` : ""].filter(Boolean).join(", ");
  return { name, isCut, deaf, slow, lossy, words, trouble };
}

// `boxes`: by name, what is drawn of a node or of what stands beside them; `links`: {a, b, near, …
// its troubles}, near: is an end of it selected? → Map of "tab n1", "hears n1", "ticks n1", "n1–n2"
// to places.
export function sideWords(layout, cluster, picture, { boxes, links, offered }) {
  const { bounds, solid } = layout.rooms[cluster];
  const nodes = layout.compact ? [] : Object.keys(picture.nodes).flatMap((name) => nodeLabels(picture, name, boxes[name]));
  const spoken = links.filter((link) => link.words.length && (!layout.compact || link.near));
  if (!nodes.length && !spoken.length) return new Map();
  const placedLink = (link) => ({ ...link, ...wayOf(layout, cluster, link.a, link.b) });
  const drawn = links.map(placedLink);
  const signs = drawn.filter(({ isCut, deaf, name }) => isCut || deaf.length || name === offered).map(({ start, end, share }) => {
    const [x, y] = between(start, end, share);
    return [x - SIGN, y - SIGN, x + SIGN, y + SIGN];
  });
  const clients = Object.entries(picture.clients).map(([client]) => layout.ways[cluster][client]);
  const ofLinks = spoken.map((link) => linkLabel(placedLink(link)));
  // Whom a node does not hear follows from what is wrong with the links, most of the time.
  const last = ({ id }) => id.startsWith("hears ");
  const labels = [...nodes.filter((label) => !last(label)), ...ofLinks, ...nodes.filter(last)];
  return placed(labels, { solid: [...solid, ...Object.values(boxes), ...signs], ways: [...drawn.map(({ start, end }) => [start, end]), ...clients], bounds });
}

function nodeLabels(picture, name, box) {
  const it = picture.nodes[name];
  const tab = tabText(picture, it, name);
  const look = `tab${tab.startsWith("Thinks") ? " hollow" : ""}`;
  const tabs = [tab ? line(look, tab, true) : null, it.slowed && tab !== slowWords(it) ? line("tab", slowWords(it), true) : null].filter(Boolean);
  const open = openCounters(picture, name).at(-1);
  const silent = it.down ? "" : it.suspects.join(", ");
  return [
    tabs.length ? { id: `tab ${name}`, groups: [[tabs], [[line(look, shortState(picture, name), true)]]], places: around(box) } : null,
    open ? { id: `ticks ${name}`, groups: [[{ wide: open.of * TICK + 56, tall: 21 }]], places: around(box, true) } : null,
    silent ? { id: `hears ${name}`, groups: [[[line("suspects", `hears no ${silent}`)]], [[line("suspects", `no ${silent}`)]]], places: around(box, true) } : null,
  ].filter(Boolean);
}

// Everything in one line, or in two, or one below the other; if need be the worst of it alone.
function linkLabel({ name, words, start, end, share }) {
  const rows = (lists) => lists.map((list) => line("cut-word", list.join(" · ")));
  const fully = [rows([words]), ...(words.length > 2 ? [rows([words.slice(0, 1), words.slice(1)])] : []), ...(words.length > 1 ? [rows(words.map((word) => [word]))] : [])];
  return { id: name, groups: [fully, [rows([words.slice(0, 1)])]], places: beside(start, end, share, 6) };
}
