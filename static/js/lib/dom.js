// Making elements, HTML and SVG, with no markup in strings.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    // By the object model, since the page's policy refuses styles written as text.
    if (name === "style") for (const [property, text] of Object.entries(value)) node.style.setProperty(property, text);
    else if (name === "on") for (const [kind, hear] of Object.entries(value)) node.addEventListener(kind, hear);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

export const html = (tag, attributes = {}, ...children) =>
  fill(document.createElement(tag), attributes, children);

export const svg = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);

// A sheet that only some pages need; done once it is there.
export function styled(href) {
  if (document.querySelector(`link[href="${href}"]`)) return Promise.resolve();
  const link = html("link", { rel: "stylesheet", href });
  return new Promise((done) => { link.onload = link.onerror = done; document.head.append(link); });
}

export const byId = (id) => document.getElementById(id);

// Sets a text only when it changed, so that nothing is announced twice.
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// Brings the first such thing into view inside a place that scrolls, and moves nothing else.
export function scrollWithin(place, selector) {
  const it = place.querySelector(selector);
  if (!it || place.scrollHeight <= place.clientHeight) return;
  const [outer, inner] = [place.getBoundingClientRect(), it.getBoundingClientRect()];
  if (inner.top < outer.top || inner.bottom > outer.bottom) place.scrollTop += inner.top - outer.top - outer.height / 3;
}

export const seconds = (us) => `${(us / 1e6).toFixed(3)} s`;

export const linkName = (a, b) => (a < b ? `${a}–${b}` : `${b}–${a}`);
