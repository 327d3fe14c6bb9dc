// Package imitation writes imitation data: the camera images of a drive with the
// executed commands. The drive comes from a trace of any driver, also a human.
//
// A demonstration is a folder:
//
//	demonstration.json  scenario, driver, verdict and camera; see About
//	frames.jsonl        one Frame per line, in order of time
//	pictures/           one PNG per frame, named by the number of the decision
//	README.md           description of the format
//
// The package writes an image before its line, each line at once, and demonstration.json
// last. After an interruption all lines have complete images, and demonstration.json is
// missing.
package imitation

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"

	"github.com/dustin/go-humanize/english"

	"roadloop/internal/fileio"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim/sensor"
	"roadloop/trace"
)

// Schema is the version of the format.
const Schema = "roadloop.demonstration/1"

// Metadata describes a demonstration.
type Metadata struct {
	Schema   string        `json:"schema"`
	Scenario string        `json:"scenario"`
	Case     string        `json:"case"`
	Seed     uint64        `json:"seed"`
	Driver   string        `json:"driver"` // that decided when no human drove
	Trace    string        `json:"trace"`  // SHA-256 of its records
	Frames   int           `json:"frames"`
	ByHand   int           `json:"by_hand"` // number of frames driven by a human
	Cut      bool          `json:"cut"`     // the recording is incomplete, or only a part of it was written
	Passed   bool          `json:"passed"`  // the verdict of the drive so far
	Reason   string        `json:"reason,omitempty"`
	Camera   sensor.Camera `json:"camera"`
}

// Frame is one decision with a camera image.
type Frame struct {
	Decision int     `json:"decision"`
	Time     float64 `json:"time"`    // of the decision, s
	Exposed  float64 `json:"exposed"` // time of the image, s
	Picture  string  `json:"picture"` // its file, relative to the folder
	Speed    float64 `json:"speed"`   // as the driver perceived it, m/s
	Steer    float64 `json:"steer"`   // executed: road wheel angle, rad, positive to the left
	Accel    float64 `json:"accel"`   // executed: m/s²
	Hands    bool    `json:"hands"`   // a human drove
	Hint
}

// Hint describes the route ahead.
type Hint struct {
	// Go is the next maneuver: follow, left, right, straight (across a junction), or
	// change (to the next lane of the route).
	Go string `json:"go"`
	// In is the distance to it, m; 0 while following.
	In float64 `json:"in"`
	// Ahead are points of the route 5, 10, 15, 20, 30 and 50 m ahead in the vehicle
	// frame: x forward and y to the left, m.
	Ahead [][2]float64 `json:"ahead"`
}

//go:embed README.md
var readme []byte

// Options select the part of a drive to write. The zero value selects all of it.
type Options struct {
	First     int       // number of the first decision to write
	Decisions int       // maximum number of decisions to write; 0 means all
	Done      func(int) // is called with the number of decisions driven so far; it may be nil
}

// end returns the number of the decision after the last one to write.
func (o *Options) end(trace *trace.Trace) (int, error) {
	all := len(trace.Records)
	if o.First < 0 || o.First >= all || o.Decisions < 0 {
		return 0, fmt.Errorf("%s from decision %d on: the trace has decisions 0 to %d", english.Plural(o.Decisions, "decision", ""), o.First, all-1)
	}
	if o.Decisions == 0 {
		return all, nil
	}
	return o.First + min(o.Decisions, all-o.First), nil
}

// Write re-simulates a trace up to the last decision to write, and writes the
// demonstration to a folder, which must be empty or not exist. After an error the written
// files stay.
func Write(ctx context.Context, trace *trace.Trace, crews timeline.OpenDriver, dir string, o Options) (err error) {
	end, err := o.end(trace)
	if err != nil {
		return err
	}
	t, err := timeline.Open(trace, crews)
	if err != nil {
		return err
	}
	l, err := begin(t, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.lines.Close()) }()
	for more := true; more && t.Len() < end; {
		if more, err = t.Step(ctx, nil); err != nil {
			return err
		}
		if err := l.writeDecision(t.Len()-1, t.Len() > o.First); err != nil {
			return err
		}
		if o.Done != nil {
			o.Done(t.Len())
		}
	}
	return l.end(trace)
}

// writer writes a demonstration.
type writer struct {
	tape   *timeline.Timeline
	dir    string
	lines  *os.File
	camera *camera
	hinter *hinter
	about  Metadata
}

func begin(t *timeline.Timeline, dir string) (*writer, error) {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return nil, fmt.Errorf("%s is not empty: a demonstration needs an empty folder", dir)
	}
	l := &writer{tape: t, dir: dir}
	var err error
	if l.camera, err = newCamera(t.Plan()); err != nil {
		return nil, err
	}
	if l.hinter, err = newHinter(&t.Plan().Drive); err != nil {
		return nil, err
	}
	if err := fileio.Write(filepath.Join(dir, "README.md"), readme); err != nil {
		return nil, err
	}
	l.lines, err = os.OpenFile(filepath.Join(dir, "frames.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	return l, err
}

// writeDecision writes decision i if it is wanted and an image had arrived.
func (l *writer) writeDecision(i int, wanted bool) error {
	f := l.tape.StepAt(i)
	if f == nil {
		return fmt.Errorf("decision %d cannot be re-simulated", i)
	}
	picture := l.camera.latestImage(f, l.tape.DriverID().Perception != runner.Oracle)
	if picture == nil || f.End || !wanted {
		return nil
	}
	out := Frame{
		Decision: i, Time: f.Time.Seconds(), Exposed: picture.Time.Seconds(), Picture: fmt.Sprintf("pictures/%06d.png", i),
		Speed: f.World.Ego().State.Speed, Steer: f.Command.Steer, Accel: f.Command.Accel, Hands: f.Overridden,
		Hint: l.hinter.hint(f.World.Ego().State.Pose),
	}
	if f.Scene != nil {
		out.Speed = f.Scene.Ego.Speed
	}
	data, err := encode(picture)
	if err == nil {
		err = fileio.Write(filepath.Join(l.dir, out.Picture), data)
	}
	if err != nil {
		return err
	}
	return l.line(&out)
}

// line appends the line of a frame.
func (l *writer) line(f *Frame) error {
	text, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("decision %d: %w", f.Decision, err)
	}
	if _, err := l.lines.Write(append(text, '\n')); err != nil {
		return err
	}
	l.about.Frames++
	if f.Hands {
		l.about.ByHand++
	}
	return nil
}

// end writes demonstration.json.
func (l *writer) end(trace *trace.Trace) error {
	h, v := &trace.Header, l.tape.Verdict()
	a := &l.about
	a.Schema, a.Scenario, a.Case, a.Seed, a.Driver = Schema, h.Scenario, h.Case, h.Seed, h.DriverID.Name
	a.Trace, a.Cut, a.Passed, a.Reason, a.Camera = trace.SHA256(), h.Cut || l.tape.Len() < len(trace.Records), v.Passed, v.Reason, *l.camera.cal
	text, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return err
	}
	return fileio.Write(filepath.Join(l.dir, "demonstration.json"), append(text, '\n'))
}

// encode returns an image as PNG.
func encode(f *sensor.Frame) ([]byte, error) {
	im := image.NewNRGBA(image.Rect(0, 0, f.Cal.Width, f.Cal.Height))
	for i := range f.Cal.Width * f.Cal.Height {
		copy(im.Pix[4*i:], f.Pix[3*i:3*i+3])
		im.Pix[4*i+3] = 255
	}
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, im)
	return b.Bytes(), err
}
