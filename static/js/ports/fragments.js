// Pieces of pages from the server, asked for by a script.
export async function fragment(address) {
  const answer = await fetch(address);
  return { ok: answer.ok, text: await answer.text() };
}
