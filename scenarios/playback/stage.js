// The replay from above: the true world with the driver's belief and plan.

const VIEW = 78; // m, width of the view while it follows the ego
const AHEAD = 16; // m from the ego to the center of the view
const SEEN_WITHIN = 3; // m, largest distance of a track from its actor
const GHOST_APART = 0.2; // m, smallest distance at which a ghost is drawn
const SEEN_RANGE = 60; // m, range in which an actor should have a track

// The colors of the replay, by their names in the style sheet.
const COLOR_NAMES = [
  ...["grass", "asphalt", "sidewalk", "gravel", "building", "furniture", "tree", "paint", "paint-yellow"],
  ...["ego", "vehicle", "pedestrian", "cyclist", "cone", "belief", "plan", "failure", "caution"],
  ...["ink", "outline", "signal-red", "signal-amber", "signal-green", "signal-off"],
];

// colorOf returns the color name of a road user. i is its index in the actors of a replay.
function colorOf(actor, i) {
  if (i === 0) return "ego";
  if (["pedestrian", "child"].includes(actor.kind)) return "pedestrian";
  if (["cyclist", "motorcycle"].includes(actor.kind)) return "cyclist";
  return ["cone", "box", "animal"].includes(actor.kind) ? "cone" : "vehicle";
}

// Stage draws a replay onto a canvas.
class Stage {
  constructor(canvas, replay) {
    this.canvas = canvas;
    this.replay = replay;
    this.zoom = 1;
    this.whole = false;
    this.time = 0;
    this.ghosts = null; // the replay of another drive of the case
    this.follow = 0; // the followed road user, an index into the actors
    const ego = replay.actors[0];
    this.turn = -ego.h[0]; // the ego starts to the right
    this.hasBelief = replay.belief.x.some((x) => !Number.isNaN(x));
    this.bounds = boundsOf(ego, this.turn);
    this.readColors();
  }

  // readColors reads the colors of the theme.
  readColors() {
    this.ink = Object.fromEntries(COLOR_NAMES.map((name) => [name, color(name)]));
  }

  // show draws the world at a time.
  show(t) {
    this.time = t;
    this.fit();
    const g = this.canvas.getContext("2d");
    this.g = g;
    const at = interpolationAt(this.replay.times, t);
    this.look(at);
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.fillStyle = this.ink.grass;
    g.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.enter();
    this.drawMap();
    this.drawLights(t);
    this.drawEgoPath(at);
    this.drawPlan(at);
    this.drawGhosts(t);
    this.drawActors(at);
    this.drawTracks(at);
    this.drawEvents(t, at);
    this.drawFollowed(at);
    this.drawScale();
  }

  // fit sets the canvas to the resolution of the screen.
  fit() {
    const ratio = window.devicePixelRatio || 1;
    const width = Math.max(1, Math.round(this.canvas.clientWidth * ratio));
    const height = Math.max(1, Math.round(this.canvas.clientHeight * ratio));
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    this.ratio = ratio;
  }

  // look sets the visible part of the map.
  look(at) {
    const { width, height } = this.canvas;
    if (this.whole) {
      const b = this.bounds;
      this.scale = Math.min(width / (b.width + 40), height / (b.height + 24));
      this.center = b.center;
      return;
    }
    const who = poseOf(this.replay.actors[this.follow], at);
    this.scale = (Math.max(width, 1.6 * height) / VIEW) * this.zoom;
    const ahead = this.follow === 0 ? AHEAD / this.zoom : 0; // others may move in any direction
    this.center = { x: who.x + ahead * Math.cos(who.h), y: who.y + ahead * Math.sin(who.h) };
  }

  // enter sets the canvas transform to the map frame, in meters with y up.
  enter() {
    const { g, scale: k, turn, center } = this;
    const c = Math.cos(turn) * k;
    const s = Math.sin(turn) * k;
    g.setTransform(
      c,
      -s,
      -s,
      -c,
      this.canvas.width / 2 - (c * center.x - s * center.y),
      this.canvas.height / 2 + (s * center.x + c * center.y),
    );
    this.pixel = this.ratio / k; // m
  }

