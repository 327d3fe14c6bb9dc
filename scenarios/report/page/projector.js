// Recorded drives happen again: a worker simulates the world of a case from its
// commands, and compares every state with what the native run recorded.

// Projector is the worker, which has one drive open at a time.
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

  // ask calls a function of the program and promises its value.
  ask(call, ...args) {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, call, args });
    });
  }
}

let projector = null; // promised once it is needed, and kept

// startProjector promises the projector of the page.
function startProjector() {
  projector ??= (async () => {
    const p = new Projector(await unzip("worker").text());
    await p.ask("start", bytesOf("program"));
    return p;
  })();
  return projector;
}

const GO = 60; // decisions from one look at the progress to the next
const PERIOD = 0.05; // s from one decision to the next

// Rerun is the drive of a case that happens again. Hearers are called with every
// progress: {checked, decisions, done, differs}, or {problem}.
class Rerun {
  constructor(c) {
    this.progress = { checked: 0, decisions: 0, done: false };
    this.hearers = [];
    this.finished = this.run(c);
  }

  // run lets the drive happen and promises its last progress.
  async run(c) {
    try {
      const reel = new Uint8Array(await unzip(`reel-${c.index}`).arrayBuffer());
      this.projector = await startProjector();
      if (this.closed) return this.progress;
      await this.projector.ask("open", reel);
      do {
        this.tell(await this.projector.ask("go", GO));
      } while (!this.progress.done && !this.closed);
    } catch (problem) {
      this.tell({ ...this.progress, done: true, problem: problem.message });
    }
    return this.progress;
  }

  tell(progress) {
    this.progress = progress;
    for (const hear of this.hearers) hear(progress);
    if (progress.done) performance.mark("simulated");
  }

  // hear calls a function with the progress so far and every new one.
  hear(f) {
    this.hearers.push(f);
    f(this.progress);
  }

  // end is the last time that may be shown: of the last state that was found equal, -1
  // where there is none.
  get end() {
    return this.progress.checked > 0 ? (this.progress.checked - 1) * PERIOD : -1;
  }

  // differs tells that the drive did not happen as it was recorded.
  get differs() {
    return !this.progress.problem && this.progress.differs >= 0;
  }

  // close leaves the drive; the projector is free for another.
  close() {
    this.closed = true;
    this.hearers = [];
  }
}

// simulate lets a case that has no replay happen again, and promises what there is to
// play.
async function simulate(view, body) {
  const bar = el("progress", { max: 1, value: 0, "aria-label": "Simulated so far" });
  const note = el("p", { class: "notice" }, "Simulating the drive again… ", bar);
  const glimpse = el("canvas", { class: "glimpse", hidden: true, "aria-label": "What the driver sees at the beginning" });
  body.append(note, glimpse);
  view.rerun.hear(({ checked, decisions, problem }) => {
    bar.value = decisions ? checked / decisions : 0;
    if (checked > 0 && !problem && glimpse.hidden) glance(view.rerun, glimpse);
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

// glance shows the driver's first picture while the rest is being simulated.
async function glance(rerun, canvas) {
  canvas.hidden = false;
  const [width, height] = [WIDTHS[0], WIDTHS[0] * ASPECT];
  const pixels = await rerun.projector.ask("picture", "driver", 0, 0, width, height).catch(() => null);
  if (!pixels) return; // what went wrong is said where the drive goes on
  Object.assign(canvas, { width, height });
  canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
  performance.mark("glimpse");
}

// differenceOf says that a drive did not happen as it was recorded, and what that means.
const differenceOf = (rerun) =>
  `From ${rerun.progress.differs.toFixed(2)} s on the states are not those of the native run: ` +
  "this browser's arithmetic differs, or the recording was changed. Nothing after that is shown.";

// checkBadge says whether the states shown are those of the native run.
function checkBadge(rerun) {
  const badge = el("output", { class: "check", id: "check" });
  rerun.hear(({ checked, decisions, done, problem }) => {
    const state = problem || rerun.differs ? "bad" : done ? "good" : "";
    badge.className = `check ${state}`;
    if (problem) badge.textContent = `✕ Cannot be simulated here: ${problem}`;
    else if (rerun.differs) badge.textContent = `✕ ${differenceOf(rerun)}`;
    else if (done) badge.textContent = `✓ Verified: the same states as in the native run at all ${decisions} decisions`;
    else badge.textContent = `Simulating and comparing… ${decisions ? Math.floor((100 * checked) / decisions) : 0} %`;
  });
  return badge;
}
