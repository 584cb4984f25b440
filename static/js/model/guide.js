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

// The moment at which the last of these commands was given after `since`, or null.
function givenAt(steps, commands, since) {
  let last = since;
  for (const command of steps.flat()) {
    const wanted = JSON.stringify(command);
    const given = commands.find(([at, one]) => at > since && JSON.stringify(one) === wanted);
    if (!given) return null;
    last = Math.max(last, given[0]);
  }
  return last;
}

// `commands`: [moment, command] pairs of the run up to what is seen.
// {step, total} of the first step not yet done; step === total: the guide is through.
export function progress(guide, pictures, commands = []) {
  let since = -1;
  for (let step = 0; step < guide.length; step += 1) {
    if (!guide[step].done) {
      since = givenAt(guide[step].steps, commands, since);
      if (since === null) return { step, total: guide.length };
      continue;
    }
    const moments = Object.values(pictures).map((picture) => doneAt(guide[step].done, picture, since));
    if (moments.includes(null)) return { step, total: guide.length };
    since = Math.max(...moments);
  }
  return { step: guide.length, total: guide.length };
}
