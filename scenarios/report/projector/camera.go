package projector

import (
	"fmt"
	"math"

	"roadloop/internal/palette"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/raster"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
	"roadloop/sim/stage"
)

// camera draws pictures. Its buffers are reused from one picture to the next of the
// same view and size.
type camera struct {
	view     string
	cal      sensor.Camera
	renderer *raster.Renderer
	list     scene.List
	cast     []actor.Actor
	pix      []byte
}

// views are where cameras are: what a view changes of the front camera, and whether
// it sees the ego. Field of view is the horizontal one, rad.
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
	// maxSide bounds the pictures, px.
	maxSide = 2048
	// horizon is how far above the middle of the picture a level camera looks, as a
	// share of its height, as the front camera does.
	horizon = 8. / 192
)

// aim sets up a view with pictures of a size.
func (c *camera) aim(view string, width, height int) error {
	v, ok := views[view]
	switch {
	case !ok:
		return fmt.Errorf("view %q: want driver, chase or above", view)
	case width < 1 || height < 1 || width > maxSide || height > maxSide:
		return fmt.Errorf("a picture of %d×%d pixels: want 1 to %d each way", width, height, maxSide)
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

// Look is what a picture is of.
type Look struct {
	View string // driver, chase or above
	// Of is who is chased, or seen from above. The driver is the ego's.
	Of            actor.ID
	Width, Height int // px
}

// Picture draws what a camera shows at a time, as red, green, blue and full alpha row by
// row: the driver's, one that chases a road user, or one from above. The next call
// overwrites it. Times beyond what was found equal show the last moment that was.
func (p *Projector) Picture(l Look, t clock.Tick) ([]byte, error) {
	c := &p.camera
	if err := c.aim(l.View, l.Width, l.Height); err != nil {
		return nil, err
	}
	w, err := p.story.At(t)
	if err != nil {
		return nil, err
	}
	who := w.Ego()
	switch n := len(w.Actors()); {
	case l.Of < 0 || int(l.Of) > n:
		return nil, fmt.Errorf("road user %d: there are 0 to %d", l.Of, n)
	case l.Of > 0 && views[l.View].outside:
		who = &w.Actors()[l.Of-1]
	}
	conditions := w.Conditions()
	ego := *w.Ego()
	ego.Looks.Paint = [3]uint8{palette.Ego.Dark.R, palette.Ego.Dark.G, palette.Ego.Dark.B}
	c.cast = append(append(c.cast[:0], w.Actors()...), ego)
	p.stage.Compose(&c.list, &stage.View{
		View:   scene.View{Cal: &c.cal, Ego: who.State.Pose, Time: w.Time(), Exposure: 1 + .2*stage.Darkness(conditions)},
		Actors: c.cast, Signals: w.Signals(), Conditions: conditions, Outside: views[l.View].outside,
	})
	paint(c.pix, c.renderer.Render(&c.list).RGB)
	return c.pix, nil
}
