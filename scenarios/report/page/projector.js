// Re-simulation: a worker simulates the world of a case from its commands and compares
// every state with the recording of the native run.

// Projector is the worker. It has one drive open at a time.
class Projector {
  constructor(script) {
    this.waiting = new Map();
    this.last = 0;
    this.worker = new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    this.worker.onmessage = ({ data: { id, value, error } }) => {
      const { resolve, reject } = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) resolve(value);
      else reject(new Error(error));
    };
    this.worker.onerror = (e) => {
      for (const { reject } of this.waiting.values()) reject(new Error(e.message || "the worker failed"));
      this.waiting.clear();
    };
  }

  // ask calls a function of the program and returns a promise of its value.
  ask(call, ...args) {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, call, args });
    });
  }
}

let projector = null; // a promise, created on first use

// startProjector returns a promise of the projector of the page.
function startProjector() {
  projector ??= (async () => {
    const p = new Projector(await unzip("worker").text());
    await p.ask("start", bytesOf("program"));
    return p;
  })();
  return projector;
}

const GO = 60; // decisions between progress reports
const PERIOD = 0.05; // s between decisions

// Rerun is the re-simulation of a case. Subscribers are called with every progress:
// {checked, decisions, done, differs}, or {problem}.
class Rerun {
  constructor(c) {
    this.progress = { checked: 0, decisions: 0, done: false };
    this.subscribers = [];
    this.finished = this.run(c);
  }

  // run re-simulates the drive and returns a promise of its last progress.
  async run(c) {
    try {
      const reel = new Uint8Array(await unzip(`reel-${c.index}`).arrayBuffer());
      this.projector = await startProjector();
      if (this.closed) return this.progress;
      await this.projector.ask("open", reel);
      do {
        this.notify(await this.projector.ask("go", GO));
      } while (!this.progress.done && !this.closed);
    } catch (problem) {
      this.notify({ ...this.progress, done: true, problem: problem.message });
    }
    return this.progress;
  }

  notify(progress) {
    this.progress = progress;
    for (const listener of this.subscribers) listener(progress);
    if (progress.done) performance.mark("simulated");
  }

  // subscribe calls a function with the progress so far and every new one.
  subscribe(f) {
    this.subscribers.push(f);
    f(this.progress);
  }

  // end is the time of the last checked state, s; -1 if there is none.
  get end() {
    return this.progress.checked > 0 ? (this.progress.checked - 1) * PERIOD : -1;
  }

  // differs reports whether the drive differs from the recording.
  get differs() {
    return !this.progress.problem && this.progress.differs >= 0;
  }

  // close ends the re-simulation; the projector can open another drive.
  close() {
    this.closed = true;
    this.subscribers = [];
  }
}

// simulate re-simulates a case without a replay and returns a promise of its replay.
async function simulate(view, body) {
  const bar = el("progress", { max: 1, value: 0, "aria-label": "Simulated so far" });
  const note = el("p", { class: "notice" }, "Simulating the drive… ", bar);
  const glimpse = el("canvas", { class: "glimpse", hidden: true, "aria-label": "Driver's view at the start" });
  body.append(note, glimpse);
  view.rerun.subscribe(({ checked, decisions, problem }) => {
    bar.value = decisions ? checked / decisions : 0;
    if (checked > 0 && !problem && glimpse.hidden) showFirstImage(view.rerun, glimpse);
  });
  const { problem } = await view.rerun.finished;
  if (problem) throw new Error(problem);
  const text = await view.rerun.projector.ask("replay").catch((error) => {
    throw view.rerun.differs ? new Error(differenceOf(view.rerun)) : error;
  });
  note.remove();
  glimpse.remove();
  return decodeReplay(JSON.parse(text));
}

// showFirstImage shows the driver's first image during the simulation.
async function showFirstImage(rerun, canvas) {
  canvas.hidden = false;
  const [width, height] = [WIDTHS[0], WIDTHS[0] * ASPECT];
  const pixels = await rerun.projector.ask("picture", "driver", 0, 0, width, height).catch(() => null);
  if (!pixels) return; // the simulation reports the error
  Object.assign(canvas, { width, height });
  canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
  performance.mark("glimpse");
}

// differenceOf describes the difference of a drive from its recording.
const differenceOf = (rerun) =>
  `From ${rerun.progress.differs.toFixed(2)} s on the states differ from the native run: ` +
  "this browser's arithmetic differs, or the recording was changed. Later states are not shown.";

// checkBadge shows whether the states equal those of the native run.
function checkBadge(rerun) {
  const badge = el("output", { class: "check", id: "check" });
  rerun.subscribe(({ checked, decisions, done, problem }) => {
    const state = problem || rerun.differs ? "bad" : done ? "good" : "";
    badge.className = `check ${state}`;
    if (problem) badge.textContent = `✕ Cannot be simulated here: ${problem}`;
    else if (rerun.differs) badge.textContent = `✕ ${differenceOf(rerun)}`;
    else if (done) badge.textContent = `✓ Verified: same states as in the native run at all ${decisions} decisions`;
    else badge.textContent = `Simulating and comparing… ${decisions ? Math.floor((100 * checked) / decisions) : 0} %`;
  });
  return badge;
}
