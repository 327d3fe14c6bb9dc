// Texts about cases and drivers.

// shorten rounds long numbers in a parameter's value.
const shorten = (value) => value.replace(/-?\d+\.\d{3,}/g, (n) => String(Number(Number(n).toPrecision(4))));

// parametersOf formats the parameters of a case in one line.
const parametersOf = (c) => (c.parameters ?? []).map((p) => `${p.name} ${shorten(p.value)}`).join(", ");

// DRIVERS are the long names of drivers.
const DRIVERS = {
  cc: "competent and careful human driver of UN R157",
  fsm: "Fuzzy Safety Model",
  rss: "Responsibility-Sensitive Safety",
  reg157: "driver model of UN R157's first version",
};

// PREVENTABLE is the definition of a preventable case.
const PREVENTABLE = "A case is preventable if a reference driver drives it without a collision at fault.";

// withDriverTooltips adds the long names of drivers in a text as tooltips.
const withDriverTooltips = (text) =>
  text.split(/\b(cc|fsm|rss|reg157)\b/).map((part, i) => (i % 2 ? el("abbr", { title: DRIVERS[part] }, part) : part));
