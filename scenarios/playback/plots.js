// Plots of all metrics on one time axis, truth and belief in the same plot.

const PLOT = { height: 92, left: 46, right: 12, top: 20, bottom: 6, axis: 20 };

// Plots draws the curves of a replay below each other. seek is called with the clicked
// time.
class Plots {
  constructor(holder, replay, seek) {
    this.holder = holder;
    this.replay = replay;
    this.curves = replay.curves.filter((c) => finite(c.truth).length || finite(c.believed).length);
    this.end = replay.times[replay.times.length - 1] || 1;
    this.cursors = [];
    this.outputs = this.curves.map(() => el("output", { class: "n" }));
    holder.addEventListener("pointermove", (e) => this.point(e));
    holder.addEventListener("pointerleave", () => this.leave());
    holder.addEventListener("click", (e) => {
      if (this.inside(e)) seek(this.timeAt(e));
    });
    this.resize = new ResizeObserver(() => this.draw());
    this.resize.observe(holder);
  }

  // draw draws all plots for the present width.
  draw() {
    const width = this.holder.clientWidth;
    if (width === this.width || width < 80) return;
    this.width = width;
    this.cursors = [];
    this.holder.replaceChildren(...this.curves.map((c, i) => this.plot(c, i)), this.axis());
    this.show(this.now ?? 0);
  }

  x(t) {
    return PLOT.left + (t / this.end) * (this.width - PLOT.left - PLOT.right);
  }

  // plot draws one metric.
  plot(c, i) {
    const { height, left, right, top, bottom } = PLOT;
    const range = rangeOf(c);
    const y = (v) =>
      height -
      bottom -
      ((clamp(v, range.low, range.high) - range.low) / (range.high - range.low)) * (height - top - bottom);
    const line = (v, kind) => finite(v).length > 0 && svg("path", { class: `curve ${kind}`, d: this.pathData(v, y) });
    const picture = svg(
      "svg",
      {
        width: this.width,
        height,
        viewBox: `0 0 ${this.width} ${height}`,
        role: "img",
        "aria-label": `${c.name} over time`,
      },
      range.ticks.map((v) => [
        svg("line", { class: "grid", x1: left, x2: this.width - right, y1: y(v), y2: y(v) }),
        svg("text", { class: "tick", x: left - 6, y: y(v) + 3.5, "text-anchor": "end" }, tickText(v, range)),
      ]),
      this.eventLines(height, top),
      line(c.truth, "truth"),
      line(c.believed, "belief"),
      this.cursor(height, top),
    );
    return el(
      "figure",
      { class: "plot" },
      el(
        "figcaption",
        {},
        el("b", {}, c.name),
        el("span", { class: "soft" }, ` ${c.unit}`),
        el("span", { class: "grow" }),
        this.outputs[i],
      ),
      picture,
    );
  }

  // pathData returns the SVG path of a curve, with gaps for missing values.
  pathData(v, y) {
    let d = "";
    let pen = false;
    for (let i = 0; i < v.length; i++) {
      if (Number.isNaN(v[i])) {
        pen = false;
        continue;
      }
      d += `${pen ? "L" : "M"}${this.x(this.replay.times[i]).toFixed(1)} ${y(v[i]).toFixed(1)}`;
      if (!pen && !(i + 1 < v.length && !Number.isNaN(v[i + 1]))) d += "h.1"; // make an isolated value visible
      pen = true;
    }
    return d;
  }

  // eventLines mark the times of events.
  eventLines(height, top) {
    return this.replay.events.map((e) =>
      svg(
        "line",
        { class: e.bad ? "event bad" : "event", x1: this.x(e.t), x2: this.x(e.t), y1: top - 4, y2: height },
        svg("title", {}, `${e.t.toFixed(2)} s: ${e.text}`),
      ),
    );
  }

  // cursor is the line at the present time.
  cursor(height, top) {
    const line = svg("line", { class: "cursor", y1: top - 4, y2: height });
    this.cursors.push(line);
    return line;
  }

