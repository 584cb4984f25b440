// Before the first paint: the theme, size and motion that this browser chose earlier.
for (const name of ["theme", "size", "motion"]) {
  try {
    const kept = localStorage.getItem(`quorate-${name}`);
    if (kept) document.documentElement.dataset[name] = kept;
  } catch { /* storage may be closed: the device's own ways then */ }
}
{
  const asked = new URLSearchParams(location.search).get("display");
  if (asked === "projector") document.documentElement.dataset.size = "projector";
}
