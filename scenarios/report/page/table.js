// The overview: totals, pass rates, scores, and the table of cases.

const VERDICTS = { failed: "✕ failed", invalid: "! invalid", passed: "✓ passed" };

// badge shows a verdict as text, symbol and color.
const badge = (verdict) => el("span", { class: `badge ${verdict}` }, VERDICTS[verdict]);

// distinct returns the distinct values of a list in alphabetical order.
const distinct = (list) => [...new Set(list)].filter(Boolean).sort();

const perceptions = distinct(report.cases.map((c) => c.perception));

// SCORES are the common names of published scores, in the order of the page.
const SCORES = {
  carla_2_1_ds: "CARLA 2.1",
  nuplan_cls: "nuPlan CLS",
  navsim_epdms: "NAVSIM EPDMS",
  navsim_pdms: "NAVSIM PDMS",
  bench2drive_ds: "Bench2Drive",
  carla_2_0_ds: "CARLA 2.0",
  neuroncap: "NeuroNCAP",
};
const scoreNames = [
  ...Object.keys(SCORES),
  ...distinct(report.cases.flatMap((c) => Object.keys(c.scores ?? {}))),
].filter((name, i, all) => all.indexOf(name) === i && report.cases.some((c) => c.scores?.[name]));
const scoreName = (name) => SCORES[name] ?? plain(name);

// rateOf returns the pass rate of the cases that are not invalid.
function rateOf(cases) {
  const driven = cases.filter((c) => c.verdict !== "invalid");
  const passed = driven.filter((c) => c.passed).length;
  return { passed, driven: driven.length, rate: driven.length ? passed / driven.length : NaN };
}

// caseCount returns the number of all cases in words.
const caseCount = () => (report.cases.length === 1 ? "1 case" : `${report.cases.length} cases`);

// showTotals shows the totals.
function showTotals() {
  const all = rateOf(report.cases);
  const sure = rateOf(report.cases.filter((c) => c.preventable));
  const simulated = report.cases.reduce((sum, c) => sum + c.sim_seconds, 0);
  const driving = report.cases.reduce((sum, c) => sum + (c.wall_seconds ?? 0), 0);
  const failedSurely = report.cases.filter((c) => c.verdict === "failed" && !c.preventable).length;
  byId("totals").append(
    el(
      "div",
      { class: "total" },
      el("strong", { class: report.failed + report.invalid ? "bad" : "good" }, all.driven ? percent(all.rate) : "–"),
      el("span", { class: "soft" }, `${all.passed} of ${caseCount()} passed`),
    ),
    bar(all.rate),
    el(
      "ul",
      { class: "tallies" },
      tally(report.failed, "failed", "failed"),
      tally(report.invalid, "invalid", "invalid"),
      failedSurely > 0 && el("li", { title: PREVENTABLE }, el("b", {}, failedSurely), " not preventable"),
      sure.driven < all.driven && el("li", {}, el("b", {}, percent(sure.rate)), " of the preventable"),
      el("li", {}, el("b", {}, duration(simulated)), " driven"),
      driving > 0 && el("li", {}, el("b", {}, `${formatNumber(simulated / driving)}×`), " real time a core"),
    ),
  );
}

// tally returns a count with a button that filters the table.
const tally = (n, name, verdict) =>
  el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: "link", disabled: n === 0, click: () => choose("verdict", verdict) },
      el("b", {}, n),
      ` ${name}`,
    ),
  );

// bar returns a bar of a share.
const bar = (rate) =>
  el(
    "span",
    { class: "rate", role: "presentation" },
    el("span", { style: `width:${(100 * (rate || 0)).toFixed(2)}%` }),
  );

// showRates shows the pass rate by family and perception.
function showRates() {
  const differs = perceptions.length === 2;
  const cells = (cases) => [
    ...perceptions.map((p) => {
      const r = rateOf(cases.filter((c) => c.perception === p));
      return [el("td", { class: "share" }, bar(r.rate)), el("td", { class: "n" }, `${r.passed}/${r.driven}`)];
    }),
    differs && el("td", { class: "n" }, rateDifference(cases)),
  ];
  const rows = distinct(report.cases.map((c) => c.family || "other")).map((family) => {
    const cases = report.cases.filter((c) => (c.family || "other") === family);
    return el(
      "tr",
      {},
      el(
        "th",
        { scope: "row" },
        el("button", { type: "button", class: "link", click: () => choose("family", family) }, family),
      ),
      ...cells(cases),
    );
  });
  byId("rates").append(
    el(
      "table",
      { class: "small" },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          el("th", {}, "family"),
          perceptions.map((p) => el("th", { class: "n", colspan: 2 }, p)),
          differs && el("th", { class: "n" }, "difference"),
        ),
      ),
      el("tbody", {}, rows),
    ),
  );
}

