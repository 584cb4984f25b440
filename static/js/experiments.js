// The page of an experiment: sliders beside numbers, results that come while the work runs.
import { fragment } from "./ports/fragments.js";
import { poll } from "./ports/polling.js";
import { drawChart } from "./views/chart.js";

const GONE = "The server does not have this run any more. Run it again; the same seeds give the same numbers.";
const result = document.getElementById("result");
const form = document.getElementById("settings");

function show(text) {
  result.innerHTML = text;
  const data = result.querySelector(".chart-data");
  if (data) drawChart(JSON.parse(data.textContent));
}

for (const range of form.querySelectorAll("input[type=range]")) {
  const number = document.getElementById(range.dataset.for);
  range.hidden = false;
  range.addEventListener("input", () => { number.value = range.value; });
  number.addEventListener("input", () => { range.value = number.value; });
}

function progressed(ok, text) {
  if (ok) show(text);
  const progress = result.querySelector(".progress");
  if (!ok) progress.firstElementChild.textContent = GONE;
  if (ok && progress.dataset.state === "running") return true;
  document.getElementById("cancel")?.remove();
  // Said once, when there is something to say.
  document.getElementById("state").textContent = progress.firstElementChild.textContent;
  return false;
}

// One request at a time; the newest settings win.
let wanted = false;
let asking = false;
async function redraw() {
  wanted = true;
  if (asking) return;
  asking = true;
  while (wanted) {
    wanted = false;
    const asked = new URLSearchParams(new FormData(form));
    try {
      const { ok, text } = await fragment(`${form.dataset.live}?${asked}`);
      show(text);
      if (ok) history.replaceState(null, "", `${form.getAttribute("action")}?${asked}`);
    } catch { /* The server is away: the next change asks again. */ }
  }
  asking = false;
}

function begin() {
  show(result.innerHTML);
  if (result.dataset.poll) poll(result, progressed);
  if (!form.dataset.live) return;
  document.getElementById("show")?.remove();
  form.addEventListener("input", redraw);
}

if (window.uPlot) begin();
else addEventListener("DOMContentLoaded", begin);
