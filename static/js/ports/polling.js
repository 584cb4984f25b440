// A part of a page that the server makes anew while work goes on.
import { fragment } from "./fragments.js";

const EVERY_MS = 700;

// Asks for what `place` is to hold as long as `shown(ok, text)` says that more will come.
export function poll(place, shown) {
  setTimeout(async () => {
    let more = true;
    try {
      const { ok, text } = await fragment(place.dataset.poll);
      more = shown(ok, text);
    } catch { /* The server is away: ask again. */ }
    if (more) poll(place, shown);
  }, EVERY_MS);
}
