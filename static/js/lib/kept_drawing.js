// Drawings that are kept as long as they would be made the same again: a stage has hundreds of parts,
// and from one moment to the next few of them change.

export class KeptDrawing {
  constructor(place) {
    this.place = place;
    this.drawn = new Map();
    this.elements = [];
  }

  // `parts`: [name, key, make] in order; a part whose key is as last time keeps its element, which
  // also keeps the focus and what is being animated. Tells whether anything changed.
  draw(parts) {
    const before = this.drawn;
    this.drawn = new Map();
    const elements = parts.map(([name, key, make]) => {
      const last = before.get(name);
      const one = last?.key === key ? last : { key, element: make() };
      this.drawn.set(name, one);
      return one.element;
    });
    const same = elements.length === this.elements.length && elements.every((element, i) => element === this.elements[i]);
    if (same) return false;
    const kept = new Set(elements);
    for (const element of this.elements) if (!kept.has(element)) element.remove();
    this.elements = elements;
    let next = this.place.firstChild;
    for (const element of elements) {
      if (element === next) next = next.nextSibling;
      else this.place.insertBefore(element, next);
    }
    return true;
  }
}
