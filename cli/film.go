package cli

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"roadloop/drivers"
	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/scenarios/video"
	"roadloop/sim/clock"
	"roadloop/trace"
)

type filmFlags struct {
	driverFlags
	quiet    bool
	out      string
	view     string
	camera   string
	overlays []string
	size     string
	at       time.Duration
	picked   bool // --at was given
	viewed   bool // --view was given
	from, to time.Duration
	rate     float64
}

func newFilm(r *drivers.Registry) *cobra.Command {
	f := filmFlags{driverFlags: driverFlags{registry: r}}
	cmd := &cobra.Command{
		Use:   "film CASE|TRACE",
		Short: "Make a video or a picture of a drive",
		Long: `Drive a case, or re-drive a trace, and render it as MP4, GIF or PNG, by the extension
of --out. No display is needed. The camera view shows the frames that the network read,
with its detections. The chase and top views show the true world, with the believed
scene and the plan. Renderings of the same drive as PNG or GIF have the same bytes.
Missing folders are created. A scenario name alone stands for its case of seed 1.`,
		Example: `  roadloop film cut-in/3 --out drive.mp4                   camera and top view
  roadloop film cut-in/3 --out hit.gif --from 4s --to 9s   a short clip
  roadloop film zebra/1 --out zebra.png --at 6.3s --view chase
  roadloop film my.yaml --out left.mp4 --view camera --camera camera-left
  roadloop film out/cut-in-3.trace --out again.mp4         a recorded drive
  roadloop film cut-in/3 --out clean.mp4 --view camera --overlay none --size 640x384`,
		Args: oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.checkFlags(cmd, args[0]); err != nil {
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
	fl.StringVar(&f.out, "out", "", "output `file`: .mp4, .gif or .png (required)")
	choiceVar(fl, &f.view, "view", "split", video.Views, strings.Join(video.Views, ", ")+";\nwithout --view, a drive with ground truth has no camera frames and is shown as chase")
	fl.StringVar(&f.camera, "camera", "", "`camera` of the views camera and split, such as camera-left (default the front camera)")
	fl.StringSliceVar(&f.overlays, "overlay", video.Overlays, "overlays to draw, or none")
	fl.StringVar(&f.size, "size", "1280x720", "`size` in pixels, such as 640x384")
	durationVar(fl, &f.at, "at", 0, "time of a PNG (default: the end)")
	durationVar(fl, &f.from, "from", 0, "start time of the video")
	durationVar(fl, &f.to, "to", 0, "end time of the video (default: the end of the drive)")
	floatVar(fl, &f.rate, "rate", 0, "a number above 0 and ≤ 20", func(v float64) bool { return v > 0 && v <= decisionRate }, "frames per second of simulated time, up to 20 (default 20 for MP4, 10 for GIF)")
	f.register(fl)
	fl.BoolVar(&f.quiet, "quiet", false, "hide progress")
	return cmd
}

// decisionRate is the number of decisions per second.
const decisionRate = float64(clock.PerSecond / clock.DriverPeriod)

// isPNG reports whether the output is a single image.
func (f *filmFlags) isPNG() bool { return strings.EqualFold(filepath.Ext(f.out), ".png") }

// checkFlags rejects flags that have no effect.
func (f *filmFlags) checkFlags(cmd *cobra.Command, name string) error {
	f.picked, f.viewed = cmd.Flag("at").Changed, cmd.Flag("view").Changed
	if strings.HasSuffix(name, ".trace") {
		if err := refuseFlags(cmd, "has no effect: "+name+" names the driver", "driver", "perception"); err != nil {
			return err
		}
	} else if err := f.check(); err != nil {
		return err
	}
	if f.view != "camera" && f.view != "split" {
		if err := refuseFlags(cmd, "has no effect without a camera view", "camera"); err != nil {
			return err
		}
	}
	if f.isPNG() {
		return refuseFlags(cmd, "has no effect on a PNG; use --at", "from", "to", "rate")
	}
	return refuseFlags(cmd, "is for a PNG; use --from and --to", "at")
}

// film renders a case or a trace and returns the path of the video.
func (f *filmFlags) film(ctx context.Context, name string, stderr io.Writer) (path string, err error) {
	options, err := f.options()
	if err != nil {
		return "", err
	}
	if err := checkFiles(sideFile{"--out", f.out}); err != nil {
		return "", err
	}
	t, done, err := f.drive(ctx, name, stderr)
	if err != nil {
		return "", err
	}
	defer func() {
		if e := done(); err == nil {
			err = e
		}
	}()
	if !f.viewed && t.DriverIDAt(0).Perception == runner.Oracle {
		options.View = "chase" // there are no camera frames to show
	}
	shots, rate, err := f.shots(t)
	if err != nil {
		return "", err
	}
	artist, err := video.New(t.Plan(), options)
	if err != nil {
		return "", err
	}
	return f.out, f.render(ctx, t, artist, shots, rate, newMeter(stderr, len(shots), "picture", f.quiet))
}

// options parses the drawing flags.
func (f *filmFlags) options() (video.Options, error) {
	var w, h int
	if n, err := fmt.Sscanf(f.size+" ", "%dx%d ", &w, &h); n != 2 || err != nil {
		return video.Options{}, fmt.Errorf("--size %q: must be pixels such as 1280x720", f.size)
	}
	if f.out == "" {
		return video.Options{}, fmt.Errorf("--out is required, such as --out drive.mp4")
	}
	if err := video.CheckName(f.out); err != nil {
		return video.Options{}, fmt.Errorf("--out %w", err)
	}
	overlays := f.overlays
	if len(overlays) == 1 && overlays[0] == "none" {
		overlays = nil
	}
	return video.Options{View: f.view, Camera: f.camera, Overlays: overlays, Size: image.Pt(w, h)}, nil
}

// drive drives a case or re-drives a trace to its end. Call done at the end.
func (f *filmFlags) drive(ctx context.Context, name string, stderr io.Writer) (t *timeline.Timeline, done func() error, err error) {
	open := func() (*startedDrive, error) { return f.start(ctx, name) }
	if strings.HasSuffix(name, ".trace") {
		open = func() (*startedDrive, error) { return f.restart(name) }
	}
	b, err := await(ctx, open)
	if err != nil {
		return nil, nil, err
	}
	t, done = b.tape, b.done
	if f.camera != "" {
		if _, _, err := t.Plan().Drive.Rig.Camera(f.camera); err != nil {
			_ = done() // the first error matters
			return nil, nil, named("--camera", err)
		}
	}
	m := newMeter(stderr, b.maxDecisions(), "decision", f.quiet)
	for more := true; more && err == nil && t.Len() != b.last; {
		more, err = t.Step(ctx, nil)
		m.at(t.Len())
	}
	m.clear()
	if err != nil {
		_ = done() // the first error matters
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	return t, done, nil
}

// startedDrive is a started drive.
type startedDrive struct {
	tape *timeline.Timeline
	last int // number of decisions; -1 for a drive to the end of the case
	done func() error
}

// maxDecisions returns an upper bound of the number of decisions.
func (b *startedDrive) maxDecisions() int {
	if b.last >= 0 {
		return b.last
	}
	return int(b.tape.Plan().Drive.Duration/clock.DriverPeriod) + 1
}

// start starts a case.
func (f *filmFlags) start(ctx context.Context, name string) (*startedDrive, error) {
	if _, _, one := scenarios.SplitCaseName(name); !one {
		name += "/1"
	}
	c, err := scenarios.FindCase(name)
	if err != nil {
		return nil, err
	}
	if err := runner.Check(ctx, c.Scenario); err != nil {
		return nil, err
	}
	plan, err := runner.Compile(c)
	if err != nil {
		return nil, err
	}
	id, err := f.registry.Resolve(f.id)
	if err != nil {
		return nil, err
	}
	factory, err := f.registry.Open(id)
	if err != nil {
		return nil, err
	}
	t, err := timeline.New(plan, factory.Driver)
	if err != nil {
		_ = factory.Close() // the first error matters
		return nil, err
	}
	t.SetDriverID(id)
	return &startedDrive{t, -1, factory.Close}, nil
}

// restart starts re-driving a trace, with its overrides and changes, up to its last
// recorded decision.
func (f *filmFlags) restart(path string) (*startedDrive, error) {
	recorded, err := trace.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool, err := recordedDrivers(f.registry, &recorded.Header, f.id.Model)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	t, err := timeline.Open(recorded, pool.Open)
	if err != nil {
		_ = pool.Close() // the first error matters
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	last := -1
	if recorded.Header.Cut {
		last = len(recorded.Records)
	}
	return &startedDrive{t, last, pool.Close}, nil
}

// shots returns the decisions to render, and their number per second.
func (f *filmFlags) shots(t *timeline.Timeline) (shots []int, rate float64, err error) {
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
		return nil, 0, fmt.Errorf("--from %v --to %v: the range is empty; the drive ends at %v", f.from, f.to, end)
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

// lookBack is the number of decisions before the first frame of the video that may
// still supply the visible camera frame.
const lookBack = 40

// render renders the shots and writes them.
func (f *filmFlags) render(ctx context.Context, t *timeline.Timeline, artist *video.Renderer, shots []int, rate float64, m *meter) error {
	w, err := video.Create(f.out, rate)
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
			artist.Observe(t.StepAt(seen))
		}
		if err := w.Add(artist.Draw(t.StepAt(i), &verdict)); err != nil {
			return errors.Join(err, w.Discard())
		}
		m.at(done + 1)
	}
	return w.Close()
}
