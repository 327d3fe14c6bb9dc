// The view of one case.

let opened = null; // the open case, with its player and stage

// openCase shows a case: first its header, then its replay.
async function openCase(c) {
  closeCase();
  const view = byId("case");
  const body = el("div", { class: "case-body" });
  view.replaceChildren(caseHead(c), body);
  document.title = `${c.about.name}, seed ${c.seed} · roadloop ${report.lone ? "replay" : "report"}`;
  const mine = { case: c, resume };
  resume = null;
  opened = mine;
  view.querySelector("h1").focus({ preventScroll: true });
  const simulated = c.reel && report.program;
  if (!c.replay && !simulated) {
    body.append(
      el(
        "p",
        { class: "notice" },
        c.verdict === "invalid"
          ? "This case could not be driven."
          : c.earlier
            ? "This case was driven before the run was resumed, so its replay was not recorded. The command above drives it again with the same result."
            : "The page size limit left out the replay of this case. The command above drives it again with the same result.",
      ),
    );
    body.append(summaryOf(c));
    return;
  }
  try {
    if (simulated) mine.rerun = new Rerun(c);
    const replay = c.replay ? await unpack(c) : await simulate(mine, body);
    if (opened === mine) showReplay(mine, body, replay);
  } catch (problem) {
    body.append(
      el(
        "p",
        { class: "notice" },
        typeof DecompressionStream === "undefined"
          ? "This browser cannot unpack the replay: it has no DecompressionStream, which browsers support since 2023."
          : `The replay cannot be shown: ${problem.message}`,
      ),
    );
    body.append(summaryOf(c));
  }
}

// closeCase stops the player and frees the resources of the open case.
function closeCase() {
  opened?.player?.pause();
  opened?.plots?.close();
  opened?.resize?.disconnect();
  opened?.rerun?.close();
  if (opened?.film) URL.revokeObjectURL(opened.film);
  opened = null;
}

// caseHead returns the header of a case: verdict, reason, cause and command.
function caseHead(c) {
  const list = chosen();
  const place = list.indexOf(c);
  const to = (n, text, key) => {
    const other = place >= 0 && list[place + n];
    return el("a", other ? { href: `#${other.id}`, rel: key } : { "aria-disabled": "true", class: "soft" }, text);
  };
  const chips = [c.family, ...driversOf(c), ...c.tags]
    .filter(Boolean)
    .map((t) => el("span", { class: "tag" }, withDriverTooltips(t)));
  return el(
    "div",
    { class: "case-head" },
    el(
      "nav",
      { "aria-label": "Cases" },
      !report.lone && el("a", { href: overviewAddress() }, "← All cases"),
      el("span", { class: "tags grow" }, chips),
      !report.lone && [
        othersOf(c).length > 0 &&
          el(
            "a",
            {
              href: `#${othersOf(c)[0].id}`,
              title: "Another drive of the same case, at the same time (x)",
              click: (e) => opened.player && act(e, () => toOther(opened)),
            },
            "⇄ Other drive",
          ),
        to(-1, "‹ Previous", "prev"),
        to(1, "Next ›", "next"),
      ],
    ),
    el(
      "div",
      { class: "title" },
      badge(c.verdict),
      el("h1", { tabindex: -1 }, c.about.name),
      el("span", { class: "soft" }, `seed ${c.seed}`),
      !c.preventable && el("span", { class: "tag warn", title: PREVENTABLE }, "not preventable"),
      el("span", { class: "grow" }),
      el("span", { class: "again" }, el("code", { id: "repeat" }, c.repeat), copyButton(c.repeat)),
    ),
    c.reason && el("p", { class: "why", id: "reason" }, withDriverTooltips(sentence(c.reason))),
    driverChanges(c) && el("p", { class: "drivers", id: "drivers" }, el("b", {}, "Driven by: "), driverChanges(c)),
    c.cause && el("p", { class: "cause", id: "cause" }, el("b", {}, "Cause: "), withDriverTooltips(sentence(causeOf(c).replace(/^Because of /, "")))),
    c.unseen && el("p", { class: "cause", id: "unseen" }, el("b", {}, "Not seen: "), sentence(c.unseen)),
    c.passed && contactsOf(c).map((text) => el("p", {}, sentence(text))),
    (c.about.text || c.parameters) &&
      el(
        "p",
        { class: "soft about" },
        c.about.text,
        c.about.text && c.parameters && " ",
        c.parameters && `With ${parametersOf(c)}.`,
      ),
    c.sensors && el("p", { class: "soft", id: "sensors" }, `Sensors: ${c.sensors.join(", ")}.`),
  );
}

