package cli

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// process returns the roadloop command as a separate process.
func process(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "roadloop", args...)
	cmd.Env = append(os.Environ(), "GITHUB_ACTIONS=")
	return cmd
}

// pipe makes a named pipe.
func pipe(t *testing.T, dir, name string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// notes is the stderr of a process. It closes found when the process has written a text.
type notes struct {
	text  bytes.Buffer
	await string
	found chan struct{}
}

func (n *notes) Write(p []byte) (int, error) {
	before := strings.Contains(n.text.String(), n.await)
	n.text.Write(p)
	if !before && strings.Contains(n.text.String(), n.await) {
		close(n.found)
	}
	return len(p), nil
}

// running is a process that the test waits for.
type running struct {
	*exec.Cmd
	talk  bytes.Buffer
	ended chan struct{}
}

func start(t *testing.T, cmd *exec.Cmd) *running {
	t.Helper()
	r := &running{Cmd: cmd, ended: make(chan struct{})}
	if cmd.Stderr == nil {
		cmd.Stderr = &r.talk
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = cmd.Wait() // the exit code is looked at
		close(r.ended)
	}()
	return r
}

// until waits for a condition.
func (r *running) until(t *testing.T, done func() bool) {
	t.Helper()
	for !done() {
		select {
		case <-r.ended:
			t.Fatalf("the process has ended: exit code %d: %s", r.ProcessState.ExitCode(), &r.talk)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// exitCode waits for the exit code.
func (r *running) exitCode() int {
	<-r.ended
	return r.ProcessState.ExitCode()
}

// One signal ends every command that waits for a named pipe, with exit code 130.
func TestSignalEndsReading(t *testing.T) {
	dir := files(t, map[string]string{"short.yaml": short})
	short := filepath.Join(dir, "short.yaml")
	for name, args := range map[string][]string{
		"scenario":  {"run", "PIPE"},
		"scenarios": {"test", "PIPE"},
		"results":   {"merge", "PIPE"},
		"factors":   {"factors", "PIPE"},
		"baseline":  {"test", short, "--perception", "oracle", "--baseline", "PIPE"},
		"model":     {"run", short, "--model", "PIPE"},
		"trace":     {"verify", "PIPE"},
		"film":      {"film", "PIPE.trace", "--out", filepath.Join(dir, "a.gif")},
		"from":      {"train", "--from", "PIPE", "--out", filepath.Join(dir, "run")},
		"replay":    {"replay", "PIPE", "--out", filepath.Join(dir, "page.html")},
		"data":      {"data", "--from", "PIPE", "--out", filepath.Join(dir, "data")},
		"drives":    {"policy", "train", "drive-highway-v0", "--algorithm", "bc", "--data", "PIPE", "--out", filepath.Join(dir, "bc")},
		"record":    {"policy", "record", "drive-highway-v0", "PIPE", "--out", filepath.Join(dir, "drives.rld")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fifo := "pipe"
			if name == "film" {
				fifo = "pipe.trace"
			}
			path := pipe(t, t.TempDir(), fifo)
			for i, a := range args {
				args[i] = strings.Replace(a, "PIPE", strings.TrimSuffix(path, ".trace"), 1)
			}
			p := start(t, process(t, args...))
			var writer *os.File
			p.until(t, func() bool { // the pipe opens without blocking once it has a reader
				var err error
				writer, err = os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
				return err == nil
			})
			defer writer.Close()
			if err := p.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if code := p.exitCode(); code != exitInterrupted || !strings.Contains(p.talk.String(), "interrupted") {
				t.Errorf("exit code %d: %s", code, &p.talk)
			}
		})
	}
}

// The second signal ends a command that cannot react to the first one: here it blocks on
// writing its results to a pipe without reader.
func TestSecondSignalExitsImmediately(t *testing.T) {
	for _, kind := range []os.Signal{syscall.SIGINT, syscall.SIGTERM} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		const setPipeSize, page = 1031, 4096 // F_SETPIPE_SZ of Linux
		if _, _, e := syscall.Syscall(syscall.SYS_FCNTL, w.Fd(), setPipeSize, page); e != 0 {
			t.Skip(e)
		}
		cmd := process(t, "list", "--json") // longer than two pages
		talk := &notes{await: "send the signal again", found: make(chan struct{})}
		cmd.Stdout, cmd.Stderr = w, talk
		p := start(t, cmd)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(r, make([]byte, 1)); err != nil { // it writes: signals are handled
			t.Fatal(err)
		}
		for _, wait := range []chan struct{}{talk.found, p.ended} {
			if err := p.Process.Signal(kind); err != nil {
				t.Fatal(err)
			}
			select {
			case <-wait:
			case <-p.ended:
			}
		}
		if code := p.exitCode(); code != exitInterrupted {
			t.Errorf("%v: exit code %d: %s", kind, code, &talk.text)
		}
	}
}
