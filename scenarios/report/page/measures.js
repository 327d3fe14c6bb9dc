// Names and order of the measures of a case.

// MEASURES lists groups of measures, each with the key in the results and a name.
const MEASURES = {
  Conflicts: {
    min_ttc: "least time to collision (TTC)",
    min_mttc: "least time to collision, accelerating (MTTC)",
    min_pet: "least post-encroachment time (PET)",
    min_thw: "least time headway (THW)",
    min_gap: "least gap to the lead",
    min_side_gap: "least gap at the side",
    max_drac: "greatest deceleration to avoid a crash (DRAC)",
    max_btn: "greatest brake threat number (BTN)",
    tet: "time exposed to a short TTC (TET)",
    tit: "integrated short TTC (TIT)",
  },
  "Safety margins": {
    min_rss_margin: "least RSS margin ahead",
    min_rss_side_margin: "least RSS margin at the side",
    min_r157_margin: "least UN R157 margin ahead",
  },
  Collisions: {
    collisions: "collisions",
    at_fault_collisions: "collisions at fault",
    impact_speed: "impact speed",
    delta_v: "change of speed in the impact (Δv)",
  },
  Motion: {
    mean_speed: "mean speed",
    max_speed: "top speed",
    max_overspeed: "most above the speed limit",
    max_accel: "hardest acceleration",
    max_decel: "hardest deceleration",
    max_jerk: "greatest jerk",
    max_lateral_accel: "greatest lateral acceleration",
    max_yaw_rate: "greatest yaw rate",
  },
  Lane: {
    max_lateral_error: "greatest distance from the lane's center",
    min_edge_distance: "least distance to the edge",
  },
  Perception: {
    lead_unseen: "time with an unseen lead",
    lead_imagined: "time with an imagined lead",
  },
  Drive: { progress: "distance covered", duration: "duration" },
};

// GAPS name what is compared over time, where no row above is of the same quantity.
const GAPS = {
  steer: "steering angle",
  speed_limit: "speed limit",
  rss_distance: "RSS distance ahead",
  rss_side_distance: "RSS distance at the side",
};

// QUANTITIES are the compared quantities of the rows that have another name.
const QUANTITIES = { max_decel: "accel", mean_speed: "" };

// measuresOf returns groups of rows: name, unit, true and believed value, and the
// believed value less the true one where that was largest. Measures that no group knows
// come last.
function measuresOf(values) {
  const left = new Set(Object.keys(values));
  const take = (key) => (left.delete(key) ? values[key] : undefined);
  const row = (key, name) => {
    const gap = `belief_gap_${QUANTITIES[key] ?? key.replace(/^(min|max)_/, "")}`;
    const cells = { name, unit: unitOf(key), truth: take(key), believed: take(`believed_${key}`) };
    return { ...cells, gap: key === "max_accel" && `max_decel` in values ? undefined : take(gap) };
  };
  const groups = Object.entries(MEASURES).map(([group, names]) => ({
    group,
    rows: Object.entries(names).map(([key, name]) => row(key, name)),
  }));
  const gaps = Object.entries(GAPS).map(([key, name]) => {
    const gap = `belief_gap_${key}`;
    return { name, unit: unitOf(gap), gap: take(gap) };
  });
  groups.push({ group: "Other gaps between belief and truth", rows: gaps });
  groups.push({ group: "Other", rows: [...left].sort().map((key) => ({ name: plain(key), unit: unitOf(key), truth: values[key] })) });
  const told = ({ truth, believed, gap }) => [truth, believed, gap].some((v) => v !== undefined);
  return groups.map((g) => ({ ...g, rows: g.rows.filter(told) })).filter((g) => g.rows.length > 0);
}

// unitOf returns the unit of a measure as it is written behind a number.
const unitOf = (key) => (report.units[key] && report.units[key] !== "1" ? ` ${report.units[key]}` : "");

// measureTable writes the measures of a case.
function measureTable(values) {
  const groups = measuresOf(values);
  const any = (column) => groups.some((g) => g.rows.some((r) => r[column] !== undefined));
  const compared = any("believed");
  const apart = any("gap");
  const text = (v, unit) => (unit === "" && Number.isInteger(v) ? String(v) : figure(v));
  const cell = (v, unit, name) =>
    el("td", { class: `n ${name}` }, v !== undefined && [text(v, unit), el("span", { class: "soft" }, unit)]);
  const head = (text, title) => el("th", { class: "n", scope: "col", title }, text);
  return el(
    "table",
    { class: "small measures-table" },
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        el("td"),
        head("true"),
        compared && head("believed"),
        apart && head("gap", "believed less true, where the difference was largest"),
      ),
    ),
    groups.map(({ group, rows }) =>
      el(
        "tbody",
        { "data-group": group },
        el("tr", {}, el("th", { class: "group", colspan: 2 + compared + apart, scope: "rowgroup" }, group)),
        rows.map((r) =>
          el(
            "tr",
            {},
            el("th", { scope: "row" }, r.name),
            cell(r.truth, r.unit, ""),
            compared && cell(r.believed, r.unit, "belief"),
            apart && cell(r.gap, r.unit, "gap"),
          ),
        ),
      ),
    ),
  );
}
