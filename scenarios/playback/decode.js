// Packed data of the page, and the decoding of replays.

// bytesOf returns the bytes of a blob of the page, null if there is none.
function bytesOf(id) {
  const blob = byId(id);
  if (!blob) return null;
  const text = atob(blob.textContent);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

// unzip returns a response with the decompressed bytes of a blob.
const unzip = (id) =>
  new Response(new Blob([bytesOf(id)]).stream().pipeThrough(new DecompressionStream("gzip")));

// sums decodes a column of differences: numbers in units, NaN for null.
function sums(column, perUnit) {
  let last = 0;
  return Float64Array.from(column ?? [], (d) => (d === null ? NaN : (last += d) / perUnit));
}

// path decodes the columns of a path or a shape: meters and radians.
const path = (p, perMeter = 100) => ({ ...p, x: sums(p.x, perMeter), y: sums(p.y, perMeter), h: sums(p.h, 1000) });

// decodeReplay turns columns into numbers in SI units, ticks into seconds.
function decodeReplay(r) {
  const shapes = (list) => (list ?? []).map((s) => path(s));
  return {
    times: sums(r.t, 100),
    map: { surfaces: shapes(r.map.surfaces), marks: shapes(r.map.marks), props: shapes(r.map.props) },
    actors: r.actors.map((a) => path(a)),
    belief: path(r.belief),
    tracks: (r.tracks ?? []).map((t) => ({ ...path(t), vx: sums(t.vx, 10), vy: sums(t.vy, 10) })),
    plans: (r.plans ?? []).map((p) => path(p, 10)),
    lights: (r.lights ?? []).map((l) => ({ ...path(l), phases: l.phases.map((p) => ({ ...p, from: p.from / 100 })) })),
    spans: (r.spans ?? []).map((s) => ({ ...s, from: s.from / 100, to: s.to / 100 })),
    events: (r.events ?? []).map((e) => ({ ...e, t: e.t / 100 })),
    sights: (r.sights ?? []).map((s) => ({ found: s.found ?? [], lines: (s.lines ?? []).map((l) => sums(l, 1)) })),
    scores: r.scores ?? [],
    curves: (r.curves ?? []).map((c) => ({ ...c, truth: sums(c.truth, 100), believed: sums(c.believed, 100) })),
  };
}

// stepAt returns the last step at or before a time.
function stepAt(times, t) {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle] <= t + 1e-9) low = middle;
    else high = middle - 1;
  }
  return low;
}

// interpolationAt returns the position of a time between two steps: the step before, the
// next one, and the share between them.
function interpolationAt(times, t) {
  const step = stepAt(times, t);
  const next = Math.min(step + 1, times.length - 1);
  const span = times[next] - times[step];
  return { step, next, share: span > 0 ? clamp((t - times[step]) / span, 0, 1) : 0 };
}

// interpolate returns the value between two steps; angles take the shorter direction.
function interpolate(values, at, offset = 0, angle = false) {
  const a = values[at.step - offset];
  const b = values[Math.min(at.next - offset, values.length - 1)];
  if (Number.isNaN(b)) return a;
  let d = b - a;
  if (angle) d = Math.atan2(Math.sin(d), Math.cos(d));
  return a + at.share * d;
}

// poseOf returns the interpolated pose of an object; offset is its first step.
const poseOf = (m, at, offset = 0) => ({
  x: interpolate(m.x, at, offset),
  y: interpolate(m.y, at, offset),
  h: interpolate(m.h, at, offset, true),
});
