// Values → versions of a key, as in app/trace/values.py: every whole one with all the parts.

export function carts(values) {
  const parts = values.filter((v) => v.part);
  const wholes = values.filter((v) => !v.part);
  if (!wholes.length) return parts.length ? [parts] : [];
  return wholes.map((whole) => [whole, ...parts]);
}

export const itemsOf = (cart) => [...new Set(cart.flatMap((value) => value.items))];

// The values whose marks are drawn: a part that holds nothing any more has nothing to mark.
export const marked = (cart) => cart.filter((value) => !value.part || value.items.length);
