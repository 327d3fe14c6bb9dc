// The screen of a case: its camera images, and images of other cameras in the
// re-simulated drive.

const VIEWS = { film: "Camera", driver: "Driver", chase: "Chase", above: "Above" };
const WIDTHS = [640, 480, 320]; // px, of images while playing: the first that renders fast enough
const MAX_IMAGE_TIME = 45; // ms per image while playing
const ASPECT = 3 / 5; // height over width

// Screen shows one view of a drive.
class Screen {
  constructor(rerun, player, film) {
    this.rerun = rerun;
    this.player = player;
    this.film = film;
    this.canvas = el("canvas", { id: "camera", "aria-label": "Camera view" });
    this.veil = el("p", { class: "veil", hidden: true }, "Not shown: the states differ from the native run.");
    this.size = 0; // index into WIDTHS
    this.follow = 0; // the followed road user, an index into the actors
    this.names = Object.keys(VIEWS).filter((v) => (v === "film" ? film : rerun));
    this.buttons = this.names.map((v) =>
      el("button", { type: "button", click: () => this.choose(v), "aria-pressed": "false" }, VIEWS[v]),
    );
    this.choose(this.names[0]);
  }

  // next selects the next view.
  next() {
    this.choose(this.names[(this.names.indexOf(this.view) + 1) % this.names.length]);
  }

  choose(view) {
    this.view = view;
    this.buttons.forEach((b, i) => b.setAttribute("aria-pressed", String(this.names[i] === view)));
    if (this.film) this.film.box.hidden = view !== "film";
    this.canvas.hidden = view === "film";
    this.shown = null;
    this.show();
  }

  // show requests the image of the present time. While a request is pending it does
  // nothing; the image of the then present time is requested afterwards.
  async show() {
    const { rerun, player, film } = this;
    const filmed = this.view === "film" && film.video;
    this.veil.hidden = filmed || !rerun?.differs || player.time <= rerun.end + 1e-9;
    if (filmed || this.busy || !rerun?.projector || rerun.end < 0) return;
    const wanted = this.wanted(Math.min(player.time, rerun.end));
    if (wanted.key === this.shown) return;
    this.busy = true;
    const before = performance.now();
    try {
      const picture = await wanted.take();
      if (!rerun.closed) wanted.draw(picture);
      if (!this.pictures) performance.mark("picture");
      this.shown = wanted.key;
      this.pictures = (this.pictures ?? 0) + 1;
    } catch (problem) {
      rerun.notify({ ...rerun.progress, done: true, problem: problem.message });
      return;
    } finally {
      this.busy = false;
    }
    if (player.playing && wanted.width) this.fit(performance.now() - before);
    if (!rerun.closed) this.show();
  }

  // wanted describes the image of a time: functions to render and to draw it, and a
  // unique key.
  wanted(t) {
    const { projector } = this.rerun;
    const { film, view } = this;
    if (view === "film") {
      const i = film.index(t);
      return { key: `film ${i}`, take: () => projector.ask("frame", film.tick(i)), draw: (frame) => film.draw(i, frame) };
    }
    const width = WIDTHS[this.player.playing ? this.size : 0];
    const height = Math.round(width * ASPECT);
    const tick = Math.round(100 * t);
    const who = view === "driver" ? 0 : this.follow;
    return {
      key: `${view} ${who} ${tick} ${width}`,
      width,
      take: () => projector.ask("picture", view, who, tick, width, height),
      draw: (pixels) => this.draw(new ImageData(pixels, width, height)),
    };
  }

  draw(picture) {
    const { canvas } = this;
    if (canvas.width !== picture.width) Object.assign(canvas, { width: picture.width, height: picture.height });
    canvas.getContext("2d").putImageData(picture, 0, 0);
  }

  // fit selects smaller images if rendering is too slow, and larger ones if it is fast
  // enough.
  fit(took) {
    this.took = this.took === undefined ? took : 0.8 * this.took + 0.2 * took;
    const larger = this.size > 0 && this.took * (WIDTHS[this.size - 1] / WIDTHS[this.size]) ** 2 < 0.7 * MAX_IMAGE_TIME;
    const step = this.took > MAX_IMAGE_TIME && this.size < WIDTHS.length - 1 ? 1 : larger ? -1 : 0;
    if (step === 0) return;
    this.size += step;
    this.took = undefined;
  }
}

// screenBox returns the screen of a case with its buttons and the badge, null for a case
// without images.
function screenBox(view, player, replay) {
  const { case: c } = view;
  const film = c.film || (c.retaken && view.rerun) ? new Film(view, player, replay) : null;
  if (!film && !view.rerun) return null;
  const screen = new Screen(view.rerun, player, film);
  view.screen = screen;
  player.viewers.push(() => screen.show());
  player.listeners.push(() => screen.show());
  view.rerun?.subscribe(() => screen.show());
  return el(
    "div",
    { class: "screen" },
    el("div", { class: "glass" }, film?.box, view.rerun && [screen.canvas, screen.veil]),
    view.rerun && [
      el("div", { class: "cameras", role: "group", "aria-label": "Camera" }, screen.buttons),
      checkBadge(view.rerun),
    ],
  );
}
