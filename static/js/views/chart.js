// A curve with its band and its dots, drawn by uPlot; every dot is a run that opens on the stage.
// The table beside it says the same, so the drawing is hidden from screen readers.

const DASHES = [[], [10, 4], [3, 3], [10, 3, 3, 3]];
const WIDTHS = [2, 2, 2, 2];
const HEIGHT = 360;
const NEAR = 12;
const SMALL = 3;

let plot = null;

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return { ink: of("--ink"), second: of("--second"), hair: of("--hair"), paper: of("--paper") };
}

// The dots of shares lie at no (0) and yes (100); a little apart, by their seed, or they would hide
// each other.
function apart(seed, salt) {
  return (Math.imul(seed * 2 + salt, 0x9e3779b1) >>> 8) / 2 ** 24 - 0.5;
}

function placed(chart) {
  const share = chart.kind === "share";
  const points = chart.lines.flatMap((line) => line.points.map(([x]) => x));
  const span = points.length ? (Math.max(...points) - Math.min(...points)) / chart.x.scale : 1;
  return chart.dots.flatMap((one) => one.dots.map(([x, value, seed]) => ({
    x: x / chart.x.scale + (one.exact ? 0 : apart(seed, 1) * (span || 1) * (share ? 0.025 : 0.012)),
    y: one.exact ? value : share ? (value ? 100 : 0) + apart(seed * 7919, 0) * 6 : value / 1000,
    series: one.series,
    words: one.exact ? `${one.title}, seed ${seed}: ${x / chart.x.scale} ${chart.x.unit}` : `${one.title}, seed ${seed}: ${share ? (value ? "yes" : "no") : `${value / 1000} ms`}`,
    href: `${chart.open}&${new URLSearchParams({ x, seed, series: one.series })}`,
  })));
}

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

function legend(chart) {
  const list = document.getElementById("legend");
  const sample = (dash, ink) => `<svg width="36" height="10" viewBox="0 0 36 10"><line x1="0" x2="36" y1="5" y2="5" stroke="currentColor" stroke-width="${ink}" stroke-dasharray="${dash.join(" ")}"/></svg>`;
  list.innerHTML = "";
  const add = (picture, words) => {
    const item = document.createElement("li");
    item.innerHTML = picture;
    item.append(words);
    list.append(item);
  };
  chart.lines.forEach((line, place) => add(sample(DASHES[place % 4], WIDTHS[place % 4]), line.title));
  if (chart.expected.lines.some((points) => points.length)) {
    add(sample([1, 4], 1.5), chart.expected.title);
  }
}

export function drawChart(chart) {
  const box = document.getElementById("chart");
  const ink = colours();
  const dots = placed(chart);
  const names = chart.x.names;
  const series = [{ label: chart.x.title }];
  const bands = [];
  chart.lines.forEach((line, place) => {
    const first = series.length;
    const dash = DASHES[place % 4];
    series.push({ stroke: ink.ink, width: WIDTHS[place % 4], dash, spanGaps: true, points: { show: names.length > 0, size: 7, fill: ink.ink } });
    series.push({ stroke: "transparent", points: { show: false } });
    series.push({ stroke: "transparent", points: { show: false } });
    if (names.length) {
      series[first].paths = () => null;
    } else {
      bands.push({ series: [first + 2, first + 1], fill: `${ink.second}33` });
    }
  });
  for (const points of chart.expected.lines) {
    if (points.length) series.push({ stroke: ink.ink, width: 1.5, dash: [1, 4], spanGaps: true, points: { show: false } });
  }
  const data = table(chart);
  const share = chart.kind === "share";
  const ms = (value) => (value >= 1000 ? `${value / 1000} s` : `${value} ms`);
  const options = {
    width: box.clientWidth || 600,
    height: HEIGHT,
    legend: { show: false },
    cursor: { x: false, y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: (_, low, high) => (names.length ? [-0.4, names.length - 0.6] : [low - (high - low) * 0.02, high + (high - low) * 0.02]) },
      y: share ? { range: [-4, 104] } : { range: (_, low, high) => [0, Math.max(high, ...dots.map((dot) => dot.y), 1) * 1.05] },
    },
    axes: [
      {
        stroke: ink.second,
        grid: { stroke: ink.hair, width: 1 },
        ticks: { stroke: ink.hair },
        label: chart.x.title + (chart.x.unit ? `, ${chart.x.unit}` : ""),
        labelSize: 24,
        size: names.length ? 62 : 40,
        ...(names.length ? { splits: () => names.map((_, place) => place), values: () => names.map((name) => name.replace(/, | \(/g, "\n")) } : {}),
      },
      {
        stroke: ink.second,
        grid: { stroke: ink.hair, width: 1 },
        ticks: { stroke: ink.hair },
        size: 60,
        values: (_, splits) => splits.map((value) => (share ? `${value} %` : ms(value))),
        ...(share ? { splits: () => [0, 20, 40, 60, 80, 100] } : {}),
      },
    ],
    series,
    bands,
    hooks: {
      draw: [(u) => drawDots(u, dots, ink, chart)],
      setCursor: [(u) => pointAt(u, dots)],
    },
  };
  plot?.destroy();
  box.innerHTML = "";
  plot = new window.uPlot(options, data, box);
  plot.over.addEventListener("click", () => {
    const dot = nearest(plot, dots);
    if (dot) location.href = dot.href;
  });
  legend(chart);
}

// Hollow circles for one series, squares for the next: the hue of a version means something else.
function drawDots(u, dots, ink, chart) {
  const { ctx } = u;
  const order = chart.dots.map((one) => one.series);
  const size = SMALL * devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = ink.second;
  ctx.globalAlpha = 0.7;
  ctx.lineWidth = devicePixelRatio;
  for (const dot of dots) {
    const x = u.valToPos(dot.x, "x", true);
    const y = u.valToPos(dot.y, "y", true);
    ctx.beginPath();
    if (order.indexOf(dot.series) % 2) ctx.rect(x - size, y - size, 2 * size, 2 * size);
    else ctx.arc(x, y, size, 0, 2 * Math.PI);
    ctx.stroke();
  }
  if (chart.x.names.length) whiskers(u, ink, chart);
  ctx.restore();
}

// Where x has no order there is no line: a bar from the band's low end to its high one.
function whiskers(u, ink, chart) {
  const { ctx } = u;
  ctx.globalAlpha = 1;
  ctx.strokeStyle = ink.ink;
  ctx.lineWidth = 2 * devicePixelRatio;
  for (const line of chart.lines) {
    for (const [x, , low, high] of line.points) {
      const at = u.valToPos(x / chart.x.scale, "x", true);
      ctx.beginPath();
      ctx.moveTo(at, u.valToPos(low, "y", true));
      ctx.lineTo(at, u.valToPos(high, "y", true));
      ctx.stroke();
    }
  }
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
