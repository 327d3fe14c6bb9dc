package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/sim/vehicle"
	"roadloop/trace"
)

// data writes a recorded drive as a demonstration, with overrides or without. verify
// finds a difference if the recorded overrides are not those of the drive.
func TestDataFromATrace(t *testing.T) {
	dir := files(t, map[string]string{"short.yaml": short})
	at := func(name string) string { return filepath.Join(dir, name) }
	command(t, exitOK, "run", at("short.yaml"), "--perception", "oracle", "--trace", at("traces"))
	recorded := at("traces/short-1.trace")
	command(t, exitOK, "data", "--from", recorded, "--out", at("lesson"))
	lines, err := os.ReadFile(at("lesson/frames.jsonl"))
	if err != nil || bytes.Count(lines, []byte("\n")) < 8 {
		t.Errorf("%v: %s", err, lines)
	}
	pictures, _ := filepath.Glob(at("lesson/pictures/*.png"))
	if len(pictures) != bytes.Count(lines, []byte("\n")) {
		t.Errorf("%d pictures for\n%s", len(pictures), lines)
	}
	if _, says := command(t, exitOK, "data", "--from", recorded, "--first", "3", "--frames", "2", "--out", at("part")); !strings.Contains(says, "wrote a demonstration of") {
		t.Errorf("it says %q", says)
	}
	if part, err := os.ReadFile(at("part/frames.jsonl")); err != nil || bytes.Count(part, []byte("\n")) != 2 || !bytes.Contains(lines, part) {
		t.Errorf("%v: decisions 3 and 4 are\n%s of\n%s", err, part, lines)
	}
	var out, says bytes.Buffer
	if code := execute([]string{"data", "--from", recorded, "--out", at("lesson")}, &out, &says); code != exitInput || !strings.Contains(says.String(), "is not empty") {
		t.Errorf("writing twice: exit %d, %s", code, says.String())
	}
	if code := execute([]string{"data", "--from", recorded, "--model", "small", "--out", at("other")}, &out, &says); code != exitOK {
		t.Errorf("a model that an oracle does not need: exit %d, %s", code, says.String())
	}
	forge(t, recorded)
	if code := execute([]string{"verify", recorded}, &out, &says); code != exitFailed || !strings.Contains(out.String(), "in layer world") {
		t.Errorf("other overrides: exit %d, %s %s", code, out.String(), says.String())
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
