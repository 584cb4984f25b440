// Messages on their way, drawn from (sent, arrives, dropped) and the clock: no state a message.
import { between } from "../lib/lines.js";
import { wayOf } from "../lib/link_places.js";
import { place, shapePoints } from "../lib/marks.js";
import { placeOf } from "../lib/places.js";
import { LONGEST_US, firstAfter } from "../model/playback.js";

const SMALL = new Set(["ack", "answer_ok", "answer_refused", "answer_unknown", "refuse", "read_confirm", "heartbeat", "heartbeat_ack", "gossip", "poll", "poll_reply", "leader_named", "lock_request", "lock_answer"]);

// From and to what stands beside the nodes: an order to lead, a wish for the lock.
const ORDERS = { promote_order: "L", promote_reply: "L", lock_take: "K", lock_granted: "K" };

// Pixels of a side of the square that the largest glyph fits in.
const ROOM = 32;

export class Flights {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.glyphs = new Map();
  }

  size(layout, scale) {
    const ratio = (window.devicePixelRatio || 1) * scale;
    this.canvas.width = Math.round(layout.width * ratio);
    this.canvas.height = Math.round(layout.height * ratio);
    this.ratio = ratio;
    this.glyphs.clear();
    const style = getComputedStyle(document.documentElement);
    this.colours = Object.fromEntries(["ink", "paper", "second", "a", "b", "c", "d", "e"].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  }

  // `flights` by cluster; `since`: the last stop, from which dead messages keep their ×.
  draw(layout, flights, at, since, values, noise) {
    const { pen } = this;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    for (const [cluster, list] of Object.entries(flights)) {
      // Backwards from the newest: what left before the last stop and has had its time is done.
      for (let i = firstAfter(list, at) - 1; i >= 0; i -= 1) {
        const flight = list[i];
        if (flight.at <= since && flight.at + LONGEST_US < at) break;
        if (!flight.noise || noise) this.one(layout, cluster, flight, at, since, values[cluster]);
      }
    }
  }

  one(layout, cluster, flight, at, since, values) {
    const { source, target } = flight;
    if (!placeOf(layout, cluster, source) || !placeOf(layout, cluster, target)) return; // Clients in the background have no place on the stage.
    const { start: from, end: to, share: gapAt } = wayOf(layout, cluster, source, target);
    const share = (at - flight.at) / Math.max(1, flight.arrives_at - flight.at);
    if (flight.dropped) {
      // Half its time takes it to the gap, wherever on the link that is.
      const [stop, gap] = flight.dropped.reason === "crashed" ? [1, 1] : [0.5, gapAt];
      if (share < stop) this.glyph(between(from, to, (share / stop) * gap), flight, values);
      else if (flight.at > since && !flight.noise) this.cross(between(from, to, Math.max(0, gap - (stop < 1 ? 24 : 4) / Math.hypot(to[0] - from[0], to[1] - from[1]))));
    } else if (at < flight.arrives_at) this.glyph(between(from, to, share), flight, values);
  }

  // Each look is drawn once, and then laid down on whole pixels of the screen: hundreds of messages
  // at once cost little.
  stamp([x, y], look, paint) {
    let glyph = this.glyphs.get(look);
    if (!glyph) {
      glyph = document.createElement("canvas");
      glyph.width = glyph.height = 2 * Math.ceil((ROOM * this.ratio) / 2);
      const pen = glyph.getContext("2d");
      pen.scale(this.ratio, this.ratio);
      pen.translate(glyph.width / 2 / this.ratio, glyph.width / 2 / this.ratio);
      pen.lineWidth = 2;
      paint(new Glyph(pen, this.colours));
      this.glyphs.set(look, glyph);
    }
    this.pen.drawImage(glyph, Math.round(x * this.ratio - glyph.width / 2), Math.round(y * this.ratio - glyph.width / 2));
  }

  cross(point) {
    this.stamp(point, "cross", (glyph) => glyph.cross());
  }

  glyph(point, flight, values) {
    const { kind } = flight;
    if (SMALL.has(kind)) this.stamp(point, kind, (glyph) => glyph.answer(kind));
    else if (ORDERS[kind]) this.stamp(point, kind, (glyph) => glyph.letter(ORDERS[kind], !kind.endsWith("reply") && kind !== "lock_granted"));
    else if (kind.startsWith("vote")) this.stamp(point, kind, (glyph) => glyph.letter("V", kind === "vote_request"));
    else {
      const label = values.get(flight.carries.at(-1))?.label ?? "";
      this.stamp(point, `${kind} ${label}`, (glyph) => glyph.version(kind, label));
    }
  }
}

// What a message looks like, round the middle of its own small canvas.
class Glyph {
  constructor(pen, colours) {
    Object.assign(this, { pen, colours });
  }

  cross() {
    const { pen } = this;
    pen.strokeStyle = this.colours.ink;
    pen.beginPath();
    pen.moveTo(-4, -4); pen.lineTo(4, 4);
    pen.moveTo(4, -4); pen.lineTo(-4, 4);
    pen.stroke();
  }

  version(kind, label) {
    const { colours } = this;
    if (!label) {
      this.disc(8, colours.ink);
      this.text(kind === "read_request" ? "?" : "", colours.ink);
      return;
    }
    const colour = colours["abcde"[place(label)]];
    const outlined = kind === "read_reply";
    if (kind === "repair") this.disc(13, colour, true);
    this.shape(label, outlined, colour);
    this.text(label, outlined ? colour : colours.paper);
  }

  shape(label, outlined, colour) {
    const { pen, colours } = this;
    const points = shapePoints(label, 9);
    pen.beginPath();
    if (points) {
      points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      pen.closePath();
    } else if (place(label) === 0) pen.arc(0, 0, 9, 0, 7);
    else pen.rect(-8.3, -8.3, 16.6, 16.6);
    pen.fillStyle = outlined ? colours.paper : colour;
    pen.fill();
    pen.strokeStyle = outlined ? colour : colours.paper;
    pen.stroke();
  }

  disc(radius, colour, open = false) {
    const { pen, colours } = this;
    pen.beginPath();
    pen.arc(0, 0, radius, 0, 7);
    pen.fillStyle = colours.paper;
    if (!open) pen.fill();
    pen.strokeStyle = colour;
    pen.stroke();
  }

  answer(kind) {
    const { pen, colours } = this;
    this.disc(8, colours.ink);
    pen.beginPath();
    if (kind === "answer_refused" || kind === "refuse") { pen.moveTo(-4, 0); pen.lineTo(4, 0); }
    else if (kind === "answer_unknown" || kind === "read_confirm" || kind === "poll" || kind === "lock_request") { this.text("?", colours.ink); return; }
    else if (kind === "gossip" || kind === "poll_reply" || kind === "leader_named" || kind.startsWith("heartbeat")) pen.arc(0, 0, 1, 0, 7);
    else { pen.moveTo(-4, 0); pen.lineTo(-1, 3); pen.lineTo(4, -3); }
    pen.stroke();
  }

  letter(letter, filled) {
    const { pen, colours } = this;
    pen.beginPath();
    pen.rect(-9, -9, 18, 18);
    pen.fillStyle = filled ? colours.ink : colours.paper;
    pen.fill();
    pen.strokeStyle = colours.ink;
    pen.stroke();
    this.text(letter, filled ? colours.paper : colours.ink);
  }

  text(letter, colour) {
    const { pen } = this;
    pen.fillStyle = colour;
    pen.font = "600 11px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.fillText(letter, 0, 4);
  }
}
