package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"roadloop"
	"roadloop/drivers"
	"roadloop/internal/opencv"
	"roadloop/perception"
	"roadloop/policy/policytest"
	"roadloop/scenarios"
	"roadloop/scenarios/report"
	"roadloop/sim/sensor"
	"roadloop/sim/vehicle"
)

// programs are the command lines of scripts: the standard one, and one with a driver of its
// own.
var programs = map[string]func() *drivers.Registry{
	"roadloop": drivers.New,
	"mine": func() *drivers.Registry {
		r := drivers.New()
		r.RegisterPolicy("bold", []byte("not a policy"))
		r.Register("still", func(*roadloop.Case, perception.Perceiver) (roadloop.Driver, error) { return still{}, nil })
		return r
	},
}

// The test binary runs as the programs.
func TestMain(m *testing.M) {
	commands := map[string]func(){}
	for name, registry := range programs {
		commands[name] = func() { os.Exit(Main(registry())) }
	}
	testscript.Main(m, commands)
}

// still is a driver without layers that only brakes.
type still struct{}

func (still) Drive(context.Context, *sensor.Observation) (roadloop.Decision, error) {
	return roadloop.Decision{Command: vehicle.Command{Accel: -3}}, nil
}
func (s still) Clone() roadloop.Driver { return s }
func (still) Stack() *roadloop.Stack   { return nil }

// Each command has scripts that begin with its name, and foreign.txtar is of another program.
func TestScripts(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "")
	untrained := map[string][]byte{"drive-highway-v0": policytest.Untrained(t, policytest.Spec(t, "drive-highway-v0"))}
	slow, foreign := policytest.Spec(t, "drive-highway-v0"), policytest.Spec(t, "drive-highway-v0")
	slow.Rate, foreign.Task = 5, "highway-fast-v0"
	untrained["slow"], untrained["foreign"] = policytest.Untrained(t, slow), policytest.Untrained(t, foreign)
	dir, err := filepath.Abs("testdata/script") // the working directory changes
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": scriptExits, "json": scriptJSON, "results": scriptResults, "await": scriptAwait,
			"untrained": func(ts *testscript.TestScript, _ bool, args []string) { // untrained drive-highway-v0 p.rlp
				ts.Check(os.WriteFile(ts.MkAbs(args[1]), untrained[args[0]], 0o600))
			},
		},
		Condition: func(name string) (bool, error) {
			switch name {
			case "opencv":
				return opencv.Included, nil
			case "replay": // the build has the program of pages
				_, err := report.BundledProgram()
				return err == nil, nil
			}
			return false, fmt.Errorf("unknown condition %q", name)
		},
	})
}

// Every command has a script, and a help text with an example.
func TestEveryCommandHasAScript(t *testing.T) {
	for _, c := range newRoot(drivers.New(), "roadloop", io.Discard).Commands() {
		if found, _ := filepath.Glob("testdata/script/" + c.Name() + "*.txtar"); len(found) == 0 {
			t.Errorf("no script for %s", c.Name())
		}
		if c.Example == "" {
			t.Errorf("%s has no example", c.Name())
		}
	}
}

// workingDir guards the working directory of the process.
var workingDir sync.Mutex

// scriptExits runs a program and checks its exit code: exits 2 roadloop run nothing. It runs
// in this process, because starting a process with OpenCV takes longer than most commands;
// exec roadloop starts one.
func scriptExits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 || programs[args[1]] == nil {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS…")
	}
	workingDir.Lock()
	defer workingDir.Unlock()
	before, err := os.Getwd()
	ts.Check(err)
	ts.Check(os.Chdir(ts.MkAbs(".")))
	code := runArgs(programs[args[1]](), args[1], args[2:], ts.Stdout(), ts.Stderr())
	ts.Check(os.Chdir(before))
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// scriptJSON checks a value in a JSON document: json stdout cases.0.passed true. Without a
// value the path must exist, and with "!" it must not.
func scriptJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 && (neg || len(args) != 3) {
		ts.Fatalf("usage: json FILE PATH VALUE, or [!] json FILE PATH")
	}
	var value any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &value))
	found := true
	for key := range strings.SplitSeq(args[1], ".") {
		switch v := value.(type) {
		case map[string]any:
			value, found = v[key]
		case []any:
			i, err := strconv.Atoi(key)
			if found = err == nil && i < len(v); found {
				value = v[i]
			}
		default:
			found = false
		}
		if !found {
			break
		}
	}
	if found == neg {
		ts.Fatalf("%s: has %s: %v", args[0], args[1], found)
	}
	if len(args) == 3 {
		if text := fmt.Sprint(value); text != args[2] {
			ts.Fatalf("%s: %s is %q, want %q", args[0], args[1], text, args[2])
		}
	}
}

// scriptResults checks that a file is a results document of the published schema: results
// stdout.
func scriptResults(ts *testscript.TestScript, _ bool, args []string) {
	c := jsonschema.NewCompiler()
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(scenarios.ResultsJSONSchema))
	ts.Check(err)
	ts.Check(c.AddResource("results.json", schema))
	compiled, err := c.Compile("results.json")
	ts.Check(err)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(ts.ReadFile(args[0])))
	ts.Check(err)
	ts.Check(compiled.Validate(doc))
}

// scriptAwait waits until a background program has written something to a file: await
// out/.tmp-*.
func scriptAwait(ts *testscript.TestScript, _ bool, args []string) {
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		found, _ := filepath.Glob(ts.MkAbs(args[0]))
		for _, path := range found {
			if info, err := os.Stat(path); err == nil && info.Size() > 0 {
				return
			}
		}
	}
	ts.Fatalf("no file %s", args[0])
}
