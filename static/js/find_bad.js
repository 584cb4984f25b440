// The page of a search: how far it is, until it is done.
import { poll } from "./ports/polling.js";

const result = document.getElementById("result");

if (result.dataset.poll) poll(result, (ok, text) => {
  if (ok) result.innerHTML = text;
  const more = ok && result.querySelector(".search")?.dataset.state === "running";
  if (!more) document.getElementById("cancel")?.remove();
  return more;
});
