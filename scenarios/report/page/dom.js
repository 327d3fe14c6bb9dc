// Elements, numbers and words.

const SVG = "http://www.w3.org/2000/svg";

// byId returns the element of that id.
const byId = (id) => document.getElementById(id);

// fill sets attributes of an element and appends children; functions become
// listeners, and what is null or false is left out.
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return element;
}

// el makes an HTML element. Text is appended as text, never as markup.
const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

// svg makes an SVG element.
const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

// clamp returns x, or the end of the range that it is beyond.
const clamp = (x, low, high) => Math.min(high, Math.max(low, x));

// percent writes a share of 0 to 1.
const percent = (x) => (x === 1 ? "100" : (100 * x).toFixed(1)) + " %";

// figure writes a number with as many digits as say something, a dash for none.
function figure(x) {
  if (x === null || x === undefined || !Number.isFinite(x)) return "–";
  const digits = Math.abs(x) >= 100 ? 0 : Math.abs(x) >= 10 ? 1 : 2;
  return x.toFixed(digits).replace("-", "−");
}

// shorten writes a parameter's value without digits that nobody reads.
const shorten = (value) => value.replace(/-?\d+\.\d{3,}/g, (n) => String(Number(Number(n).toPrecision(4))));

// parametersOf writes the parameters of a case in a line.
const parametersOf = (c) => (c.parameters ?? []).map((p) => `${p.name} ${shorten(p.value)}`).join(", ");

// plain writes a name of a program in words: min_ttc, min ttc.
const plain = (name) => name.replaceAll("_", " ");

// DRIVERS say what the short names of drivers stand for.
const DRIVERS = {
  cc: "competent and careful human driver of UN R157",
  fsm: "Fuzzy Safety Model",
  rss: "Responsibility-Sensitive Safety",
  reg157: "driver model of UN R157's first version",
};

// PREVENTABLE says what makes a case preventable.
const PREVENTABLE = "A case is preventable when a reference driver gets through it without a collision at fault.";

// explained splits a text so that the short names of drivers in it have their long names
// as tooltips.
const explained = (text) =>
  text.split(/\b(cc|fsm|rss|reg157)\b/).map((part, i) => (i % 2 ? el("abbr", { title: DRIVERS[part] }, part) : part));

// duration writes seconds as a person would.
function duration(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

// color returns a color of the theme, by its name in the style sheet.
function color(name) {
  const probe = el("i", { style: `color: var(--${name})` });
  document.body.append(probe);
  const { color: resolved } = getComputedStyle(probe);
  probe.remove();
  return resolved;
}
