package replay

import (
	"fmt"
	"math"

	"roadloop/internal/palette"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/raster"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// camera renders images. It reuses its buffers for images of the same view and size.
type camera struct {
	view     string
	cal      sensor.Camera
	renderer *raster.Renderer
	list     scene.List
	actors   []actor.Actor
	pix      []byte
}

// views are the camera views. fov is the horizontal field of view, rad. outside reports
// whether the ego is rendered.
var views = map[string]struct {
	mount   sensor.Mount
	fov     float64
	outside bool
}{
	"driver": {sensor.FrontCamera().Mount, 65 * math.Pi / 180, false},
	"chase":  {sensor.Mount{X: -9.5, Z: 4, Pitch: .17}, 60 * math.Pi / 180, true},
	"above":  {sensor.Mount{X: -17, Z: 30, Pitch: .85}, 55 * math.Pi / 180, true},
}

const (
	// maxSide limits the width and the height of images, px.
	maxSide = 2048
	// horizon is the distance of the principal point above the center of the image, as a
	// share of its height. It is that of the front camera.
	horizon = 8. / 192
)

// configure sets the view and the size of images.
func (c *camera) configure(view string, width, height int) error {
	v, ok := views[view]
	switch {
	case !ok:
		return fmt.Errorf("view %q: want driver, chase or above", view)
	case width < 1 || height < 1 || width > maxSide || height > maxSide:
		return fmt.Errorf("image of %d×%d pixels: width and height must be 1 to %d", width, height, maxSide)
	case c.renderer != nil && c.view == view && c.cal.Width == width && c.cal.Height == height:
		return nil
	}
	w, h := float64(width), float64(height)
	f := w / 2 / math.Tan(v.fov/2)
	c.view = view
	c.cal = sensor.Camera{Name: view, Mount: v.mount, Width: width, Height: height, Fx: f, Fy: f, Cx: w / 2, Cy: h/2 - horizon*h}
	c.renderer = raster.New(&c.cal, raster.Channels{})
	c.pix = make([]byte, 4*width*height)
	return nil
}

// ImageRequest selects the content and the size of an image.
type ImageRequest struct {
	View string // driver, chase or above
	// Actor is the road user that the views chase and above follow. The view driver is that
	// of the ego.
	Actor         actor.ID
	Width, Height int // px
}

// Picture renders a view at a time as RGBA rows with full alpha. The next call overwrites
// the result. Times after the checked part of the drive show its last moment.
func (p *Player) Picture(l ImageRequest, t clock.Tick) ([]byte, error) {
	c := &p.camera
	if err := c.configure(l.View, l.Width, l.Height); err != nil {
		return nil, err
	}
	w, err := p.resim.At(t)
	if err != nil {
		return nil, err
	}
	who := w.Ego()
	switch n := len(w.Actors()); {
	case l.Actor < 0 || int(l.Actor) > n:
		return nil, fmt.Errorf("road user %d: must be 0 to %d", l.Actor, n)
	case l.Actor > 0 && views[l.View].outside:
		who = &w.Actors()[l.Actor-1]
	}
	conditions := w.Conditions()
	ego := *w.Ego()
	ego.Appearance.Paint = [3]uint8{palette.Ego.Dark.R, palette.Ego.Dark.G, palette.Ego.Dark.B}
	c.actors = append(append(c.actors[:0], w.Actors()...), ego)
	p.stage.Build(&c.list, &scene.FrameState{
		View:   scene.View{Cal: &c.cal, Ego: who.State.Pose, Time: w.Time(), Exposure: 1 + .2*scene.Darkness(conditions)},
		Actors: c.actors, Signals: w.Signals(), Conditions: conditions, Outside: views[l.View].outside,
	})
	paint(c.pix, c.renderer.Render(&c.list).RGB)
	return c.pix, nil
}