// driversOf lists the drivers in control of a drive: "human", and the perception and the
// name of each driver.
function driversOf(c) {
  if (!c.drivers?.length) return [c.perception, c.driver];
  return [...new Set(c.drivers.flatMap((d) => (d.human ? ["human"] : d.name.split(", ").reverse())))];
}

// driverChanges describes the drivers in control with their times, if there were several or
// a human.
const driverChanges = (c) => (c.human || c.drivers?.length > 1) && c.driversText;

// causeOf returns the cause of a failure without its reason, which the header shows above.
function causeOf(c) {
  const again = `Failed with "${c.reason}"`;
  return sentence(c.cause.startsWith(again) ? c.cause.slice(again.length).replace(/^;? /, "") : c.cause);
}

// sentence capitalizes a text and ends it with a full stop.
const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");

// copyButton returns a button that copies a command to the clipboard.
function copyButton(text) {
  const button = el(
    "button",
    {
      type: "button",
      click: async () => {
        await navigator.clipboard.writeText(text).then(
          () => {
            button.textContent = "Copied";
          },
          () => getSelection().selectAllChildren(byId("repeat")),
        );
        setTimeout(() => {
          button.textContent = "Copy";
        }, 1500);
      },
    },
    "Copy",
  );
  return button;
}

// showReplay builds replay, video and plots, and starts three seconds before the failure.
function showReplay(view, body, replay) {
  const { case: c } = view;
  const canvas = el("canvas", { id: "stage", tabindex: 0, "aria-label": "Replay from above" });
  const stage = new Stage(canvas, replay);
  const player = new Player(replay.times);
  const failures = replay.events.filter((e) => e.kind === "verdict");
  const failure = failures.length ? Math.min(...failures.map((e) => e.t)) : null;
  const also = failures
    .filter((e) => !c.reason?.startsWith(e.text))
    .map((e) => sentence(e.text))
    .join(" ");
  if (also) byId("reason")?.after(el("p", { class: "bad" }, "Also: ", also));
  const plots = el("div", { class: "plots", id: "plots" });
  Object.assign(view, { stage, player, failure, replay });
  body.append(
    el(
      "section",
      { class: "watch", "aria-label": "Replay" },
      el("div", { class: "stage" }, canvas, legend(replay), el("output", { class: "followed", id: "followed", hidden: true })),
      timeline(player, replay, driverChanges(c) ? c.drivers : []),
      transport(player, stage, failure),
      el("div", { class: "film-row" }, screenBox(view, player, replay), statePanel(player, replay)),
    ),
    el(
      "section",
      { class: "measures", "aria-label": "Measures" },
      el(
        "p",
        { class: "plot-legend" },
        el("span", { class: "key truth" }, "truth"),
        hasBelief(replay) && el("span", { class: "key belief" }, "believed"),
        el("span", { class: "key bad" }, "failure"),
      ),
      plots,
      summaryOf(c, replay),
    ),
  );
  view.plots = new Plots(plots, replay, (t) => {
    player.pause();
    player.seek(t);
  });
  player.viewers.push(
    (t) => stage.show(t),
    (t) => view.plots.show(t),
  );
  canvas.addEventListener(
    "wheel",
    (e) => {
      e.preventDefault();
      zoomBy(stage, e.deltaY < 0 ? 1.15 : 1 / 1.15);
    },
    { passive: false },
  );
  canvas.addEventListener("click", (e) => followOne(view, stage.pick(e.offsetX, e.offsetY)));
  view.resize = new ResizeObserver(() => stage.show(player.time));
  view.resize.observe(canvas);
  const from = view.resume;
  player.seek(from?.time ?? (failure === null ? 0 : Math.max(0, failure - 3)));
  if (from) player.setSpeed(from.speed);
  if (from?.playing && player.time < player.end) player.play();
}

// followOne makes the outside views follow a road user, 0 for the ego.
function followOne(view, who) {
  const { stage, screen } = view;
  stage.follow = who;
  stage.whole = false;
  stage.show(stage.time);
  if (screen) {
    screen.follow = who;
    screen.show();
  }
  caption(view);
}

// caption shows the followed road user and the drive of the ghosts.
function caption({ stage, replay }) {
  const who = stage.follow;
  const text = [
    who > 0 && `follows ${replay.actors[who].name || `road user ${who}`}`,
    stage.ghosts && `ghosts: ${stage.ghosts.who}`,
  ];
  Object.assign(byId("followed"), { hidden: !text.some(Boolean), textContent: text.filter(Boolean).join(" · ") });
}

