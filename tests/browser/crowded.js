// What overlaps on the stage, as sentences; `least`: the smallest text allowed, in CSS px.
// A box is what a person reads as one thing: a line of text, a node, a card, a button.
(least) => {
  const stage = document.getElementById("stage");
  const scale = quorate.scale;
  const things = [];
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const small = [];
  const box = (element, what, owner, air = 0) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    if (right - left < 1 || bottom - top < 1) return;
    things.push({ what, owner, left: left + air, top: top + air, right: right - air, bottom: bottom - air });
  };
  for (const text of document.querySelectorAll("#drawing text")) {
    if (!shown(text) || !text.textContent) continue;
    const size = Number.parseFloat(getComputedStyle(text).fontSize) * (text.getScreenCTM().a || 1);
    if (size < least - 0.05) small.push(`“${text.textContent}” is ${size.toFixed(1)} px`);
    // A home's number on the ring sits on the corner of its node.
    const place = text.closest(".ring-place");
    const node = place ? document.getElementById(place.dataset.of).closest(".node") : text.closest(".node");
    const letter = text.closest(".mark");
    // The box of a text is its line, with air above and below the letters.
    if (!letter) box(text, `“${text.textContent}”`, node ?? text.closest(".link"), 2 * scale);
  }
  for (const node of document.querySelectorAll("#drawing .node")) {
    const name = node.querySelector(".press").id.replace("node-", "");
    box(node.querySelector(".box"), name, node, 1);
    // What stands inside a node stays inside it.
    const [outer, press] = [node.querySelector(".box").getBoundingClientRect(), node.querySelector(".press").getBoundingClientRect()];
    for (const text of node.querySelectorAll(".name, .value, .state, .more, .mark")) {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      if (left < outer.left - 1 || right > outer.right + 1 || top < outer.top - 3 || bottom > outer.bottom + 3) {
        things.push({ what: `“${text.textContent}” sticks out of ${name}`, fault: true });
      }
    }
    if (press.width < 24) things.push({ what: `${name} is too narrow to press`, fault: true });
  }
  const words = ".head h2, .head p span, .head .change, .count, .caption, .shopper h3, .shopper .add, .shopper .carts, .shopper .answer, .shopper .choices, .between button";
  for (const element of stage.querySelectorAll(words)) {
    if (!shown(element) || !element.textContent.trim()) continue;
    const size = Number.parseFloat(getComputedStyle(element).fontSize) * scale;
    if (size > 0 && size < least - 0.05) small.push(`“${element.textContent.trim().slice(0, 20)}” is ${size.toFixed(1)} px`);
    if (size > 0) box(element, `${element.className || element.tagName} “${element.textContent.trim().slice(0, 20)}”`, element, 1);
  }
  for (const element of stage.querySelectorAll(".shopper span, .shopper small, .shopper b")) {
    if (!shown(element) || !element.textContent.trim() || element.closest(".out-of-sight, .text-mark")) continue;
    const size = Number.parseFloat(getComputedStyle(element).fontSize) * scale;
    if (size > 0 && size < least - 0.05 && !element.classList.contains("sign")) small.push(`“${element.textContent.trim().slice(0, 20)}” is ${size.toFixed(1)} px`);
  }
  const found = things.filter((thing) => thing.fault).map((thing) => thing.what);
  const solid = things.filter((thing) => !thing.fault);
  solid.forEach((a, i) => {
    for (const b of solid.slice(i + 1)) {
      if (a.owner && a.owner === b.owner) continue;
      if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) found.push(`${a.what} on ${b.what}`);
    }
  });
  return [...new Set([...found, ...small])];
}