  // axis draws the time axis below all plots.
  axis() {
    const step = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600].find((s) => (s / this.end) * this.width > 46) ?? 3600;
    const ticks = Array.from({ length: Math.floor(this.end / step + 1e-9) + 1 }, (_, i) => i * step);
    return svg(
      "svg",
      {
        class: "axis",
        width: this.width,
        height: PLOT.axis,
        viewBox: `0 0 ${this.width} ${PLOT.axis}`,
        "aria-hidden": "true",
      },
      ticks.map((t) => [
        svg("line", { class: "grid", x1: this.x(t), x2: this.x(t), y1: 0, y2: 4 }),
        svg("text", { class: "tick", x: this.x(t), y: 15, "text-anchor": "middle" }, `${t} s`),
      ]),
    );
  }

  timeAt(e) {
    const { left, right } = PLOT;
    const x = e.clientX - this.holder.getBoundingClientRect().left;
    return clamp((x - left) / (this.width - left - right), 0, 1) * this.end;
  }

  inside(e) {
    return e.clientX - this.holder.getBoundingClientRect().left >= PLOT.left - 4;
  }

  // point shows the values at the pointer.
  point(e) {
    this.pointed = this.inside(e);
    if (this.pointed) this.mark(this.timeAt(e));
  }

  leave() {
    this.pointed = false;
    this.mark(this.now ?? 0);
  }

  // show moves the cursor to the present time.
  show(t) {
    this.now = t;
    if (!this.pointed) this.mark(t);
  }

  // mark moves the cursor to a time and shows the values there.
  mark(t) {
    const x = this.x(t).toFixed(1);
    for (const c of this.cursors) {
      c.setAttribute("x1", x);
      c.setAttribute("x2", x);
    }
    const i = stepAt(this.replay.times, t);
    this.curves.forEach((c, k) =>
      this.outputs[k].replaceChildren(
        this.pointed ? el("span", { class: "soft" }, `${t.toFixed(2)} s  `) : "",
        ...(c.truth.length ? [el("span", { class: "truth" }, formatNumber(c.truth[i]))] : []),
        ...(c.believed.length ? [" ", el("span", { class: "belief" }, formatNumber(c.believed[i]))] : []),
      ),
    );
  }

  close() {
    this.resize.disconnect();
  }
}

// finite returns the finite numbers of a column.
const finite = (column) => column.filter((v) => Number.isFinite(v));

// rangeOf returns the range of a plot, with round ticks. Values beyond the cap are drawn at
// the cap. If all values are beyond it, the axis begins at zero.
function rangeOf(c) {
  const cap = c.cap ?? Infinity;
  const all = [...finite(c.truth), ...finite(c.believed)].map((v) => clamp(v, -cap, cap));
  let low = all.reduce((a, b) => Math.min(a, b), Infinity);
  let high = all.reduce((a, b) => Math.max(a, b), -Infinity);
  if (low > 0 && (low < 0.6 * high || low === cap)) low = 0;
  if (high === -cap) high = 0;
  if (high - low < 0.2) [low, high] = [low - 0.1, high + 0.1];
  const step = niceStep((high - low) / 3);
  low = Math.floor(low / step + 1e-9) * step;
  high = Math.ceil(high / step - 1e-9) * step;
  const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, i) => low + i * step);
  const beyond = [...finite(c.truth), ...finite(c.believed)].some((v) => v > high);
  return { low, high, step, ticks, beyond };
}

// niceStep returns the smallest 1, 2 or 5 times a power of ten that is at least x.
function niceStep(x) {
  const power = 10 ** Math.floor(Math.log10(x));
  return power * [1, 2, 5, 10].find((m) => m * power >= x - 1e-12);
}

// tickText formats a tick, with ≥ at the upper end if values exceed it.
const tickText = (v, { high, step, beyond }) => (beyond && v === high ? "≥ " : "") + figureTick(v, step);

const figureTick = (v, step) => v.toFixed(clamp(Math.ceil(-Math.log10(step) - 1e-9), 0, 3)).replace("-", "−");
