package projector

import (
	"roadloop/sim/clock"
	"roadloop/sim/rig"
)

// Frame returns the newest picture that the camera of the car had delivered at a time, as
// the driver got it, with noise, dirt and losses: red, green, blue and full alpha row by
// row, with its size in pixels. Before the first it is black. The next call overwrites
// it. Times beyond what was found equal show the last moment that was.
//
// It is that of the scenario: what a fault planted in the driver's sensors did to it is
// not in it.
func (p *Projector) Frame(t clock.Tick) (pix []byte, width, height int, err error) {
	if p.roll == nil {
		d := &p.story.Plan().Drive
		if p.roll, err = rig.NewRoll(&d.Rig, d.World.Map, d.World.Seed, d.Duration); err != nil {
			return nil, 0, 0, err
		}
	}
	cal := p.roll.Camera()
	p.frame = grow(p.frame, 4*cal.Width*cal.Height)
	taken, ok := p.roll.Newest(min(t, p.story.Last()))
	if !ok {
		blacken(p.frame)
		return p.frame, cal.Width, cal.Height, nil
	}
	w, err := p.story.At(taken)
	if err != nil {
		return nil, 0, 0, err
	}
	if p.film, err = p.roll.Develop(p.film[:0], w); err != nil {
		return nil, 0, 0, err
	}
	paint(p.frame, p.film)
	return p.frame, cal.Width, cal.Height, nil
}

// grow returns a buffer of n bytes, b where that is large enough.
func grow(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

// paint turns red, green and blue into the same with full alpha.
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
