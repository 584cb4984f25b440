// Beside a lesson's text: the kinds of write, and where the reader's eye goes after a press.
import { byId } from "./lib/dom.js";
import { BREAK } from "./lib/geometry.js";

// After these there is something to watch.
const RUNS = ["worked", "run", "solution", "task"];

export function lessonPage(app) {
  for (const input of document.querySelectorAll("input[name=kind]")) {
    input.addEventListener("change", () => { app.write = input.value; });
  }
  let pressed = "";
  document.addEventListener("submit", (event) => { pressed = event.submitter?.value ?? ""; }, true);
  const now = () => byId("lesson").querySelector("[data-now]") ?? byId("lesson").querySelector("h1");
  byId("to-text").addEventListener("click", (event) => {
    event.preventDefault();
    now().scrollIntoView();
    now().focus({ preventScroll: true });
  });
  // The step that is next now gets the focus, so that a screen reader goes on from there.
  document.addEventListener("htmx:after:swap", () => {
    const refused = byId("lesson").querySelector("[role=alert]");
    if (refused) {
      refused.scrollIntoView({ block: "nearest" });
      return;
    }
    now().focus({ preventScroll: true });
    if (matchMedia(BREAK).matches && RUNS.includes(pressed)) byId("beside-stage").scrollIntoView();
    else now().scrollIntoView({ block: "nearest" });
  });
}
