// What the car's camera saw, and what the network found in it.

// Film shows the pictures of the camera: a video, or pictures that the program takes
// again, which draw hands it.
class Film {
  constructor(view, player, replay) {
    const { case: c } = view;
    this.from = c.filmFrom;
    this.sights = replay.sights;
    this.sheet = svg("svg", { class: "sights", "aria-label": "What the network found" });
    const label = { id: "film", "aria-label": "What the camera saw" };
    if (c.film) {
      view.film = filmOf(c);
      this.video = el("video", { ...label, src: view.film, playsinline: true, preload: "auto" });
      this.play(player);
    } else this.canvas = el("canvas", label);
    this.box = el("div", { class: "film" }, this.video ?? this.canvas, this.sheet);
  }

  // play lets the video follow the player.
  play(player) {
    const { video } = this;
    video.muted = true;
    follow(video, player, this.from);
    video.addEventListener("loadedmetadata", () => this.fit(video.videoWidth, video.videoHeight));
    video.addEventListener("loadeddata", () => this.sheet.classList.add("ready"));
    player.viewers.push((t) => this.find(Math.min(this.index(t), this.sights.length - 1)));
  }

  // index returns the number of the picture that is shown at a time.
  index(t) {
    return Math.max(0, Math.floor((t - this.from) * report.filmRate + 1e-6));
  }

  // tick returns when a picture was the newest, in 0.01 s.
  tick(i) {
    return Math.round(100 * (this.from + i / report.filmRate));
  }

  // draw shows a picture that was taken again, with what was found in it.
  draw(i, { width, height, pixels }) {
    const { canvas } = this;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
    this.fit(width, height);
    this.find(i);
    this.sheet.classList.add("ready");
  }

  // fit gives what was found the coordinates of the pictures.
  fit(width, height) {
    this.sheet.setAttribute("viewBox", `0 0 ${width} ${height}`);
  }

  // find draws what the network found in a picture.
  find(i) {
    if (i === this.found) return;
    this.found = i;
    this.sheet.replaceChildren(...(this.sights[i] ? sightOf(this.sights[i]) : []));
  }
}

// sightOf draws what the network found in a picture.
function sightOf(sight) {
  const lines = sight.lines.map((l) => svg("polyline", { points: l.join(" ") }));
  const boxes = sight.found.flatMap(({ c, b: [x0, y0, x1, y1], d, p }) => {
    const kind = c.replaceAll(" ", "-");
    return [
      svg(
        "rect",
        { class: kind, x: x0, y: y0, width: Math.max(1, x1 - x0), height: Math.max(1, y1 - y0) },
        svg("title", {}, `${c}, ${p} %`),
      ),
      svg(
        "text",
        { class: kind, x: x0, y: y0 < 10 ? y1 + 8 : y0 - 2 },
        `${c.replace("signal ", "")} ${Math.round(d / 10)} m`,
      ),
    ];
  });
  return [...lines, ...boxes];
}