  // trace makes a line or ring the current path.
  trace(s, close) {
    const { g } = this;
    g.beginPath();
    for (let i = 0; i < s.x.length; i++) g.lineTo(s.x[i], s.y[i]);
    if (close) g.closePath();
  }

  stroke(style, width, dash = []) {
    const { g } = this;
    g.strokeStyle = style;
    g.lineWidth = width;
    g.setLineDash(dash);
    g.stroke();
    g.setLineDash([]);
  }

  // drawMap draws surfaces, markings and props.
  drawMap() {
    const { g, ink, replay } = this;
    for (const s of replay.map.surfaces) {
      this.trace(s, true);
      g.fillStyle = ink[s.k];
      g.fill();
      this.stroke(ink[s.k], 0.1); // no seams between neighbors
    }
    g.lineCap = "butt";
    for (const s of replay.map.marks) this.drawMark(s);
    for (const s of replay.map.props) {
      this.trace(s, true);
      if (s.k === "tree") g.arc(s.x[0], s.y[0], s.w / 2, 0, 7);
      g.fillStyle = ink[s.k];
      g.fill();
    }
  }

  // drawMark draws a lane marking or a crosswalk.
  drawMark(s) {
    const paint = s.k.endsWith("yellow") ? this.ink["paint-yellow"] : this.ink.paint;
    this.trace(s);
    if (s.k === "zebra") this.stroke(paint, s.w, [0.5, 0.5]);
    else this.stroke(paint, Math.max(s.w, 1.2 * this.pixel), s.k.startsWith("dashed") ? [3, 6] : []);
  }

  // drawLights draws stop lines in the color of their signal.
  drawLights(t) {
    for (const l of this.replay.lights) {
      const phase = l.phases.findLast((p) => p.from <= t + 1e-9) ?? l.phases[0];
      this.trace(l);
      this.stroke(this.ink[`signal-${phase?.state ?? "off"}`], Math.max(0.6, 3 * this.pixel));
    }
  }

  // drawEgoPath draws the driven path of the ego.
  drawEgoPath(at) {
    const ego = this.replay.actors[0];
    this.trace({ x: ego.x.subarray(0, at.step + 1), y: ego.y.subarray(0, at.step + 1) });
    this.stroke(this.ink.ego, 1.5 * this.pixel, [4 * this.pixel, 4 * this.pixel]);
  }

  // drawPlan draws the driver's plan.
  drawPlan(at) {
    const plan = this.replay.plans.findLast((p) => p.i <= at.step);
    if (!plan || plan.x.length === 0) return;
    const { g } = this;
    this.trace(plan);
    this.stroke(this.ink.plan, 2.5 * this.pixel);
    g.fillStyle = this.ink.plan;
    for (let i = 0; i < plan.x.length; i++) {
      g.beginPath();
      g.arc(plan.x[i], plan.y[i], 2.6 * this.pixel, 0, 7);
      g.fill();
    }
  }

  // drawActors draws all true actors, and marks those without a track.
  drawActors(at) {
    const { actors } = this.replay;
    this.labels = []; // positions of the drawn labels
    const ego = poseOf(actors[0], at);
    for (let i = actors.length - 1; i >= 0; i--) {
      const a = actors[i];
      const p = poseOf(a, at);
      this.drawBox(a, p, this.ink[colorOf(a, i)]);
      const missed = i > 0 && this.hasBelief && Math.hypot(p.x - ego.x, p.y - ego.y) < SEEN_RANGE && !this.isSeen(p, at);
      if (missed) this.ring(p, Math.max(a.l, a.w) * 0.55 + 5 * this.pixel, this.ink.caution);
      this.label(p, a, missed ? `${a.name} · not seen` : a.name);
    }
  }

  // drawGhosts draws the actors of the other drive that are at a different position.
  drawGhosts(t) {
    if (!this.ghosts) return;
    const { times, actors } = this.ghosts;
    const now = interpolationAt(this.replay.times, t);
    actors.forEach((a, i) => {
      const p = poseOf(a, interpolationAt(times, t));
      const mine = this.replay.actors[i] && poseOf(this.replay.actors[i], now);
      if (mine && Math.hypot(p.x - mine.x, p.y - mine.y) < GHOST_APART) return;
      this.g.globalAlpha = 0.45;
      this.drawBox(a, p, this.ink[colorOf(a, i)]);
      this.g.globalAlpha = 1;
    });
  }

