// For screen readers: after each stop one sentence a side, leader side first, in one of four
// polite regions by turns (a reader may drop what is queued in a single one).
import { byId } from "../lib/dom.js";

let turn = 0;

export function speak(sentences) {
  const regions = byId("spoken").children;
  regions[turn].textContent = "";
  turn = (turn + 1) % regions.length;
  regions[turn].textContent = sentences.filter(Boolean).join(" ");
}
