// Messages on their way, drawn from (sent, arrives, dropped) and the clock: no state a message.
import { between } from "../lib/lines.js";
import { shareOf } from "../lib/link_places.js";
import { place, shapePoints } from "../lib/marks.js";
import { edgeOf, placeOf } from "../lib/places.js";

const SMALL = new Set(["ack", "answer_ok", "answer_refused", "answer_unknown", "refuse", "read_confirm", "heartbeat", "heartbeat_ack", "gossip", "poll", "poll_reply", "leader_named", "lock_request", "lock_answer"]);

// From and to what stands beside the nodes: an order to lead, a wish for the lock.
const ORDERS = { promote_order: "L", promote_reply: "L", lock_take: "K", lock_granted: "K" };

// No message of any scene is longer on its way.
const LONGEST_US = 2_000_000;

export class Flights {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
  }

  size(layout, scale) {
    const ratio = (window.devicePixelRatio || 1) * scale;
    this.canvas.width = Math.round(layout.width * ratio);
    this.canvas.height = Math.round(layout.height * ratio);
    this.ratio = ratio;
    const style = getComputedStyle(document.documentElement);
    this.colours = Object.fromEntries(["ink", "paper", "second", "a", "b", "c", "d", "e"].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  }

  // `flights` by cluster; `since`: the last stop, from which dead messages keep their ×.
  draw(layout, flights, at, since, values, noise) {
    const { pen } = this;
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.clearRect(0, 0, layout.width, layout.height);
    for (const [cluster, list] of Object.entries(flights)) {
      // Backwards from the newest: what left before the last stop and has had its time is done.
      for (let i = list.length - 1; i >= 0; i -= 1) {
        const flight = list[i];
        if (flight.at > at) continue;
        if (flight.at <= since && flight.at + LONGEST_US < at) break;
        if (!flight.noise || noise) this.one(layout, cluster, flight, at, since, values[cluster]);
      }
    }
  }

  one(layout, cluster, flight, at, since, values) {
    const { source, target } = flight;
    if (!placeOf(layout, cluster, source) || !placeOf(layout, cluster, target)) return; // Clients in the background have no place on the stage.
    const client = source in layout.clients[cluster] || target in layout.clients[cluster];
    const [from, to] = [edgeOf(layout, cluster, source, target), edgeOf(layout, cluster, target, source)];
    const share = (at - flight.at) / Math.max(1, flight.arrives_at - flight.at);
    if (flight.dropped) {
      // Half its time takes it to the gap, wherever on the link that is.
      const [stop, gap] = flight.dropped.reason === "crashed" ? [1, 1] : [0.5, client ? 0.5 : shareOf(layout, source, target)];
      if (share < stop) this.glyph(between(from, to, (share / stop) * gap), flight, values);
      else if (flight.at > since && !flight.noise) this.cross(between(from, to, Math.max(0, gap - (stop < 1 ? 24 : 4) / Math.hypot(to[0] - from[0], to[1] - from[1]))));
    } else if (at < flight.arrives_at) this.glyph(between(from, to, share), flight, values);
  }

  cross([x, y]) {
    const { pen } = this;
    pen.strokeStyle = this.colours.ink;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.moveTo(x - 4, y - 4); pen.lineTo(x + 4, y + 4);
    pen.moveTo(x + 4, y - 4); pen.lineTo(x - 4, y + 4);
    pen.stroke();
  }

  glyph([x, y], flight, values) {
    const label = values.get(flight.carries.at(-1))?.label;
    const { pen, colours } = this;
    pen.lineWidth = 2;
    if (SMALL.has(flight.kind)) return this.answer(x, y, flight.kind);
    if (ORDERS[flight.kind]) return this.letter(x, y, ORDERS[flight.kind], !flight.kind.endsWith("reply") && flight.kind !== "lock_granted");
    if (flight.kind.startsWith("vote")) return this.letter(x, y, "V", flight.kind === "vote_request");
    if (!label) {
      this.disc(x, y, 8, false, colours.ink);
      return this.text(x, y, flight.kind === "read_request" ? "?" : "", colours.ink);
    }
    const colour = colours["abcde"[place(label)]];
    const outlined = flight.kind === "read_reply";
    if (flight.kind === "repair") this.disc(x, y, 13, false, colour, true);
    this.shape(x, y, label, outlined, colour);
    return this.text(x, y, label, outlined ? colour : colours.paper);
  }

  shape(x, y, label, outlined, colour) {
    const { pen, colours } = this;
    const points = shapePoints(label, 9);
    pen.beginPath();
    if (points) {
      points.forEach(([dx, dy], i) => (i ? pen.lineTo(x + dx, y + dy) : pen.moveTo(x + dx, y + dy)));
      pen.closePath();
    } else if (place(label) === 0) pen.arc(x, y, 9, 0, 7);
    else pen.rect(x - 8.3, y - 8.3, 16.6, 16.6);
    pen.fillStyle = outlined ? colours.paper : colour;
    pen.fill();
    pen.strokeStyle = outlined ? colour : colours.paper;
    pen.stroke();
  }

  disc(x, y, radius, filled, colour, open = false) {
    const { pen, colours } = this;
    pen.beginPath();
    pen.arc(x, y, radius, 0, 7);
    pen.fillStyle = filled ? colour : colours.paper;
    if (!open) pen.fill();
    pen.strokeStyle = colour;
    pen.stroke();
  }

  answer(x, y, kind) {
    const { pen, colours } = this;
    this.disc(x, y, 8, false, colours.ink);
    pen.beginPath();
    if (kind === "answer_refused" || kind === "refuse") { pen.moveTo(x - 4, y); pen.lineTo(x + 4, y); }
    else if (kind === "answer_unknown" || kind === "read_confirm" || kind === "poll" || kind === "lock_request") return this.text(x, y, "?", colours.ink);
    else if (kind === "gossip" || kind === "poll_reply" || kind === "leader_named" || kind.startsWith("heartbeat")) pen.arc(x, y, 1, 0, 7);
    else { pen.moveTo(x - 4, y); pen.lineTo(x - 1, y + 3); pen.lineTo(x + 4, y - 3); }
    return pen.stroke();
  }

  letter(x, y, letter, filled) {
    const { pen, colours } = this;
    pen.beginPath();
    pen.rect(x - 9, y - 9, 18, 18);
    pen.fillStyle = filled ? colours.ink : colours.paper;
    pen.fill();
    pen.strokeStyle = colours.ink;
    pen.stroke();
    this.text(x, y, letter, filled ? colours.paper : colours.ink);
  }

  text(x, y, letter, colour) {
    const { pen } = this;
    pen.fillStyle = colour;
    pen.font = "600 11px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.fillText(letter, x, y + 4);
  }
}
