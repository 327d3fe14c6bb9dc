// Routing, keyboard and theme.

let scrolled = 0; // scroll position of the overview
let resume = null; // the time and speed at which the next case starts

// route shows the view in the address: a case by its id, optionally at a time such as
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

// caseKeys are the keys of the open case.
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

// othersOf returns the other drives of the same case, of other drivers or humans, in
// order, starting after the open one.
function othersOf(c) {
  const same = report.cases.filter((o) => o.case === c.case && o.verdict !== "invalid");
  const at = same.indexOf(c);
  return [...same.slice(at + 1), ...same.slice(0, at)];
}

// toOther opens another drive of the same case at the same time.
function toOther({ case: c, player }) {
  const [other] = othersOf(c);
  if (!other) return;
  resume = { time: player.time, speed: player.speed, playing: player.playing };
  location.hash = other.id;
}

// largerOrFaster zooms if the pointer is on the top view, and changes the speed elsewhere,
// as the window does.
function largerOrFaster({ stage, player }, n) {
  if (stage.canvas.matches(":hover")) zoomBy(stage, 1.4 ** n);
  else player.faster(n);
}

// press handles a key that no input field or button uses.
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

// act runs a function instead of the browser's default action.
function act(e, what) {
  e.preventDefault();
  what();
}

// A canvas has no style sheet: the replay is drawn again with the new colors.
document.addEventListener("themechange", () => {
  opened?.stage?.readColors();
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
