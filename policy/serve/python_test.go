package serve

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// python is the interpreter of the tests of the Python package.
const python = "/usr/bin/python3"

// runPython runs a test of the Python package with a server of this process.
func runPython(t *testing.T, file string) {
	t.Helper()
	s := newSite(t)
	dir, err := filepath.Abs("../../python")
	if err != nil {
		t.Fatal(err)
	}
	// The cache of test results knows the files that this process opens.
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			_, err = os.ReadFile(path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	path := dir
	if g := os.Getenv("ROADLOOP_GYMNASIUM"); g != "" {
		path += string(os.PathListSeparator) + g
	}
	cmd := exec.CommandContext(t.Context(), python, "-B", "-W", "ignore::ResourceWarning", filepath.Join(dir, "tests", file))
	cmd.Env = append(os.Environ(), "PYTHONPATH="+path, "ROADLOOP_ADDRESS=unix:"+s.unix, "ROADLOOP_TCP=tcp:"+s.tcp)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", file, err, out)
	}
}

// needPython skips the test if the interpreter or a module is missing.
func needPython(t *testing.T, module string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), python, "-c", "import "+module)
	if g := os.Getenv("ROADLOOP_GYMNASIUM"); g != "" {
		cmd.Env = append(os.Environ(), "PYTHONPATH="+g)
	}
	if err := cmd.Run(); err != nil {
		t.Skipf("%s cannot import %s: %v", python, module, err)
	}
}

// The package keeps the rules of Gymnasium, Stable-Baselines3 and its own.
func TestPython(t *testing.T) {
	needPython(t, "numpy")
	runPython(t, "test_env.py")
}

// Gymnasium's own checks, with the one that the environment variable ROADLOOP_GYMNASIUM
// names or that is installed.
func TestGymnasium(t *testing.T) {
	needPython(t, "gymnasium")
	runPython(t, "test_gymnasium.py")
}
