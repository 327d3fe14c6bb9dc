// The data of the page.

const report = JSON.parse(byId("data").textContent);
report.cases ??= [];

// verdictOf returns the verdict of a case.
const verdictOf = (c) => (c.passed ? "passed" : c.invalid ? "invalid" : "failed");

report.cases.forEach((c, index) => {
  c.index = index;
  c.verdict = verdictOf(c);
  c.about = report.about?.[c.scenario] ?? { name: c.scenario };
  c.tags = c.about.tags ?? [];
});

// whoDrove describes the drivers of a case, with their times if there are several.
const whoDrove = (c) => c.driversText ?? `${c.driver}, ${c.perception}`;

// unpack returns the replay of a case.
const unpack = async (c) => decodeReplay(await unzip(`replay-${c.index}`).json());

// filmOf returns an object URL of the video of a case. The caller revokes it.
const filmOf = (c) => URL.createObjectURL(new Blob([bytesOf(`film-${c.index}`)], { type: "video/mp4" }));
