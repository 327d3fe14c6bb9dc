// Which view is shown, the keyboard, and the theme.

let scrolled = 0; // of the overview, to come back to
let resume = null; // the time and pace at which the next case goes on

// route shows what the address asks for: a case by its id, at a time of it such as
// @6.1, else the overview.
function route() {
  const text = location.hash.slice(1);
  const [id, time] = decodeURIComponent(text).split(/@(?=[\d.]*$)/);
  const c = report.lone ? report.cases[0] : report.cases.find((x) => x.id === id);
  if (time) resume = { time: Number(time) || 0, speed: 1, playing: false };
  if (c && !byId("overview").hidden) scrolled = scrollY;
  byId("overview").hidden = Boolean(c);
  byId("case").hidden = !c;
  if (c) {
    openCase(c);
    scrollTo(0, 0);
    return;
  }
  closeCase();
  byId("case").replaceChildren();
  if (text.startsWith("?")) readAddress(text.slice(1));
  else keepAddress();
  document.title = "roadloop report";
  scrollTo(0, scrolled);
}

// goTo follows the link to the previous or the next case.
const goTo = (rel) => byId("case").querySelector(`a[rel=${rel}]`)?.click();

// caseKeys do something with the case that is shown.
const caseKeys = {
  " ": ({ player }) => player.toggle(),
  ArrowLeft: ({ player }, e) => (e.shiftKey ? player.seek(player.time - 1) : player.step(-1)),
  ArrowRight: ({ player }, e) => (e.shiftKey ? player.seek(player.time + 1) : player.step(1)),
  Home: ({ player }) => player.seek(0),
  End: ({ player }) => player.seek(player.end),
  f: ({ player, failure }) => failure !== null && toFailure(player, failure),
  ".": ({ player }) => player.step(1),
  ",": ({ player }) => player.step(-1),
  r: ({ player }) => player.seek(0),
  1: ({ player }) => player.setSpeed(1),
  2: ({ player }) => player.setSpeed(2),
  4: ({ player }) => player.setSpeed(4),
  c: ({ screen }) => screen?.next(),
  v: (view) => followNext(view, 1),
  V: (view) => followNext(view, -1),
  x: (view) => toOther(view),
  g: (view) => toggleGhosts(view),
  "<": ({ player }) => player.faster(-1),
  ">": ({ player }) => player.faster(1),
  "+": (view) => largerOrFaster(view, 1),
  "=": (view) => largerOrFaster(view, 1),
  "-": (view) => largerOrFaster(view, -1),
  Backspace: ({ player }) => player.seek(player.time - 10),
  0: ({ stage }) => showWhole(stage),
};

// othersOf lists the other drives of the same case, such as those of another driver or
// with other hands, in their order from the one that is shown on.
function othersOf(c) {
  const same = report.cases.filter((o) => o.case === c.case && o.verdict !== "invalid");
  const at = same.indexOf(c);
  return [...same.slice(at + 1), ...same.slice(0, at)];
}

// toOther goes on with another drive of the same case, at the same time.
function toOther({ case: c, player }) {
  const [other] = othersOf(c);
  if (!other) return;
  resume = { time: player.time, speed: player.speed, playing: player.playing };
  location.hash = other.id;
}

// largerOrFaster zooms where the pointer is on the picture from above, and changes the
// speed elsewhere, as the window does.
function largerOrFaster({ stage, player }, n) {
  if (stage.canvas.matches(":hover")) zoomBy(stage, 1.4 ** n);
  else player.faster(n);
}

// press acts on a key that no field or button takes for itself.
function press(e) {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  if (byId("help").open) {
    if (e.key === "h" || e.key === "F1") act(e, () => byId("help").close());
    return;
  }
  if (e.key === "Escape" && opened && !report.lone) {
    location.hash = overviewAddress();
    return;
  }
  const typing = e.target.closest("input:not([type=range]), select, textarea");
  const pressing = e.key === " " && e.target.closest("button, a");
  if (typing || pressing) return;
  if (e.key === "/" && !opened) act(e, () => byId("filters").elements.text.focus());
  else if (e.key === "h" || e.key === "F1") act(e, () => byId("help").showModal());
  else if (opened && e.key === "n") goTo("next");
  else if (opened && e.key === "p") goTo("prev");
  else if (opened?.player && caseKeys[e.key]) act(e, () => caseKeys[e.key](opened, e));
}

// act does something instead of what the browser would do.
function act(e, what) {
  e.preventDefault();
  what();
}

// The replay draws on a canvas, which knows no style sheet.
document.addEventListener("themechange", () => {
  opened?.stage?.inks();
  opened?.stage?.show(opened.stage.time);
});

// For the console and for tests.
globalThis.page = {
  get opened() {
    return opened;
  },
};

byId("help-button").addEventListener("click", () => byId("help").showModal());
document.addEventListener("keydown", press);
addEventListener("hashchange", route);
if (report.lone) byId("kind").textContent = "replay";
showOverview();
route();
