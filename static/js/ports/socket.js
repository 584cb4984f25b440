// The one websocket: joins, sends requests with rising ids, resends the unanswered one after a cut.

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

// A page's own name, new with every load: a duplicated tab must not be taken for a repeat of this one.
export function pageToken() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((n) => LETTERS[n % 36]).join("");
}

export class Live {
  // hear(frame) for every frame; state(online) when the line goes or comes; have() what is held.
  // key: the presenter's secret, if this page has it.
  constructor({ token, room, run, key = "", hear, state, have }) {
    Object.assign(this, { token, room, run, key, hear, state, have });
    this.counter = 0;
    this.waiting = null;
    this.queue = [];
    this.tries = 0;
    this.open();
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/live`);
    this.socket.addEventListener("open", () => {
      this.tries = 0;
      this.join();
      this.state(true);
      if (this.waiting) this.transmit(this.waiting);
    });
    this.socket.addEventListener("message", (event) => this.heard(JSON.parse(event.data)));
    this.socket.addEventListener("close", () => this.closed());
  }

  // Into the room, with word of what is held already.
  join() {
    const { branch, have } = this.have();
    this.transmit({ type: "join", id: this.take(), room: this.room, token: this.token, run: this.run, key: this.key, branch, have });
  }

  closed() {
    this.state(false);
    this.tries += 1;
    const longest = Math.min(10_000, 300 * 2 ** this.tries);
    const spread = crypto.getRandomValues(new Uint16Array(1))[0] / 65_535;
    setTimeout(() => this.open(), longest / 2 + (longest / 2) * spread);
  }

  heard(frame) {
    if (frame.type === "state" && frame.room) this.room = frame.room;
    const answers = frame.type === "accepted" || frame.type === "refused";
    const mine = answers && this.waiting && (frame.id === this.waiting.id || frame.id === 0);
    this.hear(frame);
    if (!mine) return;
    this.waiting = null;
    if (this.queue.length) this.ask(this.queue.shift());
  }

  take() {
    this.counter += 1;
    return this.counter;
  }

  get busy() {
    return this.waiting !== null;
  }

  // Sends a request, one at a time; it is sent again after a reconnect until it is answered.
  ask(request) {
    if (this.waiting && request.type !== "more") {
      this.queue.push(request);
      return 0;
    }
    const whole = { ...request, id: this.take() };
    if (request.type !== "more") this.waiting = whole;
    this.transmit(whole);
    return whole.id;
  }

  transmit(frame) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }
}
