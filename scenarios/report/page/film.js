// The images of the car's camera with the detections of the network.

// Film shows the camera images: a video, or images that the program renders again and
// passes to draw.
class Film {
  constructor(view, player, replay) {
    const { case: c } = view;
    this.from = c.filmFrom;
    this.sights = replay.sights;
    this.sheet = svg("svg", { class: "sights", "aria-label": "Detections of the network" });
    const label = { id: "film", "aria-label": "Camera image" };
    if (c.film) {
      view.film = filmOf(c);
      this.video = el("video", { ...label, src: view.film, playsinline: true, preload: "auto" });
      this.play(player);
    } else this.canvas = el("canvas", label);
    this.box = el("div", { class: "film" }, this.video ?? this.canvas, this.sheet);
  }

  // play synchronizes the video with the player.
  play(player) {
    const { video } = this;
    video.muted = true;
    follow(video, player, this.from);
    video.addEventListener("loadedmetadata", () => this.fit(video.videoWidth, video.videoHeight));
    video.addEventListener("loadeddata", () => this.sheet.classList.add("ready"));
    player.viewers.push((t) => this.find(Math.min(this.index(t), this.sights.length - 1)));
  }

  // index returns the number of the frame at a time.
  index(t) {
    return Math.max(0, Math.floor((t - this.from) * report.filmRate + 1e-6));
  }

  // tick returns the time of a frame, in 0.01 s.
  tick(i) {
    return Math.round(100 * (this.from + i / report.filmRate));
  }

  // draw shows a rendered image with its detections.
  draw(i, { width, height, pixels }) {
    const { canvas } = this;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
    this.fit(width, height);
    this.find(i);
    this.sheet.classList.add("ready");
  }

  // fit sets the coordinates of the detections to those of the image.
  fit(width, height) {
    this.sheet.setAttribute("viewBox", `0 0 ${width} ${height}`);
  }

  // find draws the detections in a frame.
  find(i) {
    if (i === this.found) return;
    this.found = i;
    this.sheet.replaceChildren(...(this.sights[i] ? drawDetections(this.sights[i]) : []));
  }
}

// drawDetections returns the SVG elements of detections.
function drawDetections(sight) {
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
