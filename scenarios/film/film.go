// Package film draws pictures of a drive in software, for files: what the camera saw
// with what the network found in it, the car from behind, the road from above, with
// what was believed and planned, and a caption. The same drive gives the same pixels.
// It writes no files; package codec does.
package film

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"slices"
	"strings"

	"golang.org/x/image/font"

	"roadloop/perception"
	"roadloop/scenarios"
	"roadloop/scenarios/tape"
	"roadloop/sim/raster"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
	"roadloop/sim/stage"
)

// Views are what a film can show: the camera, the car from behind, the road from
// above, or the camera and the road side by side.
var Views = []string{"camera", "chase", "top", "split"}

// Overlays are what can be drawn into the views.
var Overlays = []string{"detections", "tracks", "plan"}

// Options say what to draw.
type Options struct {
	View     string   // one of Views
	Overlays []string // some of Overlays
	Size     image.Point
}

// Bounds of the size of a picture.
const (
	leastSide = 64
	mostSide  = 4096
)

// check reports the first option that makes no sense.
func (o *Options) check() error {
	if !slices.Contains(Views, o.View) {
		return fmt.Errorf("view %s: want one of %s", scenarios.Quote(o.View), strings.Join(Views, ", "))
	}
	for _, name := range o.Overlays {
		if !slices.Contains(Overlays, name) {
			return fmt.Errorf("overlay %s: want some of %s", scenarios.Quote(name), strings.Join(Overlays, ", "))
		}
	}
	if s := o.Size; s.X < leastSide || s.Y < leastSide || s.X > mostSide || s.Y > mostSide {
		return fmt.Errorf("a size of %d×%d pixels: want %d to %d each way", s.X, s.Y, leastSide, mostSide)
	}
	return nil
}

// Artist draws the decisions of one drive. It is not safe for concurrent use.
type Artist struct {
	options Options
	plan    *scenarios.Plan
	stage   *stage.Stage
	faces   map[float64]font.Face
	list    scene.List
	chase   sensor.Camera
	behind  *raster.Renderer
	carpet  scene.Mesh // the plan, laid on the road
	ground  *ground    // of the view from above; nil before its first frame

	seen   *sensor.Frame // the latest picture of the camera
	read   *perception.Image
	camera *image.RGBA // seen, as an image
}

// New returns an artist for a drive of a case.
func New(plan *scenarios.Plan, o Options) (*Artist, error) {
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("film: %w", err)
	}
	st, err := stage.New(plan.Drive.World.Map)
	if err != nil {
		return nil, fmt.Errorf("film: %w", err)
	}
	return &Artist{options: o, plan: plan, stage: st, faces: map[float64]font.Face{}}, nil
}

// See takes in a decision without drawing it. A picture of the camera stays in sight
// until the next: who draws a decision shows those before it first.
func (a *Artist) See(f *tape.Frame) {
	if f.Camera != nil {
		a.seen, a.read, a.camera = f.Camera, nil, nil
	}
	if len(f.Images) > 0 && f.Camera != nil {
		a.read = &f.Images[len(f.Images)-1]
	}
}

// Draw draws a decision of a drive that ended in a verdict.
func (a *Artist) Draw(f *tape.Frame, v *scenarios.Verdict) *image.RGBA {
	a.See(f)
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

// shows reports whether an overlay is asked for.
func (a *Artist) shows(overlay string) bool { return slices.Contains(a.options.Overlays, overlay) }

// Colors of the picture around the views; see palette for the rest.
var (
	background = color.RGBA{18, 21, 25, 255}
	ink        = color.RGBA{236, 239, 241, 255}
	faint      = color.RGBA{150, 158, 166, 255}
	shade      = color.RGBA{9, 10, 12, 190} // behind text on a picture
)
