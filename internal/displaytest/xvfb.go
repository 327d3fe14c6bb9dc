package displaytest

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Start starts a display with additional arguments of Xvfb and returns its name. It ends
// with the test, which is skipped where there is no Xvfb.
func Start(t testing.TB, args ...string) string {
	t.Helper()
	path, err := exec.LookPath("Xvfb")
	if err != nil {
		t.Skip("there is no Xvfb: ", err)
	}
	named, names, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer named.Close()
	args = append(args, "-displayfd", "3", "-screen", "0", "1280x720x24", "-nolisten", "tcp")
	c := exec.Command(path, args...)
	c.ExtraFiles = []*os.File{names}
	err = c.Start()
	names.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// The exit status does not matter.
		_ = c.Process.Signal(os.Interrupt)
		_ = c.Wait()
	})
	number, err := bufio.NewReader(named).ReadString('\n')
	if err != nil {
		t.Fatal("waiting for the display: ", err)
	}
	return ":" + strings.TrimSpace(number)
}
