// Curves with their bands and dots, drawn by uPlot; every dot is a run that opens on the stage.
// The table beside it says the same, so the drawing is hidden from screen readers.

const DASHES = [[], [10, 4], [3, 3], [10, 3, 3, 3], [18, 5], [1, 3]];
const HEIGHT = 360;
const NEAR = 12;
const SMALL = 3;
const MARK = 5;
const WIDE = 30; // From such a ratio of times on, the axis is logarithmic.
const STEPS = [1, 10, 100, 1000, 10_000].flatMap((ten) => [ten, 2 * ten, 5 * ten]);
const BESIDE = 0.16; // Where x has no order, lines stand beside each other.

let plot = null;

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return { ink: of("--ink"), second: of("--second"), hair: of("--hair"), paper: of("--paper") };
}

// The dots of shares lie at no (0) and yes (100); a little apart, or they would hide each other.
function apart(seed, salt) {
  return (Math.imul(seed * 2 + salt, 0x9e3779b1) >>> 8) / 2 ** 24 - 0.5;
}

const kinds = (chart) => chart.x.names.length > 0;

function beside(chart, place, count) {
  return kinds(chart) ? (place - (count - 1) / 2) * BESIDE : 0;
}

function placed(chart) {
  const share = chart.kind === "share";
  const xs = chart.lines.flatMap((line) => line.points.map(([x]) => x / chart.x.scale));
  const span = kinds(chart) ? 1 : Math.max(...xs, 1) - Math.min(...xs, 0);
  const spread = span * (kinds(chart) ? 0.08 : share ? 0.025 : 0.012);
  return chart.dots.flatMap((one, place) => one.dots.map(([x, value, seed]) => {
    const told = one.exact ? `${x / chart.x.scale} ${chart.x.unit}` : share ? (value ? "yes" : "no") : `${value / 1000} ms`;
    return {
      x: x / chart.x.scale + beside(chart, place, chart.dots.length) + (one.exact ? 0 : apart(seed, 1) * spread),
      y: one.exact ? value : share ? (value ? 100 : 0) + apart(seed * 7919, 0) * 6 : value / 1000,
      shape: place,
      words: `${one.title}, seed ${seed}: ${told}`,
      href: `${chart.open}&${new URLSearchParams({ x, seed, series: one.series })}`,
    };
  }));
}

// Names that have no room under the axis stand in the legend.
const narrow = () => document.getElementById("chart").clientWidth < 560;

function table(chart) {
  const xs = [...new Set(chart.lines.flatMap((line) => line.points.map(([x]) => x))
    .concat(chart.expected.lines.flat().map(([x]) => x)))].sort((a, b) => a - b);
  const at = (points, column) => {
    const found = new Map(points.map((point) => [point[0], point[column]]));
    return xs.map((x) => found.get(x) ?? null);
  };
  return [
    xs.map((x) => x / chart.x.scale),
    ...chart.lines.flatMap((line) => [at(line.points, 1), at(line.points, 2), at(line.points, 3)]),
    ...chart.expected.lines.filter((points) => points.length).map((points) => at(points, 1)),
  ];
}

// ---- what is drawn by hand: dots, and marks with their bars where x has no order -----------------

function shape(ctx, place, x, y, size) {
  ctx.beginPath();
  if (place % 4 === 0) ctx.arc(x, y, size, 0, 2 * Math.PI);
  else if (place % 4 === 1) ctx.rect(x - size, y - size, 2 * size, 2 * size);
  else if (place % 4 === 2) ctx.moveTo(x, y - size), ctx.lineTo(x + size, y + size), ctx.lineTo(x - size, y + size), ctx.closePath();
  else ctx.moveTo(x, y - size), ctx.lineTo(x + size, y), ctx.lineTo(x, y + size), ctx.lineTo(x - size, y), ctx.closePath();
}

// Hollow circles for one series, squares for the next: a hue would mean a version.
function drawDots(u, dots, ink, chart) {
  const { ctx } = u;
  ctx.save();
  ctx.strokeStyle = ink.second;
  ctx.globalAlpha = 0.6;
  ctx.lineWidth = devicePixelRatio;
  for (const dot of dots) {
    shape(ctx, dot.shape, u.valToPos(dot.x, "x", true), u.valToPos(dot.y, "y", true), SMALL * devicePixelRatio);
    ctx.stroke();
  }
  if (kinds(chart)) drawMarks(u, ink, chart);
  ctx.restore();
}

function drawMarks(u, ink, chart) {
  const { ctx } = u;
  ctx.globalAlpha = 1;
  ctx.strokeStyle = ctx.fillStyle = ink.ink;
  ctx.lineWidth = 2 * devicePixelRatio;
  chart.lines.forEach((line, place) => {
    for (const [x, middle, low, high] of line.points) {
      const at = u.valToPos(x / chart.x.scale + beside(chart, place, chart.lines.length), "x", true);
      ctx.beginPath();
      ctx.moveTo(at, u.valToPos(low, "y", true));
      ctx.lineTo(at, u.valToPos(high, "y", true));
      ctx.stroke();
      shape(ctx, place, at, u.valToPos(middle, "y", true), MARK * devicePixelRatio);
      ctx.fill();
    }
  });
}

// ---- legend --------------------------------------------------------------------------------------

const SHAPES = [
  '<circle cx="18" cy="6" r="4"/>', '<rect x="14" y="2" width="8" height="8"/>',
  '<path d="M18 2l4 8h-8z"/>', '<path d="M18 1l5 5-5 5-5-5z"/>',
];

