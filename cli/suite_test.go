package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// oracleTest returns the command line of a test with an oracle.
func oracleTest(args ...string) []string {
	return append([]string{"test", "--perception", "oracle"}, args...)
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
	if !strings.Contains(says, "damaged: "+file+":2") || !strings.Contains(says, "1 of 1 case driven") {
		t.Error(says)
	}
}
