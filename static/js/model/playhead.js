// The moving head: one requestAnimationFrame loop while something moves, none at rest.
import { momentAt, timeMap, wallLength } from "./playback.js";

const STILLS = 3;
const STILL_MS = 500;

export class Playhead {
  // moved(at, skipped) each time; arrived(travelled) once, true when it had moved there; stills() says whether three stills are wanted.
  constructor(moved, arrived, stills) {
    Object.assign(this, { moved, arrived, stills, at: 0, playing: false, goal: null });
    this.timer = null;
    this.frame = null;
  }

  get moving() {
    return this.goal !== null;
  }

  // elapsed: milliseconds of the way that are over already, for those who come late.
  run(busy, from, until, speed, playing = false, elapsed = 0) {
    this.halt();
    this.at = from;
    this.goal = until;
    this.playing = playing;
    const pieces = timeMap(busy, from, until);
    if (!pieces.length) return this.end();
    const whole = wallLength(pieces);
    const ahead = (elapsed * speed) / 100;
    if (ahead >= whole) return this.end();
    if (this.stills()) return this.still(from, until, 1);
    const begun = performance.now();
    const tick = (now) => {
      const ms = ahead + ((now - begun) * speed) / 100;
      if (ms >= whole) return this.end();
      const { at, skipped } = momentAt(pieces, Math.max(0, ms));
      this.at = at;
      this.moved(at, skipped);
      this.frame = requestAnimationFrame(tick);
      return undefined;
    };
    this.frame = requestAnimationFrame(tick);
    return undefined;
  }

  still(from, until, step) {
    if (step >= STILLS) return this.end();
    this.at = Math.floor(from + ((until - from) * step) / STILLS);
    this.moved(this.at, 0);
    this.timer = setTimeout(() => this.still(from, until, step + 1), STILL_MS);
    return undefined;
  }

  end() {
    this.halt();
    this.at = this.goal;
    this.goal = null;
    this.arrived(true);
  }

  // At once to where the head was going.
  finish() {
    const { goal } = this;
    if (goal === null) return;
    if (this.playing) { this.stop(); return; }
    this.halt();
    this.goal = null;
    this.at = goal;
    this.moved(goal, 0);
  }

  jump(at) {
    this.halt();
    this.playing = false;
    this.goal = null;
    this.at = at;
    this.arrived(false);
  }

  stop() {
    this.halt();
    this.goal = null;
    this.playing = false;
  }

  halt() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
  }
}
