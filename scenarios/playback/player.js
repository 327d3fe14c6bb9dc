// The clock of a case: replay, video and plots show the same time.

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4, 8];

// Player holds the present time of a case and plays it. Viewers are called with every new
// time.
class Player {
  constructor(times) {
    this.times = times;
    this.end = times[times.length - 1];
    this.time = 0;
    this.speed = 1;
    this.playing = false;
    this.viewers = [];
    this.listeners = []; // called when playing or speed change
  }

  // seek sets the time.
  seek(t) {
    this.time = clamp(t, 0, this.end);
    for (const show of this.viewers) show(this.time);
  }

  // step moves by a number of decisions.
  step(n) {
    this.pause();
    this.seek(this.times[clamp(stepAt(this.times, this.time) + n, 0, this.times.length - 1)]);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  // play starts playing, from the start if the time is at the end.
  play() {
    if (this.playing) return;
    if (this.time >= this.end) this.seek(0);
    this.playing = true;
    this.notify();
    let before = performance.now();
    const run = (now) => {
      if (!this.playing) return;
      this.seek(this.time + (this.speed * Math.max(0, now - before)) / 1000);
      before = now;
      if (this.time >= this.end) this.pause();
      else requestAnimationFrame(run);
    };
    requestAnimationFrame(run);
  }

  pause() {
    this.playing = false;
    this.notify();
  }

  // faster selects the next higher speed, or the next lower one for -1.
  faster(n) {
    this.setSpeed(SPEEDS[clamp(SPEEDS.indexOf(this.speed) + n, 0, SPEEDS.length - 1)]);
  }

  setSpeed(speed) {
    this.speed = speed;
    this.notify();
  }

  notify() {
    for (const listener of this.listeners) listener();
  }
}

// follow synchronizes a video with a player. The video starts at time from and is
// corrected only if it deviates.
function follow(video, player, from) {
  const tolerance = () => (player.playing ? 0.15 * Math.max(1, player.speed) : 0.02);
  const target = (t) => clamp(t - from, 0, Math.max(0, (video.duration || 0) - 0.01));
  player.viewers.push((t) => {
    if (video.readyState > 0 && !video.seeking && Math.abs(video.currentTime - target(t)) > tolerance())
      video.currentTime = target(t);
  });
  player.listeners.push(() => {
    video.playbackRate = clamp(player.speed, 0.1, 8);
    if (player.playing)
      video.play().catch(() => {}); // a video that may not play still seeks
    else video.pause();
  });
  // Repeat a seek that came during another one.
  video.addEventListener("seeked", () => player.playing || player.seek(player.time));
  video.addEventListener("loadedmetadata", () => player.seek(player.time));
}

// timeline returns the bar below the replay: drivers in control if they changed, reasons of
// the driver, events, and a slider.
function timeline(player, replay, drivers) {
  const share = (t) => `${((100 * t) / player.end).toFixed(3)}%`;
  const slider = el("input", {
    type: "range",
    min: 0,
    max: player.end,
    step: 0.01,
    value: 0,
    "aria-label": "Time",
    input: () => {
      player.pause();
      player.seek(Number(slider.value));
    },
  });
  player.viewers.push((t) => {
    slider.value = t;
    slider.setAttribute("aria-valuetext", `${t.toFixed(2)} seconds`);
  });
  const turn = (d) =>
    el(
      "span",
      {
        class: d.human ? "turn human" : "turn",
        style: `left:${share(d.from)};width:${share(Math.min(d.to, player.end) - d.from)}`,
        title: `${d.from.toFixed(2)} to ${d.to.toFixed(2)} s: ${d.name}`,
      },
      d.name,
    );
  const spans = replay.spans.map((s) =>
    el(
      "span",
      {
        class: `span ${s.kind}`,
        style: `left:${share(s.from)};width:${share(Math.max(0.05, s.to - s.from))}`,
        title: `${s.from.toFixed(2)} to ${s.to.toFixed(2)} s: ${s.text}`,
      },
      s.kind === "plan" && el("span", {}, s.text),
    ),
  );
  const events = replay.events.map((e) =>
    el("button", {
      type: "button",
      class: e.bad ? "event bad" : "event",
      style: `left:${share(e.t)}`,
      title: `${e.t.toFixed(2)} s: ${e.text}`,
      "aria-label": `${e.text} at ${e.t.toFixed(2)} s`,
      click: () => {
        player.pause();
        player.seek(e.t);
      },
    }),
  );
  return el(
    "div",
    { class: drivers.length > 0 ? "timeline with-drivers" : "timeline" },
    drivers.length > 0 && el("div", { class: "driver-band", id: "driver-band" }, drivers.map(turn)),
    el("div", { class: "spans" }, spans),
    el("div", { class: "events" }, events),
    slider,
  );
}

// transport returns the buttons of a player.
function transport(player, stage, failure) {
  const play = el("button", { type: "button", id: "play", class: "primary", click: () => player.toggle() }, "▶ Play");
  const clock = el("output", { class: "clock n", id: "clock" });
  const speed = el(
    "select",
    { "aria-label": "Speed", change: () => player.setSpeed(Number(speed.value)) },
    SPEEDS.map((s) => el("option", { value: s, selected: s === 1 }, `${s}×`)),
  );
  player.viewers.push((t) => {
    clock.textContent = `${t.toFixed(2)} / ${player.end.toFixed(2)} s`;
  });
  player.listeners.push(() => {
    play.textContent = player.playing ? "❚❚ Pause" : "▶ Play";
    speed.value = player.speed;
  });
  const zoom = (text, title, by) =>
    el("button", { type: "button", title, "aria-label": title, click: () => zoomBy(stage, by) }, text);
  return el(
    "div",
    { class: "transport" },
    play,
    el(
      "button",
      { type: "button", title: "One decision back", "aria-label": "One decision back", click: () => player.step(-1) },
      "‹",
    ),
    el(
      "button",
      { type: "button", title: "One decision forward", "aria-label": "One decision forward", click: () => player.step(1) },
      "›",
    ),
    speed,
    clock,
    el("span", { class: "grow" }),
    failure !== null &&
      el(
        "button",
        { type: "button", class: "to-failure", title: "To the failure", click: () => toFailure(player, failure) },
        "✕ Failure",
      ),
    zoom("−", "Zoom out", 1 / 1.4),
    zoom("+", "Zoom in", 1.4),
    el(
      "button",
      {
        type: "button",
        title: "Whole drive or follow the ego",
        "aria-label": "Whole drive or follow the ego",
        click: () => showWhole(stage),
      },
      "⤢",
    ),
  );
}

// toFailure seeks to a failure.
function toFailure(player, t) {
  player.pause();
  player.seek(t);
}

// zoomBy changes the zoom and leaves the whole-drive view.
function zoomBy(stage, factor) {
  stage.whole = false;
  stage.zoom = clamp(stage.zoom * factor, 0.2, 12);
  stage.show(stage.time);
}

// showWhole toggles between the whole drive and following the ego.
function showWhole(stage) {
  stage.whole = !stage.whole;
  stage.zoom = 1;
  stage.show(stage.time);
}
