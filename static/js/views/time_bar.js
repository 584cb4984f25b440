// Back, Next, Play, the scrubber with its ticks, the clock.
import { byId, say, seconds, svg } from "../lib/dom.js";
import { firstAfter } from "../model/playback.js";

export class TimeBar {
  constructor() {
    this.ticked = "";
  }

  // stories: {cluster: rows, oldest first}; the first cluster's ticks stand above, the other's below.
  draw({ at, end, playing, skipped, can, stories }) {
    const scrubber = byId("scrubber");
    if (scrubber.max !== String(end)) scrubber.max = String(end);
    if (Number(scrubber.value) !== at) scrubber.value = String(at);
    scrubber.disabled = end === 0;
    if (scrubber.getAttribute("aria-valuetext") !== seconds(at)) scrubber.setAttribute("aria-valuetext", seconds(at));
    say(byId("clock"), skipped ? `${seconds(at)} · skipped ${(skipped / 1e6).toFixed(1)} s` : seconds(at));
    say(byId("play"), playing ? "Pause" : "Play");
    for (const [id, free] of Object.entries(can)) byId(id).disabled = !free;
    this.ticks(stories, end);
  }

  ticks(stories, end) {
    const shown = Object.values(stories).map((rows) => rows.slice(0, firstAfter(rows, end)));
    const key = JSON.stringify([end, shown.map((rows) => rows.length)]);
    if (key === this.ticked) return;
    this.ticked = key;
    const lines = shown.flatMap((rows, i) => rows.map(({ at }) => {
      const x = end ? (at / end) * 100 : 0;
      return svg("line", { x1: `${x}%`, x2: `${x}%`, y1: i ? 20 : 2, y2: i ? 26 : 8 });
    }));
    byId("ticks").replaceChildren(...lines);
  }
}
