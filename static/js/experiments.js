// The page of an experiment: sliders beside numbers, results that come while the work runs.
import { drawChart } from "./views/chart.js";

const EVERY_MS = 700;
const result = document.getElementById("result");
const form = document.getElementById("settings");

function draw() {
  const data = result.querySelector(".chart-data");
  if (data) drawChart(JSON.parse(data.textContent));
}

for (const range of form.querySelectorAll("input[type=range]")) {
  const number = document.getElementById(range.dataset.for);
  range.hidden = false;
  range.addEventListener("input", () => {
    number.value = range.value;
    number.dispatchEvent(new Event("input", { bubbles: true }));
  });
  number.addEventListener("input", () => { range.value = number.value; });
}

async function poll() {
  try {
    const answer = await fetch(result.dataset.poll);
    if (answer.ok) {
      result.innerHTML = await answer.text();
      draw();
    }
    if (!answer.ok) result.querySelector("[role=status]").textContent = "The server does not have this run any more. Run it again; the same seeds give the same numbers.";
    if (!answer.ok || result.querySelector(".progress")?.dataset.state !== "running") {
      document.getElementById("cancel")?.remove();
      return;
    }
  } catch { /* The server is away: ask again. */ }
  setTimeout(poll, EVERY_MS);
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
    const answer = await fetch(`${form.dataset.live}?${asked}`);
    result.innerHTML = await answer.text();
    document.getElementById("nothing")?.remove();
    draw();
    if (answer.ok) history.replaceState(null, "", `${form.action}?${asked}`);
  }
  asking = false;
}

addEventListener("DOMContentLoaded", draw);
if (document.readyState !== "loading" && window.uPlot) draw();
if (result.dataset.poll) setTimeout(poll, EVERY_MS);
if (form.dataset.live) {
  document.getElementById("show")?.remove();
  form.addEventListener("input", redraw);
}
