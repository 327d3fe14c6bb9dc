package drive

import (
	"fmt"

	"roadloop/sim/raster"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// camera takes the frames of a camera observation.
type camera struct {
	cal      sensor.Camera
	coarse   bool             // one sample per pixel
	renderer *raster.Renderer // made when it is needed first
	list     scene.List
	builder  *scene.Builder
	colors   int
	frames   int
	stack    []byte // [height, width, colors·frames], the newest frame last
}

// newCamera returns the camera of an observation: the front camera of the car, without noise.
func newCamera(name string, c *Config) *camera {
	cam := &camera{cal: sensor.FrontCamera(), coarse: name == Camera96, colors: c.colors(), frames: max(1, c.Frames)}
	if name == Camera96 {
		const size = 96
		f := float64(size) / float64(cam.cal.Width)
		cam.cal.Width, cam.cal.Height = size, size
		cam.cal.Fx, cam.cal.Fy, cam.cal.Cx, cam.cal.Cy = f*cam.cal.Fx, f*cam.cal.Fy, size/2, size/2-4
	}
	cam.stack = make([]byte, cam.cal.Width*cam.cal.Height*cam.colors*cam.frames)
	return cam
}

// begin fills the stack with the first frame of an episode.
func (c *camera) begin(e *Env) (err error) {
	if c.builder, err = e.site.builder(); err != nil {
		return fmt.Errorf("drive: camera: %w", err)
	}
	c.fill(c.render(e))
	return nil
}

// fill makes all frames of the stack the same.
func (c *camera) fill(rgb []byte) {
	for k := range c.frames {
		c.put(rgb, k)
	}
}

// push adds a frame to the stack.
func (c *camera) push(rgb []byte) {
	if c.frames > 1 {
		copy(c.stack, c.stack[c.colors:])
	}
	c.put(rgb, c.frames-1)
}

func (c *camera) render(e *Env) []byte {
	if c.renderer == nil {
		c.renderer = raster.New(&c.cal, raster.Channels{Coarse: c.coarse})
	}
	w := e.world
	air := w.Conditions()
	c.builder.Build(&c.list, &scene.FrameState{
		View:   scene.View{Cal: &c.cal, Ego: w.Ego().State.Pose, Time: w.Time(), Exposure: 1 + .2*scene.Darkness(air)},
		Actors: w.Actors(), Signals: w.Signals(), Conditions: air,
	})
	return c.renderer.Render(&c.list).RGB
}

// put writes a frame as frame k of the stack.
func (c *camera) put(rgb []byte, k int) {
	stride := c.colors * c.frames
	if c.colors == 3 {
		for i, at := 0, k*c.colors; i < len(rgb); i, at = i+3, at+stride {
			copy(c.stack[at:at+3], rgb[i:i+3])
		}
		return
	}
	for at := k; len(rgb) >= 3; at, rgb = at+stride, rgb[3:] { // luma of BT.601
		c.stack[at] = byte((77*uint32(rgb[0]) + 150*uint32(rgb[1]) + 29*uint32(rgb[2]) + 128) >> 8)
	}
}

func (c *camera) observe(dst []byte) { copy(dst, c.stack) }

// Render draws the present state as the front camera of 320×192 pixels sees it, for people. The
// next call overwrites the pixels. They are black before the first reset.
func (e *Env) Render() (rgb []byte, width, height int) {
	if e.shown == nil {
		e.shown = newCamera(Camera320, &Config{})
	}
	c := e.shown
	if e.episode != nil && c.begin(e) != nil {
		clear(c.stack) // a map without a picture
	}
	return c.stack, c.cal.Width, c.cal.Height
}