function picture(inside) {
  return `<svg width="36" height="12" viewBox="0 0 36 12" fill="none" stroke="currentColor">${inside}</svg>`;
}

function legend(chart) {
  const list = document.getElementById("legend");
  list.innerHTML = "";
  const add = (inside, words) => {
    const item = document.createElement("li");
    item.innerHTML = inside && picture(inside);
    item.append(words);
    list.append(item);
  };
  const line = (dash, width) => `<line x1="0" x2="36" y1="6" y2="6" stroke-width="${width}" stroke-dasharray="${dash.join(" ")}"/>`;
  chart.lines.forEach((one, place) => add(kinds(chart) ? `<g fill="currentColor">${SHAPES[place % 4]}</g>` : line(DASHES[place % DASHES.length], 2), one.title));
  if (chart.expected.lines.some((points) => points.length)) add(line([1, 4], 1.5), chart.expected.title);
  if (narrow()) chart.x.names.forEach((name, place) => add("", `${place + 1}: ${name}`));
  if (kinds(chart) || !chart.dots.some((one) => one.dots.length)) return;
  if (chart.dots.length === 1) add(SHAPES[0], chart.dot);
  else chart.dots.forEach((one, place) => add(SHAPES[place % 4], `${chart.dot}: ${one.title}`));
}

// ---- the plot ------------------------------------------------------------------------------------

function seriesOf(chart, ink) {
  const series = [{ label: chart.x.title }];
  const bands = [];
  const hidden = { stroke: "transparent", points: { show: false } };
  chart.lines.forEach((_, place) => {
    const first = series.length;
    series.push(kinds(chart) ? hidden : { stroke: ink.ink, width: 2, dash: DASHES[place % DASHES.length], spanGaps: true, points: { show: false } });
    series.push(hidden, hidden);
    if (!kinds(chart)) bands.push({ series: [first + 2, first + 1], fill: `${ink.second}33` });
  });
  for (const points of chart.expected.lines) {
    if (points.length) series.push({ stroke: ink.ink, width: 1.5, dash: [1, 4], spanGaps: true, points: { show: false } });
  }
  return { series, bands };
}

function scaleOfY(chart, dots) {
  if (chart.kind === "share") return { range: [-4, 104] };
  const all = dots.map((dot) => dot.y).concat(chart.lines.flatMap((line) => line.points.flatMap((point) => point.slice(1))));
  const [least, most] = [Math.min(...all, 1e9), Math.max(...all, 1)];
  if (least > 0 && most / least > WIDE) return { distr: 3, range: [least * 0.9, most * 1.1] };
  return { range: [0, most * 1.05] };
}

function axes(chart, ink, scale) {
  const share = chart.kind === "share";
  const { names } = chart.x;
  const lines = { stroke: ink.second, grid: { stroke: ink.hair, width: 1 }, ticks: { stroke: ink.hair } };
  const time = (value) => (value >= 1000 ? `${value / 1000} s` : `${value} ms`);
  const x = { ...lines, label: chart.x.title + (chart.x.unit ? `, ${chart.x.unit}` : ""), labelSize: 24, labelFont: "13px system-ui", size: 40 };
  if (names.length) {
    const told = narrow() ? names.map((_, place) => place + 1) : names.map((name) => name.replace(", ", "\n"));
    Object.assign(x, { size: 56, splits: () => names.map((_, place) => place), values: () => told });
  }
  const y = { ...lines, size: 64, values: (_, splits) => splits.map((value) => (value === null ? null : share ? `${value} %` : time(value))) };
  if (share) y.splits = () => [0, 20, 40, 60, 80, 100];
  if (scale.distr === 3) {
    y.splits = () => STEPS.filter((step) => step >= scale.range[0] && step <= scale.range[1]);
    y.filter = (_, splits) => splits;
  }
  return [x, y];
}

export function drawChart(chart) {
  const box = document.getElementById("chart");
  const ink = colours();
  const dots = placed(chart);
  const { names } = chart.x;
  const scale = scaleOfY(chart, dots);
  const rangeX = (_, low, high) => (names.length ? [-0.5, names.length - 0.5] : [low - (high - low) * 0.02, high + (high - low) * 0.02]);
  const options = {
    width: box.clientWidth || 600,
    height: HEIGHT,
    legend: { show: false },
    cursor: { x: false, y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: { x: { time: false, range: rangeX }, y: scale },
    axes: axes(chart, ink, scale),
    ...seriesOf(chart, ink),
    hooks: { draw: [(u) => drawDots(u, dots, ink, chart)], setCursor: [(u) => pointAt(u, dots)] },
  };
  plot?.destroy();
  box.innerHTML = "";
  plot = new window.uPlot(options, table(chart), box);
  plot.over.addEventListener("click", () => {
    const dot = nearest(plot, dots);
    if (dot) location.href = dot.href;
  });
  legend(chart);
}

function nearest(u, dots) {
  const { left, top } = u.cursor;
  if (left == null || left < 0) return null;
  let best = null;
  let least = NEAR * NEAR;
  for (const dot of dots) {
    const x = u.valToPos(dot.x, "x") - left;
    const y = u.valToPos(dot.y, "y") - top;
    const far = x * x + y * y;
    if (far < least) [best, least] = [dot, far];
  }
  return best;
}

function pointAt(u, dots) {
  const dot = nearest(u, dots);
  u.over.classList.toggle("on-dot", dot !== null);
  document.getElementById("dot").textContent = dot ? `${dot.words}. Press to open it on the stage.` : "";
}

addEventListener("resize", () => {
  if (plot) plot.setSize({ width: document.getElementById("chart").clientWidth, height: HEIGHT });
});
