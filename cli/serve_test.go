package cli

import (
	"os"
	"os/exec"
	"testing"
)

// The Python package starts the server by itself, and ends it, also when Python is killed.
func TestPythonStartsTheServer(t *testing.T) {
	const python = "/usr/bin/python3"
	if err := exec.CommandContext(t.Context(), python, "-c", "import numpy").Run(); err != nil {
		t.Skipf("%s cannot import numpy: %v", python, err)
	}
	cmd := exec.CommandContext(t.Context(), python, "-B", "../python/tests/test_server.py")
	cmd.Env = append(os.Environ(), "PYTHONPATH=../python", "ROADLOOP=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
