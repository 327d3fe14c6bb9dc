package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"roadloop/scenarios"
	"roadloop/scenarios/film"
	"roadloop/scenarios/film/codec"
	"roadloop/scenarios/tape"
	"roadloop/sim/clock"
)

// filmFlags are the flags of the film command.
type filmFlags struct {
	run      runFlags // who drives
	out      string
	view     string
	overlays []string
	size     string
	at       time.Duration
	picked   bool // at was given
	from, to time.Duration
	rate     float64
}

func newFilm() *cobra.Command {
	var f filmFlags
	cmd := &cobra.Command{
		Use:   "film CASE|TRACE",
		Short: "Make a video or a picture of a drive",
		Long: `Drive a case, or a recorded one again, and film it: MP4, GIF or PNG, by the name of
--out. It needs no display. The camera shows what the network read, with what it
found; chase and top show the true world, with what was believed of it and planned.
PNG and GIF of the same drive have the same bytes. A folder that is missing is made.
The name of a scenario alone stands for its case of seed 1.`,
		Example: `  roadloop film cut-in/3 --out drive.mp4                   the camera and the road from above
  roadloop film cut-in/3 --out hit.gif --from 4s --to 9s   a part, to put on a page
  roadloop film zebra/1 --out zebra.png --at 6.3s --view chase
  roadloop film out/cut-in-3.trace --out again.mp4         a recorded drive
  roadloop film cut-in/3 --out clean.mp4 --view camera --overlay none --size 640x384`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.explicit(cmd, args[0]); err != nil {
				return err
			}
			path, err := f.film(cmd.Context(), args[0], cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), path)
			return err
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.out, "out", "", "`file` to write: .mp4, .gif or .png (required)")
	choiceVar(fl, &f.view, "view", "split", film.Views, strings.Join(film.Views, ", "))
	fl.StringSliceVar(&f.overlays, "overlay", film.Overlays, "what to draw into the views, or none")
	fl.StringVar(&f.size, "size", "1280x720", "`pixels` across and down")
	durationVar(fl, &f.at, "at", 0, "time of the picture, for a PNG (default the end)")
	durationVar(fl, &f.from, "from", 0, "time at which the film begins")
	durationVar(fl, &f.to, "to", 0, "time at which it ends (default the end of the drive)")
	floatVar(fl, &f.rate, "rate", 0, "a number above 0 and up to 20", func(v float64) bool { return v > 0 && v <= decisionRate }, "pictures a second of simulated time, up to 20 (default 20 for MP4, 10 for GIF)")
	choiceVar(fl, &f.run.driver, "driver", scenarios.Stack, scenarios.Drivers(), "who drives a case, as of roadloop run")
	choiceVar(fl, &f.run.perception, "perception", scenarios.CNN, perceptions, "cnn, cnn-opencv or oracle, for a case")
	fl.StringVar(&f.run.model, "model", "", "model `file`, or small, instead of the network that comes along")
	fl.BoolVar(&f.run.quiet, "quiet", false, "no progress")
	return cmd
}

// decisionRate is the number of decisions a second.
const decisionRate = float64(clock.PerSecond / clock.DriverPeriod)

// isPNG reports whether a single picture is made.
func (f *filmFlags) isPNG() bool { return strings.EqualFold(filepath.Ext(f.out), ".png") }

// explicit refuses flags that have no effect on what is filmed.
func (f *filmFlags) explicit(cmd *cobra.Command, name string) error {
	f.picked = cmd.Flag("at").Changed
	if strings.HasSuffix(name, ".trace") {
		if err := refuseFlags(cmd, "has no effect: "+name+" says who drove", "driver", "perception"); err != nil {
			return err
		}
	} else if f.run.perception == scenarios.Oracle && f.run.model != "" {
		return fmt.Errorf("--model %s: --perception %s uses no network", f.run.model, f.run.perception)
	}
	if f.isPNG() {
		return refuseFlags(cmd, "has no effect: a PNG is one picture, of the time --at", "from", "to", "rate")
	}
	return refuseFlags(cmd, "is for a PNG; a film takes --from and --to", "at")
}

// film makes the film of a case or a trace and returns its path.
func (f *filmFlags) film(ctx context.Context, name string, talk io.Writer) (path string, err error) {
	options, err := f.options()
	if err != nil {
		return "", err
	}
	if err := checkFiles(sideFile{"--out", f.out}); err != nil {
		return "", err
	}
	t, done, err := f.drive(ctx, name, talk)
	if err != nil {
		return "", err
	}
	defer func() {
		if e := done(); err == nil {
			err = e
		}
	}()
	shots, rate, err := f.shots(t)
	if err != nil {
		return "", err
	}
	artist, err := film.New(t.Plan(), options)
	if err != nil {
		return "", err
	}
	return f.out, f.expose(ctx, t, artist, shots, rate, newMeter(talk, len(shots), "pictures", f.run.quiet))
}

