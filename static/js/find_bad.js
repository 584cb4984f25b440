// The page of a search: how far it is, until it is done.
const EVERY_MS = 700;
const result = document.getElementById("result");

async function poll() {
  try {
    const answer = await fetch(result.dataset.poll);
    if (answer.ok) result.innerHTML = await answer.text();
    if (!answer.ok || result.querySelector(".search")?.dataset.state !== "running") {
      document.getElementById("cancel")?.remove();
      return;
    }
  } catch { /* The server is away: ask again. */ }
  setTimeout(poll, EVERY_MS);
}

if (result.dataset.poll) setTimeout(poll, EVERY_MS);
