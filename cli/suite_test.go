package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/suite"
)

// varied is short with a parameter, and passes at its upper end.
const varied = short + "vary: {ego.speed: {from: 9 m/s, to: 12 m/s}}\nexpect: {progress: 5.6 m}\n"

// suiteFiles writes a suite of three scenarios. One of them fails in some cases.
func suiteFiles(t *testing.T) string {
	t.Helper()
	t.Setenv("GITHUB_ACTIONS", "")
	return files(t, map[string]string{"a.yaml": short, "b.yaml": varied, "c.yaml": "preventable: false\n" + short + "expect: {progress: 500 m}\n"})
}

// command runs a command line and returns what it printed.
func command(t *testing.T, code int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	if got := execute(args, &out, &err); got != code {
		t.Fatalf("roadloop %s: exit code %d, want %d\n%s", strings.Join(args, " "), got, code, err.String())
	}
	return out.String(), err.String()
}

// oracleTest returns the command line of a test with an oracle.
func oracleTest(args ...string) []string {
	return append([]string{"test", "--perception", "oracle"}, args...)
}

func TestTestExitCodes(t *testing.T) {
	dir := suiteFiles(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{"other.json": `{"schema": "roadloop.results/9"}`, "cut.json": `{"schema": "roadloop`, "none.json": `{"schema": "roadloop.results/1", "passed": 0, "failed": 0, "invalid": 0, "cases": []}`} {
		if err := os.WriteFile(at(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"passes", oracleTest(at("a.yaml")), exitOK, ""},
		{"fails", oracleTest(at("b.yaml"), "--full"), exitFailed, "FAIL b/g000: came "},
		{"fails unpreventably", oracleTest(at("c.yaml")), exitFailed, "FAIL c/1 (unpreventable)"},
		{"fails unpreventably, allowed", oracleTest(at("c.yaml"), "--allow-unpreventable"), exitOK, "FAIL c/1 (unpreventable)"},
		{"unknown pattern", oracleTest("cut-inn"), exitInput, `did you mean "cut-in"?`},
		{"no case left", oracleTest(dir, "--tag", "moon"), exitInput, "no case is left of"},
		{"bad expression", oracleTest("--run", "("), exitInput, "--run: "},
		{"bad shard", oracleTest(dir, "--shard", "5/4"), exitInput, `--shard "5/4": want a shard such as 2/4`},
		{"bad seeds", oracleTest(dir, "--seeds", "5-1"), exitInput, "--seeds"},
		{"two suites", oracleTest("--full", "--seeds", "1-2"), exitInput, "full seeds"},
		{"bad timeout", oracleTest(dir, "--timeout", "-3s"), exitInput, `invalid argument "-3s" for "--timeout" flag: must be a duration ≥ 0`},
		{"bad driver", oracleTest(dir, "--driver", "nobody"), exitInput, `"nobody" for "--driver" flag`},
		{"resume of nothing", oracleTest(dir, "--resume"), exitInput, "--resume requires --out"},
		{"baseline of another schema", oracleTest(dir, "--baseline", at("other.json")), exitInput, "other.json: results of another schema"},
		{"truncated baseline", oracleTest(dir, "--baseline", at("cut.json")), exitInput, "cut.json:1: "},
		{"baseline of another suite", oracleTest(dir, "--baseline", at("none.json")), exitInput, "none of its 0 cases is in this run"},
		{"merge of no shard", []string{"merge", at("none.json")}, exitInput, "is not of a shard"},
		{"merge of nothing", []string{"merge", at("nothing.json")}, exitInput, "nothing.json"},
		{"merge of another schema", []string{"merge", at("other.json")}, exitInput, "another schema"},
	} {
		var out, err bytes.Buffer
		if code := execute(c.args, &out, &err); code != c.code || !strings.Contains(err.String(), c.says) {
			t.Errorf("%s: exit code %d, want %d; standard error %q, want %q in it", c.name, code, c.code, err.String(), c.says)
		}
	}
}

// The document of a suite follows the published schema, and has the same bytes for any
// number of workers and for merged shards.
func TestDocumentsOfWorkersAndShardsAreEqual(t *testing.T) {
	dir := suiteFiles(t)
	json := func(args ...string) string {
		out, _ := command(t, exitFailed, append(oracleTest(dir, "--full", "--json", "--no-wall"), args...)...)
		return out
	}
	want := json("--jobs", "1")
	checkSchema(t, want)
	if d := cmp.Diff(want, json("--jobs", "4")); d != "" {
		t.Error("four workers:", d)
	}
	var paths []string
	for _, shard := range []string{"1/3", "2/3", "3/3"} {
		var out, err bytes.Buffer // a shard may hold no failure
		if code := execute(append(oracleTest(dir, "--full", "--json"), "--shard", shard), &out, &err); code == exitInput {
			t.Fatal(err.String())
		}
		path := filepath.Join(dir, shard[:1]+".json")
		if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	merged, _ := command(t, exitFailed, append([]string{"merge", "--json", "--no-wall"}, paths...)...)
	if d := cmp.Diff(want, merged); d != "" {
		t.Error("merged:", d)
	}
	if _, says := command(t, exitInput, "merge", paths[0], paths[2]); !strings.Contains(says, "shard 2/3 is missing") {
		t.Error(says)
	}
}

func checkSchema(t *testing.T, text string) {
	t.Helper()
	c := jsonschema.NewCompiler()
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(scenarios.ResultsJSONSchema))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddResource("results.json", schema); err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.MustCompile("results.json").Validate(doc); err != nil {
		t.Error(err)
	}
}

// A failure is reported with the command that repeats it. The command fails alone, with
// the same trace.
func TestFailureRepeatsAlone(t *testing.T) {
	dir := suiteFiles(t)
	out, _ := command(t, exitFailed, oracleTest(dir, "--full", "--run", "^b/", "--json")...)
	var all runner.Results
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatal(err)
	}
	failed := all.Cases[0]
	words := strings.Fields(failed.Command) // the folder of a test has no spaces
	if failed.Passed || words[0] != "roadloop" {
		t.Fatalf("%+v", failed)
	}
	out, _ = command(t, exitFailed, append(words[1:], "--json")...)
	var one runner.Results
	if err := json.Unmarshal([]byte(out), &one); err != nil {
		t.Fatal(err)
	}
	if c := one.Cases[0]; c.TraceSHA256 != failed.TraceSHA256 || c.Reason != failed.Reason || len(c.TraceSHA256) != 64 {
		t.Errorf("alone %+v, in the suite %+v", c, failed)
	}
}

// A killed run, with a journal that ends within a line, can be resumed and ends like an
// uninterrupted one.
func TestResume(t *testing.T) {
	dir := suiteFiles(t)
	out := filepath.Join(dir, "out")
	args := oracleTest(dir, "--out", out, "--json", "--no-wall")
	whole, _ := command(t, exitFailed, args...)
	if _, err := os.Stat(filepath.Join(out, "journal.jsonl")); !os.IsNotExist(err) {
		t.Errorf("the journal is left: %v", err)
	}
	if _, err := runner.ReadResults(filepath.Join(out, "results.json")); err != nil {
		t.Error(err)
	}
	killed(t, out, whole, 4)
	if _, says := command(t, exitInput, args...); !strings.Contains(says, "use --resume to continue it") {
		t.Error(says)
	}
	if _, says := command(t, exitInput, append(args, "--resume", "--seeds", "1-2")...); !strings.Contains(says, "journal.jsonl:1: is of another run: suite quick of 9 cases, not suite seeds of 6 cases") {
		t.Error(says)
	}
	resumed, says := command(t, exitFailed, append(args, "--resume")...)
	if d := cmp.Diff(whole, resumed); d != "" {
		t.Error(d)
	}
	if !strings.Contains(says, "5 of 5 cases driven") {
		t.Errorf("says %q, want five remaining cases", says)
	}
}

// killed writes the journal of a run with n finished cases.
func killed(t *testing.T, folder, document string, n int) {
	t.Helper()
	r, err := runner.ParseResults("document", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	lines := []any{map[string]any{"journal": "roadloop.journal/1", "suite": r.Suite, "setup": r.Setup}}
	for i := range n {
		lines = append(lines, r.Cases[i])
	}
	for _, l := range lines {
		if err := e.Encode(l); err != nil {
			t.Fatal(err)
		}
	}
	b.WriteString(`{"case":"b/2","scen`)
	if err := os.WriteFile(filepath.Join(folder, "journal.jsonl"), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// With a baseline, only regressions fail the run.
func TestBaselineGates(t *testing.T) {
	dir := suiteFiles(t)
	path := filepath.Join(dir, "before.json")
	document, _ := command(t, exitFailed, oracleTest(dir, "--full", "--json")...)
	if err := os.WriteFile(path, []byte(document), 0o644); err != nil {
		t.Fatal(err)
	}
	out, _ := command(t, exitOK, oracleTest(dir, "--full", "--baseline", path)...)
	if !strings.Contains(out, "0 broken, 0 mended") {
		t.Error(out)
	}
	// A limit of simulated time makes all passed cases fail.
	out, _ = command(t, exitFailed, oracleTest(dir, "--full", "--baseline", path, "--timeout", "200ms", "--json")...)
	checkSchema(t, out)
	var doc struct {
		Comparison struct {
			Regressions int
			Flips       []struct{ Case, Reason string }
		}
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatal(err)
	}
	if c := doc.Comparison; c.Regressions != 2 || len(c.Flips) != 2 || !strings.Contains(c.Flips[0].Reason, "was not over after 0.20 s") {
		t.Errorf("%+v", c)
	}
}

// A case that passed in the baseline and fails now fails the run, whatever its label.
func TestBaselineGatesUnpreventableCases(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "")
	dir := files(t, map[string]string{"d.yaml": "preventable: false\n" + short})
	scenario, path := filepath.Join(dir, "d.yaml"), filepath.Join(dir, "before.json")
	document, _ := command(t, exitOK, oracleTest(scenario, "--seeds", "1", "--json")...)
	if err := os.WriteFile(path, []byte(document), 0o644); err != nil {
		t.Fatal(err)
	}
	broken := oracleTest(scenario, "--seeds", "1", "--timeout", "200ms", "--allow-unpreventable")
	command(t, exitOK, broken...)
	if out, _ := command(t, exitFailed, append(broken, "--baseline", path)...); !strings.Contains(out, "d/1 (unpreventable) fails now") {
		t.Error(out)
	}
}

// New, removed and changed cases are counted before anything is driven, and the others
// are compared, so that a change that adds a scenario can be gated.
func TestBaselineOfOtherCases(t *testing.T) {
	dir := suiteFiles(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	document, _ := command(t, exitFailed, oracleTest(at("a.yaml"), at("b.yaml"), "--seeds", "1", "--json")...)
	if err := os.WriteFile(at("before.json"), []byte(document), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("a.yaml"), []byte(strings.Replace(short, "20 m", "21 m", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	out, says := command(t, exitOK, oracleTest(at("a.yaml"), at("c.yaml"), "--seeds", "1", "--baseline", at("before.json"), "--allow-unpreventable")...)
	if !strings.HasPrefix(says, "baseline: 1 new, 1 removed, 1 changed cases\n") {
		t.Errorf("before driving it says %q", says)
	}
	for _, line := range []string{"not compared, new: c/1", "not compared, gone: b/1", "not compared, changed: a/1", "against the baseline, 0 cases of both runs"} {
		if !strings.Contains(out, line) {
			t.Errorf("%q is not in %s", line, out)
		}
	}
	out, _ = command(t, exitFailed, oracleTest(at("a.yaml"), at("c.yaml"), "--seeds", "1", "--baseline", at("before.json"), "--json")...)
	checkSchema(t, out)
	// A baseline without common cases is rejected before anything is driven.
	_, says = command(t, exitInput, oracleTest(at("c.yaml"), "--seeds", "1", "--baseline", at("before.json"))...)
	if !strings.Contains(says, "none of its 2 cases is in this run") || strings.Contains(says, "driven") {
		t.Error(says)
	}
}

// A finished run is not driven again, and other results are not overwritten.
func TestResumeOfAFinishedRun(t *testing.T) {
	dir := suiteFiles(t)
	out := filepath.Join(dir, "out")
	args := oracleTest(dir, "--out", out, "--json")
	whole, _ := command(t, exitFailed, args...)
	kept, err := os.ReadFile(filepath.Join(out, "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	again, says := command(t, exitFailed, append(args, "--resume")...)
	if again != whole || !strings.Contains(says, "nothing left to drive") || strings.Contains(says, "cases driven") {
		t.Errorf("says %q, and prints other results: %v", says, again != whole)
	}
	for _, other := range [][]string{{"--seeds", "1-2"}, {"--full"}, {"--shard", "1/2"}, {"--driver", "cc"}} {
		for _, resume := range []bool{false, true} {
			other := append(args, other...)
			if resume {
				other = append(other, "--resume")
			}
			if _, says := command(t, exitInput, other...); !strings.Contains(says, "--out: ") || strings.Contains(says, "cases driven") {
				t.Errorf("%v: %s", other, says)
			}
		}
	}
	if now, err := os.ReadFile(filepath.Join(out, "results.json")); err != nil || !bytes.Equal(now, kept) {
		t.Errorf("the results are others now, %v", err)
	}
}

// A damaged journal record is reported, and its case is driven again.
func TestResumeAfterDamage(t *testing.T) {
	dir := suiteFiles(t)
	out := filepath.Join(dir, "out")
	args := oracleTest(dir, "--out", out, "--json", "--no-wall")
	whole, _ := command(t, exitFailed, args...)
	r, err := runner.ParseResults("document", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(out, "results.json")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(out, "journal.jsonl")
	j, err := suite.CreateJournal(file, suite.JournalHeader{Suite: r.Suite, Setup: r.Setup})
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Cases {
		if err := j.Add(&r.Cases[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	broken := bytes.Replace(data, []byte(`"min_speed":`), []byte(`"min_speeds":`), 1)
	if bytes.Equal(broken, data) {
		broken = bytes.Replace(data, []byte(`"sim_seconds":0.5`), []byte(`"sim_seconds":0.7`), 1)
	}
	if err := os.WriteFile(file, broken, 0o644); err != nil {
		t.Fatal(err)
	}
	resumed, says := command(t, exitFailed, append(args, "--resume")...)
	if d := cmp.Diff(whole, resumed); d != "" {
		t.Error(d)
	}
	if !strings.Contains(says, "damaged: "+file+":2") || !strings.Contains(says, "1 of 1 cases driven") {
		t.Error(says)
	}
}

func TestTestWritesItsFiles(t *testing.T) {
	dir := suiteFiles(t)
	at := func(name string) string { return filepath.Join(dir, "out", name) }
	summary := filepath.Join(dir, "step.md")
	t.Setenv("GITHUB_ACTIONS", "true")
	t.Setenv("GITHUB_STEP_SUMMARY", summary)
	_, says := command(t, exitFailed, oracleTest(dir, "--full", "--junit", at("junit.xml"), "--markdown", at("comment.md"), "-v", "--trace", at("traces"))...)
	for path, part := range map[string]string{at("junit.xml"): `failures="3"`, at("comment.md"): "| b/g000 | fail | came ", summary: "| b/g000 | fail |"} {
		data, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(data), part) {
			t.Errorf("%s: %v, want %q in %s", path, err, part, data)
		}
	}
	for _, part := range []string{"::error file=" + filepath.Join(dir, "b.yaml") + ",title=b/g000::came ", "::error file=" + filepath.Join(dir, "c.yaml") + ",title=c/g000", "ok   a/g000  0.5 s in "} {
		if !strings.Contains(says, part) {
			t.Errorf("%q is not in %s", part, says)
		}
	}
	command(t, exitOK, "verify", at("traces/b-g001.trace"))
}

func TestListNamesCases(t *testing.T) {
	dir := suiteFiles(t)
	out, _ := command(t, exitOK, "test", dir, "--full", "--list", "--shard", "2/2")
	if out != "b/g000\nb/g002\n" {
		t.Errorf("%q", out)
	}
	out, _ = command(t, exitOK, "test", dir, "--full", "--list", "--run", "b/g001", "--json")
	var list []struct {
		Case       string
		Parameters []scenarios.Parameter
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) != 1 || list[0].Case != "b/g001" || list[0].Parameters[0].Value != "10.5 m/s" {
		t.Errorf("%s, %v", out, err)
	}
}