// options reads what to draw from the flags.
func (f *filmFlags) options() (film.Options, error) {
	var w, h int
	if n, err := fmt.Sscanf(f.size+" ", "%dx%d ", &w, &h); n != 2 || err != nil {
		return film.Options{}, fmt.Errorf("--size %q: want pixels such as 1280x720", f.size)
	}
	if f.out == "" {
		return film.Options{}, fmt.Errorf("--out is missing: name the file to write, such as drive.mp4")
	}
	if ext := strings.ToLower(filepath.Ext(f.out)); !slices.Contains(codec.Extensions, ext) {
		return film.Options{}, fmt.Errorf("--out %s: want a name that ends in %s", f.out, strings.Join(codec.Extensions, ", "))
	}
	overlays := f.overlays
	if len(overlays) == 1 && overlays[0] == "none" {
		overlays = nil
	}
	return film.Options{View: f.view, Overlays: overlays, Size: image.Pt(w, h)}, nil
}

// drive drives a case, or a recorded drive again, to its end. What done returns is to
// be called in the end.
func (f *filmFlags) drive(ctx context.Context, name string, talk io.Writer) (t *tape.Tape, done func() error, err error) {
	open := f.begin
	if strings.HasSuffix(name, ".trace") {
		open = f.again
	}
	b, err := await(ctx, func() (*begun, error) { return open(name) })
	if err != nil {
		return nil, nil, err
	}
	t, done = b.tape, b.done
	m := newMeter(talk, b.most(), "decisions", f.run.quiet)
	for more := true; more && err == nil && t.Len() != b.last; {
		more, err = t.Step(ctx, nil)
		m.at(t.Len())
	}
	m.clear()
	if err != nil {
		_ = done() // the first error is the one that tells
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	return t, done, nil
}

// begun is a drive that begins.
type begun struct {
	tape *tape.Tape
	last int // number of decisions, -1 for a drive to the case's own end
	done func() error
}

// most returns how many decisions the drive has at most.
func (b *begun) most() int {
	if b.last >= 0 {
		return b.last
	}
	return int(b.tape.Plan().Drive.Duration/clock.DriverPeriod) + 1
}

// begin begins to drive a case, to its own end.
func (f *filmFlags) begin(name string) (*begun, error) {
	if _, _, one := scenarios.CutCase(name); !one {
		name += "/1"
	}
	c, err := scenarios.FindCase(name)
	if err != nil {
		return nil, err
	}
	plan, err := c.Compile()
	if err != nil {
		return nil, err
	}
	weights, err := perceptionWeights(&f.run)
	if err != nil {
		return nil, err
	}
	crew, err := crewOf(f.run.driver, f.run.perception, weights)()
	if err != nil {
		return nil, err
	}
	t, err := tape.New(plan, crew.Driver)
	if err != nil {
		_ = crew.Close() // the first error is the one that tells
		return nil, err
	}
	return &begun{t, -1, crew.Close}, nil
}

// again begins to drive a trace again, with its hands and changes, as far as it was
// recorded.
func (f *filmFlags) again(path string) (*begun, error) {
	trace, err := readTrace(path)
	if err != nil {
		return nil, err
	}
	shelf, err := shelfFor(&trace.Header, f.run.model)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	t, err := tape.Open(trace, shelf.crew)
	if err != nil {
		_ = shelf.close() // the first error is the one that tells
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	last := -1
	if trace.Header.Cut {
		last = len(trace.Records)
	}
	return &begun{t, last, shelf.close}, nil
}

// shots returns the decisions to show, and how many of them a second.
func (f *filmFlags) shots(t *tape.Tape) (shots []int, rate float64, err error) {
	last := t.Len() - 1
	end := time.Duration(float64(last) / decisionRate * float64(time.Second))
	index := func(d time.Duration) int { return int(math.Round(d.Seconds() * decisionRate)) }
	if f.isPNG() {
		at := last
		if f.picked {
			at = index(f.at)
		}
		if at > last {
			return nil, 0, fmt.Errorf("--at %v: the drive ends at %v", f.at, end)
		}
		return []int{at}, 1, nil
	}
	from, to := index(f.from), last
	if f.to > 0 {
		to = min(index(f.to), last)
	}
	if from > to {
		return nil, 0, fmt.Errorf("--from %v --to %v: nothing of the drive, which ends at %v", f.from, f.to, end)
	}
	rate = f.rate
	if rate == 0 {
		rate = decisionRate
		if strings.EqualFold(filepath.Ext(f.out), ".gif") {
			rate = decisionRate / 2
		}
	}
	for k := 0; ; k++ {
		i := from + int(math.Round(float64(k)*decisionRate/rate))
		if i > to {
			return shots, rate, nil
		}
		shots = append(shots, i)
	}
}

// lookBack is how many decisions before the first shot may have brought the picture of
// the camera that is still in sight.
const lookBack = 40

// expose draws the shots and writes them.
func (f *filmFlags) expose(ctx context.Context, t *tape.Tape, artist *film.Artist, shots []int, rate float64, m *meter) error {
	w, err := codec.Create(f.out, rate)
	if err != nil {
		return err
	}
	verdict := t.Verdict()
	seen := max(shots[0]-lookBack, 0)
	defer m.clear()
	for done, i := range shots {
		if err := ctx.Err(); err != nil {
			return errors.Join(err, w.Discard())
		}
		for ; seen < i; seen++ {
			artist.See(t.Frame(seen))
		}
		if err := w.Add(artist.Draw(t.Frame(i), &verdict)); err != nil {
			return errors.Join(err, w.Discard())
		}
		m.at(done + 1)
	}
	return w.Close()
}
