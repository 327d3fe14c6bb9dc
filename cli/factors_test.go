package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/scenarios/analysis"
)

// gridScenario varies the start of the ego, which makes no difference on an endless road,
// and its speed, which does.
const gridScenario = `version: 1
name: Wishing
map: {kind: straight, lanes: 2, length: 300 m, speed_limit: 50 km/h}
ego: {lane: 0, s: 20 m, speed: 12 m/s}
until: {time: 0.5 s}
expect: {progress: 5.5 m}
vary:
  ego.speed: {any: [9 m/s, 12 m/s]}
  ego.s: {from: 20 m, to: 90 m, steps: 8}
`

func TestFactors(t *testing.T) {
	dir := files(t, map[string]string{"wishing.yaml": gridScenario})
	write := func(name string, code int, args ...string) string {
		out, _ := command(t, code, oracleTest(append(args, filepath.Join(dir, "wishing.yaml"), "--json")...)...)
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(out), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	grid := write("grid.json", exitFailed, "--full")
	table, _ := command(t, exitOK, "factors", grid, "--alike", "ego.s")
	if !strings.Contains(table, "ego.speed") || !strings.Contains(table, "8 of 8") || !strings.Contains(table, "higher") {
		t.Errorf("the table of factors:\n%s", table)
	}
	out, _ := command(t, exitFailed, "factors", grid, "--alike", "ego.s,ego.speed", "--json")
	var s analysis.Sensitivity
	if err := json.Unmarshal([]byte(out), &s); err != nil || s.Schema != analysis.SensitivitySchema || s.Comparisons == 0 {
		t.Errorf("%v: the document of factors:\n%s", err, out)
	}
	_, says := command(t, exitInput, "factors", grid, "--alike", "ego.color")
	if !strings.Contains(says, `--alike: no cases differ in "ego.color" alone`) {
		t.Errorf("an unknown parameter: %s", says)
	}
	_, says = command(t, exitInput, "factors", write("seeds.json", exitFailed, "--seeds", "1-4"))
	if !strings.Contains(says, "seeds.json: no two of the 4 cases differ in one parameter alone") {
		t.Errorf("cases of seeds: %s", says)
	}
}
