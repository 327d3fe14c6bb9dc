// The worst episodes: each is unpacked and replayed when it is opened.

let opened = null; // the open episode

// CURVES are the metrics of the drive that are plotted, after those of the policy.
const CURVES = ["speed", "acceleration", "time to collision", "lateral error", "jerk", "above the speed limit"];

// SIGHT is the range of the drawing of what the policy saw, m: ahead, and to the sides.
const SIGHT = { ahead: 70, behind: 20, side: 24 };

// open shows an episode in place of the open one.
async function openEpisode(button) {
  close();
  const view = byId("episode");
  for (const b of document.querySelectorAll("button.episode")) b.setAttribute("aria-pressed", b === button);
  const mine = {};
  opened = mine;
  const scene = await unzip(button.dataset.id).json();
  if (opened !== mine) return;
  scene.replay = decodeReplay(scene.replay);
  scene.replay.events = scene.replay.events.filter((e) => e.kind !== "scripted"); // maneuvers of others
  addCurves(scene);
  const { replay } = scene;
  const canvas = el("canvas", { id: "stage", tabindex: 0, "aria-label": "Replay from above" });
  const plots = el("div", { class: "plots", id: "plots" });
  const player = new Player(replay.times);
  const stage = new Stage(canvas, replay);
  Object.assign(mine, { player, stage, scene });
  const failure = replay.events.find((e) => e.kind === "verdict")?.t ?? null;
  view.replaceChildren(
    el(
      "section",
      { class: "watch", "aria-label": "Replay" },
      el("div", { class: "stage" }, canvas, legend(replay)),
      timeline(player, replay, []),
      transport(player, stage, failure),
    ),
    el("section", { class: "saw", "aria-label": "What the policy saw" }, sightPanel(player, scene), actionPanel(player, scene)),
    el("section", { class: "over-time", "aria-label": "Over time" }, plots),
  );
  mine.plots = new Plots(plots, replay, (t) => {
    player.pause();
    player.seek(t);
  });
  player.viewers.push(
    (t) => stage.show(t),
    (t) => mine.plots.show(t),
  );
  mine.resize = new ResizeObserver(() => player.seek(player.time));
  mine.resize.observe(canvas);
  player.seek(failure === null ? 0 : Math.max(0, failure - 3));
}

// close ends the open episode.
function close() {
  opened?.player?.pause();
  opened?.plots?.close();
  opened?.resize?.disconnect();
  opened = null;
}

// decisionAt returns the decision that holds at a time.
const decisionAt = (scene, t) => clamp(Math.floor(t * scene.rate + 1e-6), 0, scene.rewards.length - 1);

// addCurves puts the curves of the policy before those of the drive.
function addCurves(scene) {
  const { replay } = scene;
  const curve = (name, unit, values) => ({
    name,
    unit,
    truth: Float64Array.from(replay.times, (t) => values[decisionAt(scene, t)] ?? NaN),
    believed: [],
  });
  const infractions = replay.events.filter((e) => e.kind !== "verdict").map((e) => e.t);
  const mine = [curve("reward", "in a decision", scene.rewards)];
  if (scene.values?.length > 0) mine.push(curve("value", "expected return", scene.values));
  if (!scene.discrete && scene.action.length <= 2)
    scene.action.forEach((name, i) => mine.push(curve(name, "action", scene.actions.map((a) => a[i]))));
  if (infractions.length > 0)
    mine.push({
      name: "infractions",
      unit: "so far",
      truth: Float64Array.from(replay.times, (t) => infractions.filter((at) => at <= t + 1e-6).length),
      believed: [],
    });
  replay.curves = [...mine, ...replay.curves.filter((c) => CURVES.includes(c.name))];
}

// sightPanel shows the observation of the present decision: pictures, road users, and values.
function sightPanel(player, scene) {
  const panel = el("div", { class: "sight" }, el("h2", {}, "What the policy saw"));
  const pictures = el("div", { class: "pictures" });
  panel.append(pictures);
  for (const reel of scene.pictures ?? []) {
    const picture = el("img", { alt: reel.name, class: "picture" });
    pictures.append(el("figure", {}, picture, el("figcaption", { class: "soft" }, reel.name)));
    player.viewers.push((t) => {
      const now = decisionAt(scene, t);
      const file = reel.files[reel.at.findLastIndex((k) => k <= now)];
      if (picture.getAttribute("src") !== file) picture.src = file;
    });
  }
  if ([scene.users, scene.lines, scene.rays].some((list) => list?.some((x) => x.length > 0))) {
    const canvas = el("canvas", { class: "seen", "aria-label": "Road users and route in the observation" });
    panel.append(canvas);
    player.viewers.push((t) => drawSight(canvas, scene, decisionAt(scene, t)));
  }
  if (scene.names?.length > 0) {
    const bars = scene.names.map((name) => signedBar(name));
    panel.append(el("div", { class: "bars" }, bars.map((b) => b.element)));
    player.viewers.push((t) => scene.seen[decisionAt(scene, t)].forEach((v, i) => bars[i].set(v)));
  }
  return panel;
}