// rateDifference returns the pass rate of the second perception minus that of the first.
function rateDifference(cases) {
  const [a, b] = perceptions.map((p) => rateOf(cases.filter((c) => c.perception === p)).rate);
  const d = 100 * (b - a);
  return Number.isFinite(d) ? `${d > 0 ? "+" : d < 0 ? "−" : "±"}${Math.abs(d).toFixed(1)} %` : "–";
}

// showScores shows the mean of each score and version. Scores of different versions are not
// averaged together.
function showScores() {
  byId("scores-card").hidden = scoreNames.length === 0;
  const rows = scoreNames.flatMap((name) => {
    const scored = report.cases.filter((c) => c.scores?.[name]);
    return distinct(scored.map((c) => c.scores[name].version)).map((version) => {
      const values = scored.filter((c) => c.scores[name].version === version).map((c) => c.scores[name].value);
      const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
      return el(
        "tr",
        {},
        el("th", { scope: "row" }, scoreName(name), " ", el("span", { class: "soft" }, version)),
        el("td", { class: "n" }, formatNumber(mean)),
        el("td", { class: "n" }, formatNumber(Math.min(...values))),
      );
    });
  });
  byId("scores").append(
    el(
      "table",
      { class: "small" },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          el("th", {}, "score, version"),
          el("th", { class: "n" }, "mean"),
          el("th", { class: "n" }, "minimum"),
        ),
      ),
      el("tbody", {}, rows),
    ),
  );
}

// showSuite shows the suite and the setup.
function showSuite() {
  const named = new Set(report.cases.flatMap((c) => [c.driver, ...`${c.preventable_by ?? ""} ${c.reason ?? ""} ${c.cause ?? ""}`.match(/\b(cc|fsm|rss|reg157)\b/g) ?? []]));
  const drivers = Object.entries(DRIVERS).filter(([name]) => named.has(name)).map(([name, value]) => ({ name, value }));
  const facts = [...(report.suite ?? []), ...drivers];
  byId("suite-card").hidden = facts.length === 0;
  byId("suite").append(...facts.flatMap((f) => [el("dt", {}, f.name), el("dd", {}, f.value)]));
}

// columns of the table: name, sort key and cell.
const worstFirst = { failed: 0, invalid: 1, passed: 2 };
const columns = [
  { name: "verdict", key: (c) => worstFirst[c.verdict], cell: (c) => el("td", {}, badge(c.verdict)) },
  { name: "case", key: (c) => c.id, cell: caseCell },
  { name: "reason", key: (c) => c.reason ?? "", cell: reasonCell },
  {
    name: "parameters",
    key: (c) => parametersOf(c),
    cell: (c) => el("td", { class: "soft parameters" }, parametersOf(c)),
  },
  numeric("min TTC", "s", (c) => c.measures?.min_ttc),
  numeric("min gap ahead", "m", (c) => c.measures?.min_gap),
  ...scoreNames.map((name, i) => ({ ...numeric(scoreName(name), "", (c) => c.scores?.[name]?.value), extra: i > 1 })),
];

// numeric returns a column of numbers.
function numeric(name, unit, value) {
  return {
    name,
    unit,
    number: true,
    key: (c) => value(c) ?? Infinity,
    cell: (c) => el("td", { class: "n" }, formatNumber(value(c))),
  };
}

// caseCell returns a cell with a link to the case.
function caseCell(c) {
  const ways = [c.human ? c.driversText : perceptions.length > 1 && c.perception, c.family].filter(Boolean).join(" · ");
  return el(
    "td",
    {},
    el("a", { href: `#${c.id}` }, c.about.name),
    el("div", { class: "soft" }, `${c.id}${ways && " · " + ways}`),
  );
}

// reasonCell returns a cell with the reason of a failure, and its cause if known.
function reasonCell(c) {
  return el(
    "td",
    { class: "reason" },
    c.reason && withDriverTooltips(c.reason),
    c.cause && el("div", { class: "soft" }, withDriverTooltips(causeOf(c))),
    c.passed && contactsOf(c).map((text) => el("div", { class: "soft" }, text)),
    !c.preventable && el("div", {}, el("span", { class: "tag", title: PREVENTABLE }, "not preventable")),
  );
}

// contactsOf describes every collision and its fault.
const contactsOf = (c) =>
  (c.collisions ?? []).map(
    (x) =>
      `collision with ${x.name} at ${x.t.toFixed(2)} s, ${formatNumber(3.6 * x.impact_speed)} km/h, ${x.at_fault ? "" : "not "}the ego's fault: ${x.why}`,
  );

// order is the sort order of the table; initially by verdict, worst first.
const order = { column: columns[0], down: false };

