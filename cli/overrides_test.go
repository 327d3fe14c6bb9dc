package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/drivers"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// verify finds a difference if the recorded overrides are not those of the drive, and film
// drives with them.
func TestForgedOverrides(t *testing.T) {
	dir := files(t, map[string]string{"short.yaml": short})
	command(t, exitOK, "run", filepath.Join(dir, "short.yaml"), "--perception", "oracle", "--trace", dir)
	path := filepath.Join(dir, "short-1.trace")
	forge(t, path)
	if out, _ := command(t, exitFailed, "verify", path); !strings.Contains(out, "in layer world") {
		t.Errorf("verify says %q", out)
	}
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

// forge adds overrides to a trace.
func forge(t *testing.T, path string) {
	t.Helper()
	recorded, err := trace.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	recorded.Overrides = []trace.Override{{Record: 3, Command: vehicle.Command{Accel: -5}}}
	data, err := recorded.Encode()
	if err == nil {
		err = os.WriteFile(path, data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
