package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asRoadloop makes this test binary run the command line that it holds, separated by
// newlines.
const asRoadloop = "ROADLOOP_TEST_COMMAND"

// TestCommandForSignals is no test: other tests run it in a process of its own.
func TestCommandForSignals(t *testing.T) {
	line := os.Getenv(asRoadloop)
	if line == "" {
		t.Skip("run by other tests")
	}
	os.Exit(execute(strings.Split(line, "\n"), os.Stdout, os.Stderr))
}

// A film that is interrupted or terminated leaves nothing behind.
func TestSignalsLeaveNoFilm(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		dir := t.TempDir()
		cmd := exec.Command(os.Args[0], "-test.run", "^TestCommandForSignals$")
		args := []string{"film", "headway/1", "--perception", "oracle", "--view", "chase", "--out", filepath.Join(dir, "a.mp4")}
		cmd.Env = append(os.Environ(), asRoadloop+"="+strings.Join(args, "\n"))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		begun := func() bool {
			entries, err := os.ReadDir(dir)
			return err == nil && len(entries) > 0
		}
		for deadline := time.Now().Add(2 * time.Minute); !begun() && time.Now().Before(deadline); {
			time.Sleep(10 * time.Millisecond)
		}
		if !begun() {
			t.Error("no film was begun")
		}
		if err := cmd.Process.Signal(signal); err != nil {
			t.Error(err)
		}
		if _ = cmd.Wait(); cmd.ProcessState.ExitCode() != exitInterrupted { // the exit code is what counts
			t.Errorf("%v: %v, want exit code %d", signal, cmd.ProcessState, exitInterrupted)
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
			t.Errorf("after %v %v are left (%v)", signal, entries, err)
		}
	}
}
