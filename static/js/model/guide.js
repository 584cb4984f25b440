// Where the guide stands: a step is done when the rows say so, however it came about.
import { linkName } from "../lib/dom.js";

// The moment at which `done` came true after `since` in one picture, or null.
function doneAt(done, picture, since) {
  const moments = [];
  const first = (list, fits) => list.find((one) => one.at > since && fits(one))?.at ?? null;
  if (done.cut) moments.push(first(picture.cuts, (one) => one.link === linkName(...done.cut)));
  for (const [client, action] of done.answered ?? []) {
    moments.push(first(picture.answers, (one) => one.client === client && one.action === action));
  }
  if (done.read) moments.push(first(picture.answers, (one) => one.client === done.read && one.action === "read"));
  return moments.includes(null) ? null : Math.max(...moments);
}

// {step, total} of the first step not yet done; step === total: the guide is through.
export function progress(guide, pictures) {
  let since = -1;
  for (let step = 0; step < guide.length; step += 1) {
    const moments = Object.values(pictures).map((picture) => doneAt(guide[step].done, picture, since));
    if (moments.includes(null)) return { step, total: guide.length };
    since = Math.max(...moments);
  }
  return { step: guide.length, total: guide.length };
}
