// Names and order of the metrics of a case.

// MEASURES are the groups of metrics. Each metric has its key in the results and a name.
const MEASURES = {
  Conflicts: {
    min_ttc: "minimum time to collision (TTC)",
    min_mttc: "minimum time to collision, accelerating (MTTC)",
    min_pet: "minimum post-encroachment time (PET)",
    min_thw: "minimum time headway (THW)",
    min_gap: "minimum gap to the lead",
    min_side_gap: "minimum gap at the side",
    max_drac: "maximum deceleration to avoid a crash (DRAC)",
    max_btn: "maximum brake threat number (BTN)",
    tet: "time exposed TTC (TET)",
    tit: "time integrated TTC (TIT)",
  },
  "Safety margins": {
    min_rss_margin: "minimum RSS margin ahead",
    min_rss_side_margin: "minimum RSS margin at the side",
    min_r157_margin: "minimum UN R157 margin ahead",
  },
  Collisions: {
    collisions: "collisions",
    at_fault_collisions: "collisions at fault",
    impact_speed: "impact speed",
    delta_v: "change of speed in the impact (Δv)",
  },
  Motion: {
    mean_speed: "mean speed",
    max_speed: "maximum speed",
    max_overspeed: "maximum speed above the limit",
    max_accel: "maximum acceleration",
    max_decel: "maximum deceleration",
    max_jerk: "maximum jerk",
    max_lateral_accel: "maximum lateral acceleration",
    max_yaw_rate: "maximum yaw rate",
  },
  Lane: {
    max_lateral_error: "maximum distance from the lane center",
    min_edge_distance: "minimum distance to the edge",
  },
  Perception: {
    lead_unseen: "time with an undetected lead",
    lead_imagined: "time with a false lead",
  },
  Drive: { progress: "distance covered", duration: "duration" },
};

// GAPS are the names of compared quantities that have no row above.
const GAPS = {
  steer: "steering angle",
  speed_limit: "speed limit",
  rss_distance: "RSS distance ahead",
  rss_side_distance: "RSS distance at the side",
};

// QUANTITIES are the compared quantities of rows with a different name.
const QUANTITIES = { max_decel: "accel", mean_speed: "" };

// measuresOf returns groups of rows: name, unit, true and believed value, and the largest
// difference, believed minus true. Metrics without a group come last.
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
  const hasValue = ({ truth, believed, gap }) => [truth, believed, gap].some((v) => v !== undefined);
  return groups.map((g) => ({ ...g, rows: g.rows.filter(hasValue) })).filter((g) => g.rows.length > 0);
}

// unitOf returns the unit of a metric as a suffix of a number.
const unitOf = (key) => (report.units[key] && report.units[key] !== "1" ? ` ${report.units[key]}` : "");

// measureTable returns the table of the metrics of a case.
function measureTable(values) {
  const groups = measuresOf(values);
  const any = (column) => groups.some((g) => g.rows.some((r) => r[column] !== undefined));
  const compared = any("believed");
  const apart = any("gap");
  const text = (v, unit) => (unit === "" && Number.isInteger(v) ? String(v) : formatNumber(v));
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
        apart && head("gap", "largest difference, believed minus true"),
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