// drawSight draws road users, lines and rays around the ego, which looks up.
function drawSight(canvas, scene, k) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.max(1, canvas.clientWidth * ratio);
  canvas.height = Math.max(1, canvas.clientHeight * ratio);
  const g = canvas.getContext("2d");
  const scale = Math.min(canvas.height / (SIGHT.ahead + SIGHT.behind), canvas.width / (2 * SIGHT.side));
  // x forward is up, y to the left is left
  g.setTransform(0, -scale, -scale, 0, canvas.width / 2, canvas.height - SIGHT.behind * scale);
  const pixel = ratio / scale;
  const ink = (name) => (drawSight.inks[name] ??= color(name));
  const stroke = (name, width) => Object.assign(g, { strokeStyle: ink(name), lineWidth: width * pixel }).stroke();
  const polyline = (p) => {
    g.beginPath();
    for (let i = 0; i < p.length; i += 2) g.lineTo(p[i] / 100, p[i + 1] / 100);
  };
  for (let r = 20; r <= 80; r += 20) {
    g.beginPath();
    g.arc(0, 0, r, 0, 7);
    stroke("line", 1);
  }
  for (const l of scene.lines[k] ?? []) {
    polyline(l);
    stroke("plan", 2);
  }
  const rays = scene.rays[k] ?? [];
  for (let i = 0; i < rays.length; i += 2) {
    g.beginPath();
    g.moveTo(0, 0);
    g.lineTo(rays[i] / 100, rays[i + 1] / 100);
    stroke("truth", 1);
  }
  const box = (x, y, h, l, w, name) => {
    g.save();
    g.translate(x, y);
    g.rotate(h);
    g.fillStyle = ink(name);
    g.fillRect(-l / 2, -w / 2, l, w);
    g.restore();
  };
  const users = scene.users[k] ?? [];
  for (let i = 0; i < users.length; i += 7) {
    const [x, y, h, l, w, vx, vy] = users.slice(i, i + 7).map((v, n) => v / (n === 2 ? 1000 : 100));
    box(x, y, h, l, w, "belief");
    g.beginPath();
    g.moveTo(x, y);
    g.lineTo(x + vx, y + vy);
    stroke("ink", 1.5);
  }
  box(0, 0, 0, 4.5, 1.9, "ego");
}
drawSight.inks = {};

// signedBar returns a named bar for values of -1 to 1.
function signedBar(name) {
  const fill = el("i", {});
  const number = el("span", { class: "n" });
  return {
    element: el("div", { class: "bar-row" }, el("span", {}, name), el("span", { class: "bar signed" }, fill), number),
    set(v) {
      const share = clamp(Math.abs(v), 0, 1) * 50;
      fill.style = `left:${v < 0 ? 50 - share : 50}%;width:${share}%`;
      number.textContent = v.toFixed(2).replace("-", "−");
    },
  };
}

// actionPanel shows the action of the present decision with its distribution.
function actionPanel(player, scene) {
  const rows = scene.action.map((name) => {
    const fill = el("i", {});
    const mark = el("b", {});
    const number = el("span", { class: "n" });
    const element = el("div", { class: "bar-row" }, el("span", {}, name), el("span", { class: "bar" }, fill, mark), number);
    return { element, fill, mark, number };
  });
  player.viewers.push((t) => {
    const k = decisionAt(scene, t);
    rows.forEach((row, i) => (scene.discrete ? showChoice(scene, row, k, i) : showValue(scene, row, k, i)));
  });
  const caption = !scene.discrete
    ? "The mark is the action; the bar is one standard deviation to each side."
    : scene.worth?.length > 0
      ? "The expected return of each action, from the least to the greatest of all decisions; the mark is the selected action."
      : "The probability of each action; the mark is the selected one.";
  return el("div", { class: "action" }, el("h2", {}, "Action"), el("div", { class: "bars" }, rows.map((r) => r.element)), el("p", { class: "soft" }, caption));
}

// showChoice shows a choice of a discrete action: its value for DQN, else its probability.
function showChoice(scene, row, k, i) {
  const worth = scene.worth?.[k];
  scene.range ??= worth && [Math.min(...scene.worth.flat()), Math.max(...scene.worth.flat())];
  const v = worth ? worth[i] : (scene.spread?.[k]?.[i] ?? Number(scene.actions[k][0] === i));
  const share = worth ? (v - scene.range[0]) / (scene.range[1] - scene.range[0] || 1) : v;
  row.fill.style = `left:0;width:${100 * clamp(share, 0, 1)}%`;
  row.mark.style = `left:${100 * clamp(share, 0, 1)}%`;
  row.mark.hidden = scene.actions[k][0] !== i;
  row.element.classList.toggle("selected", scene.actions[k][0] === i);
  row.number.textContent = v.toFixed(2).replace("-", "−");
}

// showValue shows a value of a continuous action with its standard deviation.
function showValue(scene, row, k, i) {
  const at = (v) => (100 * (clamp(v, scene.low, scene.high) - scene.low)) / (scene.high - scene.low);
  const v = scene.actions[k][i];
  const std = scene.spread?.[k]?.[i] ?? 0;
  row.fill.style = `left:${at(v - std)}%;width:${at(v + std) - at(v - std)}%`;
  row.mark.style = `left:${at(v)}%`;
  row.number.textContent = v.toFixed(2).replace("-", "−");
}

for (const b of document.querySelectorAll("button.episode")) b.addEventListener("click", () => openEpisode(b));
document.querySelector("button.episode")?.click();
document.addEventListener("themechange", () => {
  drawSight.inks = {};
  opened?.stage?.readColors();
  opened?.player?.seek(opened.player.time);
});
document.addEventListener("keydown", (e) => {
  const { player } = opened ?? {};
  if (!player || e.ctrlKey || e.metaKey || e.altKey || e.target.closest("button, select, input")) return;
  const keys = { " ": () => player.toggle(), ArrowLeft: () => player.step(-1), ArrowRight: () => player.step(1) };
  if (!keys[e.key]) return;
  e.preventDefault();
  keys[e.key]();
});
