package replay

import (
	"roadloop/sim/clock"
	"roadloop/sim/rig"
)

// Frame returns the newest image that the car's front camera had delivered at a time, with
// noise, dirt and losses, as RGBA rows with full alpha, and its size in pixels. Before the
// first image it is black. The next call overwrites the result. Times after the checked
// part of the drive show its last moment.
//
// The image is that of the scenario, without the effect of a fault injected into the
// driver's sensors.
func (p *Player) Frame(t clock.Tick) (pix []byte, width, height int, err error) {
	if p.replayer == nil {
		d := &p.resim.Plan().Drive
		if p.replayer, err = rig.NewCameraReplay(&d.Rig, "", d.World.Map, d.World.Seed, d.Duration); err != nil {
			return nil, 0, 0, err
		}
	}
	cal := p.replayer.Camera()
	p.frame = grow(p.frame, 4*cal.Width*cal.Height)
	taken, ok := p.replayer.Latest(min(t, p.resim.Last()))
	if !ok {
		blacken(p.frame)
		return p.frame, cal.Width, cal.Height, nil
	}
	w, err := p.resim.At(taken)
	if err != nil {
		return nil, 0, 0, err
	}
	if p.pixels, err = p.replayer.Render(p.pixels[:0], w); err != nil {
		return nil, 0, 0, err
	}
	paint(p.frame, p.pixels)
	return p.frame, cal.Width, cal.Height, nil
}

// grow returns a buffer of n bytes, b if it is large enough.
func grow(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

// paint converts RGB to RGBA with full alpha.
func paint(rgba, rgb []byte) {
	for i, j := 0, 0; i < len(rgb); i, j = i+3, j+4 {
		rgba[j], rgba[j+1], rgba[j+2], rgba[j+3] = rgb[i], rgb[i+1], rgb[i+2], 255
	}
}

// blacken makes all pixels black.
func blacken(rgba []byte) {
	clear(rgba)
	for i := 3; i < len(rgba); i += 4 {
		rgba[i] = 255
	}
}