// showHead shows the column headers, which sort the table.
function showHead() {
  byId("cases").tHead.replaceChildren(
    el(
      "tr",
      {},
      columns.map((column) => {
        const now = order.column === column;
        const sort = () => {
          order.down = now && !order.down;
          order.column = column;
          showHead();
          showRows();
          keepAddress();
        };
        return el(
          "th",
          {
            scope: "col",
            class: classes(column),
            "aria-sort": now ? (order.down ? "descending" : "ascending") : "none",
          },
          el(
            "button",
            { type: "button", class: "link", click: sort },
            column.name,
            column.unit && el("span", { class: "soft" }, ` ${column.unit}`),
            now && (order.down ? " ↓" : " ↑"),
          ),
        );
      }),
    ),
  );
}

const classes = (column) => [column.number && "n", column.extra && "extra"].filter(Boolean).join(" ");

// chosen returns the cases that match the filters, in order.
function chosen() {
  const f = Object.fromEntries(new FormData(byId("filters")));
  const words = f.text.toLowerCase().split(/\s+/).filter(Boolean);
  const list = report.cases.filter(
    (c) =>
      (!f.verdict || c.verdict === f.verdict) &&
      (!f.family || (c.family || "other") === f.family) &&
      (!f.tag || c.tags.includes(f.tag)) &&
      (!f.perception || c.perception === f.perception) &&
      (!f.preventable || String(c.preventable) === f.preventable) &&
      words.every((w) => textOf(c).includes(w)),
  );
  const { key } = order.column;
  const sign = order.down ? -1 : 1;
  return list.sort((a, b) => sign * compare(key(a), key(b)) || a.index - b.index);
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

// textOf returns the text that the search matches.
function textOf(c) {
  c.words ??= [c.id, c.about.name, c.family, c.reason, c.cause, c.unseen, c.verdict, parametersOf(c), ...c.tags]
    .join(" ")
    .toLowerCase();
  return c.words;
}

// rowOf returns the row of a case, created once.
function rowOf(c) {
  c.row ??= el(
    "tr",
    {
      class: c.verdict,
      click: (e) => {
        if (!e.target.closest("a") && !getSelection().toString()) location.hash = c.id;
      },
    },
    columns.map((column) => {
      const cell = column.cell(c);
      if (column.extra) cell.classList.add("extra");
      return cell;
    }),
  );
  return c.row;
}

// showRows shows the cases that match the filters.
function showRows() {
  const list = chosen();
  byId("cases").tBodies[0].replaceChildren(...list.map(rowOf));
  byId("shown").textContent =
    (list.length === report.cases.length ? "" : `${list.length} of `) + caseCount();
}

// choose sets a filter.
function choose(name, value) {
  byId("filters").elements[name].value = value;
  filter();
}

// filter shows the cases that match the filters, and stores the filters in the address.
function filter() {
  showRows();
  keepAddress();
}

// overviewAddress returns the URL fragment of the overview with its filters and order, such
// as #?verdict=failed&sort=-min+TTC.
function overviewAddress() {
  const query = new URLSearchParams([...new FormData(byId("filters"))].filter(([, value]) => value));
  if (order.column !== columns[0] || order.down) query.set("sort", (order.down ? "-" : "") + order.column.name);
  return query.size > 0 ? `#?${query}` : "#";
}

// keepAddress stores the filters in the address of the page, without a new entry in the
// browser's history.
function keepAddress() {
  if (!opened) history.replaceState(null, "", overviewAddress());
}

// readAddress sets filters and order from a fragment of the overview.
function readAddress(text) {
  const query = new URLSearchParams(text);
  for (const { name } of [...byId("filters").elements].filter((e) => e.name))
    byId("filters").elements[name].value = query.get(name) ?? "";
  const sort = query.get("sort") ?? "";
  order.down = sort.startsWith("-");
  order.column = columns.find((c) => c.name === sort.replace(/^-/, "")) ?? columns[0];
  showHead();
  showRows();
}

// fillFilter fills a filter with its choices, and hides a filter with less than two.
function fillFilter(name, all, choices) {
  const select = byId("filters").elements[name];
  select.append(el("option", { value: "" }, all), ...choices.map(([value, text]) => el("option", { value }, text)));
  select.hidden = choices.length < 2;
}

// showOverview builds the overview, once.
function showOverview() {
  showTotals();
  showRates();
  showScores();
  showSuite();
  const same = (list) => list.map((x) => [x, x]);
  fillFilter(
    "verdict",
    "All verdicts",
    ["failed", "invalid", "passed"].map((v) => [v, v]),
  );
  fillFilter("family", "All families", same(distinct(report.cases.map((c) => c.family || "other"))));
  fillFilter("tag", "All tags", same(distinct(report.cases.flatMap((c) => c.tags))));
  fillFilter("perception", "All perceptions", same(perceptions));
  fillFilter("preventable", "Preventable or not", [
    ["true", "preventable"],
    ["false", "not preventable"],
  ]);
  byId("filters").elements.preventable.hidden = report.cases.every((c) => c.preventable);
  const form = byId("filters");
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (e) => e.preventDefault());
  showHead();
  showRows();
}
