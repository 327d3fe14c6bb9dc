package cli

import (
	"bytes"
	"testing"

	"roadloop/drivers"
)

// A data set is evaluated as a whole without --frames, and a part of it is announced.
func TestFramesOfDataSet(t *testing.T) {
	for _, c := range []struct {
		name         string
		args         []string
		quiet, json  bool
		frames, want int
		note         string
	}{
		{name: "all", frames: 2500, want: 2500},
		{name: "part", args: []string{"--frames", "2000"}, frames: 2500, want: 2000, note: "first 2000 of 2500 frames\n"},
		{name: "more than there are", args: []string{"--frames", "9"}, frames: 3, want: 3},
		{name: "quiet", args: []string{"--frames", "2"}, quiet: true, frames: 3, want: 2},
		{name: "JSON", args: []string{"--frames", "2"}, json: true, frames: 3, want: 2},
	} {
		cmd := newEval(&drivers.Registry{})
		if err := cmd.ParseFlags(c.args); err != nil {
			t.Fatal(err)
		}
		count, err := cmd.Flags().GetInt("frames")
		if err != nil {
			t.Fatal(err)
		}
		e := evalFlags{data: "set", count: count, quiet: c.quiet, asJSON: c.json}
		if err := e.check(cmd); err != nil {
			t.Fatal(err)
		}
		var stderr bytes.Buffer
		e.limit(c.frames, &stderr)
		if e.count != c.want || stderr.String() != c.note {
			t.Errorf("%s: %d frames and the note %q, want %d and %q", c.name, e.count, stderr.String(), c.want, c.note)
		}
	}
}