  // isSeen reports whether a track is near a position.
  isSeen(p, at) {
    return this.tracksAt(at).some(
      (t) => Math.hypot(t.x[at.step - t.from] - p.x, t.y[at.step - t.from] - p.y) < SEEN_WITHIN,
    );
  }

  // tracksAt returns the driver's tracks at a step.
  tracksAt(at) {
    return this.replay.tracks.filter((t) => at.step >= t.from && at.step < t.from + t.x.length);
  }

  // drawBox draws a road user: a vehicle with its windows, or a box.
  drawBox(a, p, paint) {
    const { g, ink } = this;
    const l = Math.max(a.l, 7 * this.pixel);
    const w = Math.max(a.w, 5 * this.pixel);
    const inks = { paint, light: `color-mix(in srgb, ${paint} 78%, white)`, dark: ink.outline };
    const box = [["paint", [0.5, 0.4, 0.4, 0.5, -0.4, 0.5, -0.5, 0.4, -0.5, -0.4, -0.4, -0.5, 0.4, -0.5, 0.5, -0.4]]];
    g.save();
    g.translate(p.x, p.y);
    g.rotate(p.h);
    for (const [part, xy] of VEHICLES[a.kind ?? "car"] ?? box) {
      g.beginPath();
      for (let i = 0; i < xy.length; i += 2) g.lineTo(xy[i] * l, xy[i + 1] * w);
      g.closePath();
      g.fillStyle = inks[part];
      g.fill();
      if (part === "paint") this.stroke(ink.outline, this.pixel);
    }
    g.restore();
  }

  // drawTracks draws the driver's belief: boxes, and velocities for one second.
  drawTracks(at) {
    const { ink, g } = this;
    for (const t of this.tracksAt(at)) {
      const p = poseOf(t, at, t.from);
      this.outline(t, p, ink.belief);
      const k = at.step - t.from;
      g.beginPath();
      g.moveTo(p.x, p.y);
      g.lineTo(p.x + t.vx[k], p.y + t.vy[k]);
      this.stroke(ink.belief, 1.8 * this.pixel);
    }
    const b = this.replay.belief;
    if (!Number.isNaN(b.x[at.step])) this.outline(b, poseOf(b, at), ink.belief);
  }

  // outline draws the border of a box, somewhat larger than the box.
  outline(box, p, style) {
    const { g } = this;
    const l = Math.max(box.l, 7 * this.pixel) + 3 * this.pixel;
    const w = Math.max(box.w, 5 * this.pixel) + 3 * this.pixel;
    g.save();
    g.translate(p.x, p.y);
    g.rotate(p.h);
    g.beginPath();
    g.rect(-l / 2, -w / 2, l, w);
    this.stroke(style, 2 * this.pixel, [4 * this.pixel, 3 * this.pixel]);
    g.restore();
  }

  ring(p, radius, style) {
    const { g } = this;
    g.beginPath();
    g.arc(p.x, p.y, radius, 0, 7);
    this.stroke(style, 2.5 * this.pixel);
  }

  // label draws a name next to a road user.
  label(p, a, text) {
    const { g } = this;
    g.save();
    const { e, f } = g.getTransform();
    const m = g.getTransform();
    const x = m.a * p.x + m.c * p.y + e;
    const y = m.b * p.x + m.d * p.y + f;
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.font = `600 ${11 * this.ratio}px system-ui, sans-serif`;
    g.textAlign = "center";
    g.lineJoin = "round";
    const above = this.free(x, y - (Math.max(a.w, a.l * 0.5) / 2) * this.scale - 6 * this.ratio, g.measureText(text).width);
    g.strokeStyle = this.ink.outline;
    g.lineWidth = 3 * this.ratio;
    g.strokeText(text, x, above);
    g.fillStyle = this.ink.ink;
    g.fillText(text, x, above);
    g.restore();
  }