// toggleGhosts shows or hides the road users of the other drive of the same case.
async function toggleGhosts(view) {
  const { stage, case: c } = view;
  const other = othersOf(c).find((o) => o.replay);
  if (!stage.ghosts && !other) return;
  stage.ghosts = stage.ghosts ? null : { ...(await unpack(other)), who: whoDrove(other) };
  if (opened !== view) return;
  stage.show(stage.time);
  caption(view);
}

// followNext follows the next road user, or the previous one for -1.
const followNext = (view, step) =>
  followOne(view, (view.stage.follow + step + view.replay.actors.length) % view.replay.actors.length);

// statePanel returns a panel with the ego's state and its reasons at the present time.
function statePanel(player, replay) {
  const rows = {};
  const panel = el("dl", { class: "state" });
  const beliefRows = hasBelief(replay) ? ["plan", "brake", "tracks"] : [];
  for (const name of ["speed", "acceleration", ...beliefRows]) {
    rows[name] = el("dd", {}, "–");
    panel.append(el("div", {}, el("dt", {}, name), rows[name]));
  }
  const curve = (name) => replay.curves.find((c) => c.name === name);
  const value = (name, i) => {
    const c = curve(name);
    return c ? `${formatNumber(c.truth[i])} ${c.unit}` : "–";
  };
  const reason = (kind, t) => replay.spans.find((s) => s.kind === kind && s.from <= t && t < s.to)?.text ?? "–";
  player.viewers.push((t) => {
    const i = stepAt(replay.times, t);
    rows.speed.textContent = value("speed", i);
    rows.acceleration.textContent = value("acceleration", i);
    if (beliefRows.length === 0) return;
    rows.plan.textContent = reason("plan", t);
    rows.brake.textContent = reason("guard", t);
    rows.brake.classList.toggle("bad", rows.brake.textContent !== "–");
    rows.tracks.textContent = replay.tracks.filter((k) => i >= k.from && i < k.from + k.x.length).length;
  });
  return panel;
}

// summaryOf returns the metrics and scores of a case, with the reason of every deduction if
// there is a replay.
function summaryOf(c, replay) {
  const known = new Map((replay?.scores ?? []).map((s) => [s.name, s]));
  const scores = Object.entries(c.scores ?? {}).map(([name, s]) => scoreOf(name, s, known.get(name)));
  return el(
    "div",
    { class: "figures" },
    scores.length > 0 && el("section", { class: "scores" }, el("h2", {}, "Scores"), scores),
    Object.keys(c.measures ?? {}).length > 0 &&
      el(
        "section",
        {},
        el("h2", {}, "Measures"),
        measureTable(c.measures),
      ),
    c.trace_sha256 && el("p", { class: "soft hash" }, "trace ", el("code", {}, c.trace_sha256)),
  );
}

// scoreOf returns a score that expands to its deductions and terms.
function scoreOf(name, s, known) {
  const lost = known?.deductions ?? [];
  const parts = known && [
    lost.map((d) =>
      el(
        "p",
        {},
        el("span", { class: "n soft" }, `${d.t.toFixed(2)} s `),
        sentence(d.reason),
        el("span", { class: "soft" }, ` −${formatNumber(d.lost)}`),
      ),
    ),
    el(
      "table",
      { class: "small" },
      el(
        "tbody",
        {},
        (known.terms ?? []).map((t) =>
          el(
            "tr",
            {},
            el("th", { scope: "row" }, plain(t.name)),
            el("td", { class: "soft" }, t.missing ? `not measured: ${t.missing}` : t.role),
            el(
              "td",
              { class: "n" },
              t.missing ? "–" : formatNumber(t.value),
              t.role === "detail" && t.unit && el("span", { class: "soft" }, ` ${t.unit}`),
            ),
          ),
        ),
      ),
    ),
  ];
  return el(
    "details",
    {},
    el(
      "summary",
      {},
      el("b", {}, scoreName(name)),
      el("span", { class: "soft" }, s.version),
      el("span", { class: "grow" }),
      lost.length > 0 && el("span", { class: "soft" }, `${lost.length} deduction${lost.length > 1 ? "s" : ""}`),
      el("span", { class: "n" }, formatNumber(s.value), known && el("span", { class: "soft" }, ` of ${formatNumber(known.best)}`)),
    ),
    parts,
  );
}
