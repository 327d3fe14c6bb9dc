package video

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"slices"
	"strings"

	"golang.org/x/image/font"

	"roadloop/perception"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/sim/raster"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Views are the views of a video: the camera, the car from behind, the road from above,
// or the camera and the road side by side.
var Views = []string{"camera", "chase", "top", "split"}

// Overlays are the overlays of the views.
var Overlays = []string{"detections", "tracks", "plan"}

// Options select the content and the size of the frames.
type Options struct {
	View     string   // one of Views
	Camera   string   // of the camera view; "" for the front camera
	Overlays []string // some of Overlays
	Size     image.Point
}

// Bounds of the size of a frame, px.
const (
	minSide = 64
	maxSide = 4096
)

// check returns an error for the first invalid option.
func (o *Options) check() error {
	if !slices.Contains(Views, o.View) {
		return fmt.Errorf("view %s: want one of %s", runner.ShellQuote(o.View), strings.Join(Views, ", "))
	}
	for _, name := range o.Overlays {
		if !slices.Contains(Overlays, name) {
			return fmt.Errorf("overlay %s: want some of %s", runner.ShellQuote(name), strings.Join(Overlays, ", "))
		}
	}
	if s := o.Size; s.X < minSide || s.Y < minSide || s.X > maxSide || s.Y > maxSide {
		return fmt.Errorf("size %d×%d: width and height must be %d to %d pixels", s.X, s.Y, minSide, maxSide)
	}
	return nil
}

// Renderer renders the decisions of one drive. It is not safe for concurrent use.
type Renderer struct {
	options       Options
	plan          *runner.Spec
	stage         *scene.Builder
	faces         map[float64]font.Face
	list          scene.List
	chase         sensor.Camera
	chaseRenderer *raster.Renderer
	above         *above // the road from above; nil before its first frame

	lastFrame *sensor.Frame // the latest camera frame
	lastImage *perception.Image
	camera    *image.RGBA // lastFrame as an image
}

// New returns an artist for a drive of a case.
func New(plan *runner.Spec, o Options) (*Renderer, error) {
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("film: %w", err)
	}
	if o.Camera != "" {
		if _, _, err := plan.Drive.Rig.Camera(o.Camera); err != nil {
			return nil, fmt.Errorf("film: %w", err)
		}
	} else {
		o.Camera = plan.Drive.Rig.FrontCamera()
	}
	st, err := scene.NewBuilder(plan.Drive.World.Map)
	if err != nil {
		return nil, fmt.Errorf("film: %w", err)
	}
	return &Renderer{options: o, plan: plan, stage: st, faces: map[float64]font.Face{}}, nil
}

// Observe processes a decision without drawing it. A camera image stays visible until the
// next one. So callers pass all decisions in order, even those that they do not draw.
func (a *Renderer) Observe(f *timeline.Step) {
	if frame := f.Frame(a.options.Camera); frame != nil {
		a.lastFrame, a.lastImage, a.camera = frame, f.Image(a.options.Camera), nil
	}
}

// Draw renders a decision. v is the verdict of the drive, nil for none.
func (a *Renderer) Draw(f *timeline.Step, v *runner.Verdict) *image.RGBA {
	a.Observe(f)
	size := a.options.Size
	im := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(im, im.Rect, image.NewUniform(background), image.Point{}, draw.Src)
	c := &canvas{to: im, scale: float64(size.X) / 1280, faces: a.faces}
	bar := min(max(int(52*c.scale), 22), size.Y/3)
	area := image.Rect(0, 0, size.X, size.Y-bar)
	switch a.options.View {
	case "camera":
		a.drawCamera(c.on(area))
	case "chase":
		a.drawChase(c.on(area), f)
	case "top":
		a.drawTop(c.on(area), f)
	case "split":
		left := area.Dx() * 3 / 4
		a.drawCamera(c.on(image.Rect(0, 0, left, area.Max.Y)))
		a.drawTop(c.on(image.Rect(left, 0, area.Max.X, area.Max.Y)), f)
	}
	a.drawCaption(c.on(image.Rect(0, area.Max.Y, size.X, size.Y)), f, v)
	return im
}

// shows reports whether an overlay is selected.
func (a *Renderer) shows(overlay string) bool { return slices.Contains(a.options.Overlays, overlay) }

// Colors around the views; package palette has the others.
var (
	background = color.RGBA{18, 21, 25, 255}
	ink        = color.RGBA{236, 239, 241, 255}
	faint      = color.RGBA{150, 158, 166, 255}
	shade      = color.RGBA{9, 10, 12, 190} // behind text on an image
)
