// Elements, numbers and texts.

const SVG = "http://www.w3.org/2000/svg";

// byId returns the element with the id.
const byId = (id) => document.getElementById(id);

// fill sets attributes of an element and appends children. Functions become listeners;
// null and false are skipped.
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return element;
}

// el creates an HTML element. Strings are appended as text, never as markup.
const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

// svg creates an SVG element.
const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

// clamp limits x to a range.
const clamp = (x, low, high) => Math.min(high, Math.max(low, x));

// percent formats a share of 0 to 1.
const percent = (x) => (x === 1 ? "100" : (100 * x).toFixed(1)) + " %";

// formatNumber formats a number with its significant digits, and a missing one as a dash.
function formatNumber(x) {
  if (x === null || x === undefined || !Number.isFinite(x)) return "–";
  const digits = Math.abs(x) >= 100 ? 0 : Math.abs(x) >= 10 ? 1 : 2;
  return x.toFixed(digits).replace("-", "−");
}

// plain replaces underscores in a name by spaces.
const plain = (name) => name.replaceAll("_", " ");

// duration formats seconds in a suitable unit.
function duration(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

// color returns a color of the theme by its name in the style sheet.
function color(name) {
  const probe = el("i", { style: `color: var(--${name})` });
  document.body.append(probe);
  const { color: resolved } = getComputedStyle(probe);
  probe.remove();
  return resolved;
}
