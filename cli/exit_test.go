package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/drivers"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/video"
	"roadloop/trace"
)

// short is a scenario of half a second that passes.
const short = `version: 1
name: short
map: {kind: straight}
ego: {lane: 0, s: 20 m, speed: 10 m/s}
until: {time: 0.5 s}
`

// obstacle adds a box 2 m ahead of the car, which drives at 10 m/s.
const obstacle = "actors: [{id: rock, kind: box, lane: 0, s: 26 m, speed: 0 m/s}]\n"

// files writes files into a new folder and returns it.
func files(t *testing.T, contents map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range contents {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestExitCodes(t *testing.T) {
	dir := files(t, map[string]string{
		"short.yaml":    short,
		"fails.yaml":    short + "expect: {progress: 500 m}\n",
		"hopeless.yaml": short + obstacle,
		"hopeful.yaml":  short + obstacle + "preventable: {is: true, because: one can always hope}\n",
		"unknown.yaml":  short + "colour: red\n",
		"unit.yaml":     strings.Replace(short, "10 m/s", "10 parsecs", 1),
		"lane.yaml":     strings.Replace(short, "lane: 0", "lane: 77", 1),
		"old.trace":     "roadloop trace 9\n{}\n",
		"cut.trace":     "roadloop trace 1\n{\"scenario\"",
		"cut.rlm":       "roadloop model 1\nabc",
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct {
		name string
		args []string
		code int
		says string // on standard error
	}{
		{"passes", []string{"run", at("short.yaml"), "--perception", "oracle"}, exitOK, ""},
		{"fails", []string{"run", at("fails.yaml"), "--perception", "oracle"}, exitFailed, ""},
		{"unknown field", []string{"run", at("unknown.yaml")}, exitInput, "unknown.yaml:6"},
		{"unknown unit", []string{"run", at("unit.yaml")}, exitInput, "unit.yaml:4:32: ego.speed"},
		{"no such lane", []string{"run", at("lane.yaml")}, exitInput, "there is no lane 77"},
		{"no such file", []string{"run", at("nothing.yaml")}, exitInput, "nothing.yaml"},
		{"misspelled scenario", []string{"run", "cut-inn"}, exitInput, `did you mean "cut-in"?`},
		{"reversed seeds", []string{"run", "cut-in", "--seeds", "5-1"}, exitInput, "--seeds"},
		{"unpreventable failure", []string{"run", at("hopeless.yaml"), "--perception", "oracle"}, exitFailed, ""},
		{"unpreventable failure, allowed", []string{"run", at("hopeless.yaml"), "--perception", "oracle", "--allow-unpreventable"}, exitOK, ""},
		{"preventable failure", []string{"run", at("hopeful.yaml"), "--perception", "oracle", "--allow-unpreventable"}, exitFailed, ""},
		{"unknown driver", []string{"run", "--driver", "human", "--perception", "oracle"}, exitInput, `"human" for "--driver" flag: must be one of stack, cc`},
		{"explains a passing case", []string{"explain", at("short.yaml"), "--perception", "oracle"}, exitOK, ""},
		{"explains a failing case", []string{"explain", at("fails.yaml"), "--perception", "oracle"}, exitFailed, ""},
		{"unknown fault", []string{"explain", at("short.yaml"), "--perception", "oracle", "--fault", "nonsense"}, exitInput, "no fault matches"},
		{"several faults", []string{"explain", at("short.yaml"), "--perception", "oracle", "--fault", "guard-*"}, exitInput, "names 2 faults"},
		{"fault of another driver", []string{"explain", at("short.yaml"), "--perception", "oracle", "--fault", "camera-yaw"}, exitInput, "no layer sensor"},
		{"shrinks a passing case", []string{"shrink", at("short.yaml"), "--perception", "oracle"}, exitInput, "nothing to shrink"},
		{"shrinks a failing case", []string{"shrink", at("fails.yaml"), "--perception", "oracle", "--out", at("shrunk.yaml")}, exitOK, "scenario: " + at("shrunk.yaml")},
		{"runs with an unknown fault", []string{"run", at("short.yaml"), "--perception", "oracle", "--fault", "nonsense"}, exitInput, "no fault matches"},
		{"runs with a fault of another perception", []string{"run", at("short.yaml"), "--perception", "oracle", "--fault", "camera-yaw"}, exitInput, "no layer sensor"},
		{"runs another driver with a fault", []string{"run", at("short.yaml"), "--perception", "oracle", "--driver", "fsm", "--fault", "guard-off"}, exitInput, "layers of the stack"},
		{"traces a fault", []string{"run", at("short.yaml"), "--perception", "oracle", "--fault", "guard-off", "--trace", dir}, exitInput, "cannot be verified"},
		{"runs with a fault", []string{"run", "braking-lead", "--perception", "oracle", "--fault", "cars-ignored", "--explain", "1"}, exitFailed, ""},
		{"mutates with an unknown fault", []string{"mutate", "nonsense"}, exitInput, "no fault matches"},
		{"faults that survive", []string{"mutate", "cyclists-ignored", "--cases", at("short.yaml"), "--seeds", "1"}, exitFailed, ""},
		{"faults that are caught", []string{"mutate", "heading-believed-left", "--cases", "curve/1", "--seeds", "1"}, exitOK, ""},
		{"unknown grid", []string{"r157", "--grid", "swerve"}, exitInput, `"swerve" for "--grid" flag`},
		{"speeds that a grid lacks", []string{"r157", "--ego", "200-300"}, exitInput, "200 to 300 km/h"},
		{"reversed speeds", []string{"r157", "--ego", "60-10"}, exitInput, "--ego"},
		{"unknown perception", []string{"run", "--perception", "sonar"}, exitInput, "sonar"},
		{"unknown flag", []string{"run", "--sped"}, exitInput, "--sped"},
		{"truncated model", []string{"run", at("short.yaml"), "--model", at("cut.rlm")}, exitInput, "cut.rlm"},
		{"missing model", []string{"eval", "--model", at("none.rlm")}, exitInput, "none.rlm"},
		{"trace of another version", []string{"verify", at("old.trace")}, exitInput, "another version"},
		{"truncated trace", []string{"verify", at("cut.trace")}, exitInput, "cut.trace"},
		{"unwritable page", []string{"run", at("short.yaml"), "--perception", "oracle", "--html", at("short.yaml/page.html")}, exitInput, "short.yaml"},
		{"list", []string{"list"}, exitOK, ""},
		{"doctor", []string{"doctor"}, exitOK, ""},
		{"version", []string{"version"}, exitOK, ""},
	} {
		var out, err bytes.Buffer
		if code := execute(c.args, &out, &err); code != c.code || !strings.Contains(err.String(), c.says) {
			t.Errorf("%s: exit code %d, want %d; standard error %q, want %q in it", c.name, code, c.code, err.String(), c.says)
		}
	}
}

// run --json prints one JSON document to stdout, and its traces verify.
func TestRunPrintsJSONAndTracesVerify(t *testing.T) {
	dir := files(t, map[string]string{"short.yaml": short})
	traces := filepath.Join(dir, "traces")
	var out, err bytes.Buffer
	args := []string{"run", filepath.Join(dir, "short.yaml"), "--perception", "oracle", "--seeds", "3-4", "--json", "--trace", traces}
	if code := execute(args, &out, &err); code != exitOK {
		t.Fatalf("exit code %d: %s", code, err.String())
	}
	var r runner.Results
	if e := json.Unmarshal(out.Bytes(), &r); e != nil {
		t.Fatal(e)
	}
	if r.Schema != runner.ResultsSchema || r.Passed != 2 || len(r.Cases) != 2 || r.Cases[1].Seed != 4 || r.Cases[0].TraceSHA256 == "" {
		t.Errorf("results: %+v", r)
	}
	for _, name := range []string{"short-3.trace", "short-4.trace"} {
		out.Reset()
		if code := execute([]string{"verify", filepath.Join(traces, name)}, &out, &err); code != exitOK || !strings.Contains(out.String(), "equal") {
			t.Errorf("%s: exit code %d, says %q %q", name, code, out.String(), err.String())
		}
	}
}

func TestR157PrintsOneDocument(t *testing.T) {
	var out, talk bytes.Buffer
	if code := execute([]string{"r157", "--grid", "cut-in", "--ego", "60", "--json"}, &out, &talk); code != exitOK || talk.Len() > 0 {
		t.Fatalf("exit code %d, standard error %q", code, talk.String())
	}
	var doc struct {
		Schema  string         `json:"schema"`
		Cases   int            `json:"cases"`
		Crashes map[string]int `json:"crashes"`
		Cells   []struct {
			Ego     float64        `json:"ego_kmh"`
			Other   float64        `json:"other_kmh"`
			Crashes map[string]int `json:"crashes"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Schema != "roadloop.r157/1" || doc.Cases != 5*1062 || len(doc.Cells) != 5 || doc.Cells[0].Crashes["fsm"] != 144 {
		t.Errorf("document %+v", doc)
	}
}

// shrink writes a scenario file that fails as its first comment says.
func TestShrunkFilesRun(t *testing.T) {
	dir := files(t, map[string]string{"fails.yaml": short + "expect: {progress: 500 m}\nweather: {rain: 0.2}\n"})
	in, out := filepath.Join(dir, "fails.yaml"), filepath.Join(dir, "shrunk.yaml")
	var stdout, stderr bytes.Buffer
	if code := execute([]string{"shrink", in, "--perception", "oracle", "--seed", "4", "--out", out}, &stdout, &stderr); code != exitOK {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(text), "# Reduced from fails/4,") || strings.Contains(string(text), "rain") {
		t.Errorf("it wrote\n%s", text)
	}
	stdout.Reset()
	if code := execute([]string{"run", out, "--perception", "oracle", "--json"}, &stdout, &stderr); code != exitFailed {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	var r runner.Results
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), r.Cases[0].Reason) {
		t.Errorf("it fails with %q, the file says\n%s", r.Cases[0].Reason, text)
	}
}

// film needs no display, and rejects bad flags before anything is driven or written.
func TestFilm(t *testing.T) {
	dir := files(t, map[string]string{"short.yaml": short})
	scenario := filepath.Join(dir, "short.yaml")
	film := func(name string, more ...string) (int, string) {
		var out, talk bytes.Buffer
		args := append([]string{"film", scenario, "--perception", "oracle", "--size", "160x96", "--out", filepath.Join(dir, name)}, more...)
		return execute(args, &out, &talk), talk.String()
	}
	for _, name := range []string{"a.mp4", "a.gif", "b.gif", "a.png"} {
		if video.CheckName(name) != nil {
			continue // MP4 without OpenCV
		}
		if code, talk := film(name); code != exitOK {
			t.Fatalf("%s: exit code %d: %s", name, code, talk)
		}
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	a, errA := os.ReadFile(filepath.Join(dir, "a.gif"))
	b, errB := os.ReadFile(filepath.Join(dir, "b.gif"))
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Errorf("the same drive gave two GIFs (%v, %v)", errA, errB)
	}
	for _, c := range []struct {
		name, says string
		more       []string
	}{
		{"a.avi", ".mp4, .gif, .png", nil},
		{"c.png", "the drive ends at", []string{"--at", "9s"}},
		{"c.gif", "--at is for a PNG", []string{"--at", "0.1s"}},
		{"c.gif", "the range is empty", []string{"--from", "3s"}},
		{"c.png", "has no effect on a PNG", []string{"--from", "0.1s"}},
		{"c.gif", "--rate", []string{"--rate", "NaN"}},
		{"c.gif", "--rate", []string{"--rate", "50"}},
		{"c.gif", "camera, chase, top, split", []string{"--view", "inside"}},
		{"c.gif", "detections, tracks, plan", []string{"--overlay", "stars"}},
		{"c.gif", "--size", []string{"--size", "wide"}},
	} {
		if code, talk := film(c.name, c.more...); code != exitInput || !strings.Contains(talk, c.says) {
			t.Errorf("%s %v: exit code %d: %s", c.name, c.more, code, talk)
		}
		if _, err := os.Stat(filepath.Join(dir, c.name)); c.name == "c.gif" && err == nil {
			t.Errorf("%v: a file was written", c.more)
		}
	}
}

// film of a trace re-drives it, overrides included.
func TestFilmOfTraceHasItsOverrides(t *testing.T) {
	dir := files(t, map[string]string{"short.yaml": short})
	command(t, exitOK, "run", filepath.Join(dir, "short.yaml"), "--perception", "oracle", "--trace", dir)
	path := filepath.Join(dir, "short-1.trace")
	forge(t, path)
	recorded, err := trace.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f := filmFlags{driverFlags: driverFlags{registry: drivers.New()}}
	filmed, done, err := f.drive(context.Background(), path, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	for i := range recorded.Records {
		if frame := filmed.StepAt(i); frame.Overridden != (uint32(i) == recorded.Overrides[0].Record) {
			t.Errorf("decision %d: manual: %v", i, frame.Overridden)
		}
	}
}
