package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"roadloop"

	"github.com/rogpeppe/go-internal/testscript"

	"roadloop/cli"
	"roadloop/drivers"
	"roadloop/layertest"
	"roadloop/oracle"
	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/sim/clock"
	"roadloop/trace"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"ownplanner": main,
		"roadloop":   func() { os.Exit(cli.Main(drivers.New())) },
	})
}

// The commands know the driver.
func TestCommands(t *testing.T) { testscript.Run(t, testscript.Params{Dir: "testdata"}) }

// The driver keeps the contract of all drivers.
func TestCruise(t *testing.T) {
	c, err := scenarios.FindCase("unprotected-left/1")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := runner.Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	drive := spec.Drive
	drive.Blind, drive.Duration = true, 3*clock.PerSecond
	layertest.Driver(t, &drive, func() (roadloop.Driver, error) { return newCruise(&drive, oracle.NewPerceiver(&drive.Rig)) })
}

// The window drives with the planner and records a trace that the commands verify.
func TestWindowKnowsTheDriver(t *testing.T) {
	if _, err := exec.LookPath("xvfb-run"); err != nil {
		t.Skip("there is no display: ", err)
	}
	home := t.TempDir()
	window := filepath.Join(home, "window")
	if out, err := exec.Command("go", "build", "-tags", "window", "-o", window).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	c := exec.Command("xvfb-run", "-a", window, "red-light/1", "--driver", "cruise", "--perception", "oracle")
	c.Env = append(slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "XDG_") }), "HOME="+home)
	c.Stderr = os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // to end the display with the window
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var found []string
	for deadline := time.Now().Add(2 * time.Minute); len(found) == 0 && time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		found, _ = filepath.Glob(filepath.Join(home, "roadloop/drives/[^.]*.trace"))
	}
	if err := syscall.Kill(-c.Process.Pid, syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	_ = c.Wait() // it was ended
	if len(found) == 0 {
		t.Fatal("the window recorded no drive")
	}
	recorded, err := trace.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	if want := (trace.DriverID{Name: "cruise", Perception: "oracle"}); recorded.Header.DriverID != want || len(recorded.Records) < 20 {
		t.Errorf("%d decisions of %v", len(recorded.Records), recorded.Header.DriverID)
	}
	if out, err := exec.Command("ownplanner", "verify", found[0]).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