  // free returns the y of a text at which it overlaps no other label: the given one or
  // higher.
  free(x, y, width) {
    const line = 13 * this.ratio;
    const covers = (l) => Math.abs(l.x - x) < (l.width + width) / 2 && Math.abs(l.y - y) < line;
    for (let other; (other = this.labels.find(covers)); ) y = other.y - line;
    this.labels.push({ x, y, width });
    return y;
  }

  // drawEvents rings the actors of a failure, from its time on.
  drawEvents(t, at) {
    for (const e of this.replay.events) {
      if (!e.bad || e.kind === "verdict" || e.t > t + 1e-9) continue;
      const a = this.replay.actors[e.actor ?? 0];
      this.ring(poseOf(a, at), Math.max(a.l, a.w) * 0.55 + 9 * this.pixel, this.ink.failure);
    }
  }

  // drawFollowed rings the followed road user, unless it is the ego.
  drawFollowed(at) {
    if (this.follow === 0) return;
    const a = this.replay.actors[this.follow];
    this.ring(poseOf(a, at), Math.max(a.l, a.w) * 0.55 + 3 * this.pixel, this.ink.ink);
  }

  // place returns the position of a road user on the canvas, in CSS pixels.
  place(i) {
    const p = poseOf(this.replay.actors[i], interpolationAt(this.replay.times, this.time));
    this.enter();
    const m = this.g.getTransform();
    return { x: (m.a * p.x + m.c * p.y + m.e) / this.ratio, y: (m.b * p.x + m.d * p.y + m.f) / this.ratio };
  }

  // pick returns the road user at a position of the canvas in CSS pixels, the ego if there
  // is none.
  pick(x, y) {
    const reach = (i) => Math.max(12, (this.replay.actors[i].l * this.scale) / this.ratio / 2);
    const off = this.replay.actors.map((_, i) => {
      const p = this.place(i);
      return Math.hypot(p.x - x, p.y - y) / reach(i);
    });
    const nearest = off.indexOf(Math.min(...off));
    return off[nearest] <= 1 ? nearest : 0;
  }

  // drawScale draws a bar of a round length.
  drawScale() {
    const { g, ratio } = this;
    const meters = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((m) => m * this.scale > 60 * ratio) ?? 1000;
    const y = this.canvas.height - 12 * ratio;
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.fillStyle = this.ink.ink;
    g.fillRect(12 * ratio, y, meters * this.scale, 2 * ratio);
    g.font = `${11 * ratio}px system-ui, sans-serif`;
    g.textAlign = "left";
    g.fillText(`${meters} m`, 12 * ratio, y - 4 * ratio);
  }
}

// boundsOf returns the size of a path in the turned map, and its center in the map frame.
function boundsOf(way, turn) {
  const c = Math.cos(turn);
  const s = Math.sin(turn);
  let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < way.x.length; i++) {
    const u = c * way.x[i] - s * way.y[i];
    const v = s * way.x[i] + c * way.y[i];
    [x0, x1, y0, y1] = [Math.min(x0, u), Math.max(x1, u), Math.min(y0, v), Math.max(y1, v)];
  }
  const [u, v] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return { width: x1 - x0, height: y1 - y0, center: { x: c * u + s * v, y: -s * u + c * v } };
}

// hasBelief reports whether the replay contains the driver's belief.
const hasBelief = (replay) => replay.belief.x.some((x) => !Number.isNaN(x));

// KINDS are the colors of road users other than the ego, with their labels.
const KINDS = [
  ["vehicle", "vehicle"],
  ["pedestrian", "pedestrian"],
  ["cyclist", "cyclist"],
  ["cone", "obstacle"],
];

// legend returns the legend of the colors.
const legend = (replay) =>
  el(
    "ul",
    { class: "legend", "aria-label": "Legend" },
    [
      ["ego", "ego"],
      ...KINDS.filter(([k]) => replay.actors.some((a, i) => colorOf(a, i) === k)),
      ...(hasBelief(replay)
        ? [
            ["belief", "believed"],
            ["plan", "plan"],
            ["warn", "not seen"],
          ]
        : []),
    ].map(([k, text]) => el("li", { class: k }, text)),
  );
