package desktop

import (
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/ui"
	"roadloop/sim/vehicle"
)

// hands turn keys, pointer and gamepad into what they do with wheel and pedals.
type hands struct {
	steer, accel float64 // held now
	mouse        bool    // the pointer steers
	pad          int     // that drives, -1 for none
}

// What hands can do.
const (
	mostSteer   = .55 // rad, at the wheels
	mostLateral = 4.5 // m/s², which bounds the steering at speed
	wheelbase   = 2.8 // m, for that bound
	mostAccel   = 3.  // m/s²
	mostBrake   = 8.  // m/s²
	// turnTime and backTime are how long keys take to turn the wheel all the way and
	// to let it come back, s.
	turnTime, backTime = .55, .3
	pedalTime          = .35
	deadZone           = .08 // of a stick
)

// drive returns what the hands do in a frame at a speed of the car, and whether they
// touched anything.
func (h *hands) drive(in *ui.Input, width, speed float64) (c vehicle.Command, touched bool) {
	turn, pedal, analog, touched := h.read(in, width)
	limit := min(mostSteer, math.Atan(mostLateral*wheelbase/max(1, speed*speed)))
	target := turn * limit
	if analog {
		h.steer = target
	} else {
		h.steer = approach(h.steer, target, turnRate(turn, limit)*in.Elapsed)
	}
	push := pedal * mostAccel
	if pedal < 0 {
		push = pedal * mostBrake
	}
	if analog {
		h.accel = push
	} else {
		h.accel = approach(h.accel, push, mostBrake/pedalTime*in.Elapsed)
	}
	return vehicle.Command{Steer: h.steer, Accel: h.accel}, touched
}

// turnRate returns how fast keys turn the wheel, rad/s.
func turnRate(turn, limit float64) float64 {
	if turn == 0 {
		return limit / backTime
	}
	return limit / turnTime
}

// read returns what is done: how far the wheel is to be turned, -1 to 1 and positive
// to the left, the pedals, -1 for the brake and 1 for the other, and whether that
// comes from something that can be held in between.
func (h *hands) read(in *ui.Input, width float64) (turn, pedal float64, analog, touched bool) {
	h.pad = -1
	for i := range in.Pads {
		p := &in.Pads[i]
		x := stick(p.Stick.X)
		if x != 0 || p.Throttle > deadZone || p.Brake > deadZone {
			h.pad = p.ID
			return -x, p.Throttle - p.Brake, true, true
		}
	}
	if h.mouse {
		turn = -stick(2*in.Pointer.X/width - 1)
		pedal = one(in.Buttons[ui.Primary]) - one(in.Buttons[ui.Secondary])
		return turn, pedal, true, true
	}
	if in.Control() {
		return 0, 0, false, false
	}
	held := func(a, b ui.Key) float64 { return one(in.Held(a) || in.Held(b)) }
	left, right := held(ebiten.KeyArrowLeft, ebiten.KeyA), held(ebiten.KeyArrowRight, ebiten.KeyD)
	up, down := held(ebiten.KeyArrowUp, ebiten.KeyW), held(ebiten.KeyArrowDown, ebiten.KeyS)
	return left - right, up - down, false, left+right+up+down > 0
}

// stick returns a position without the dead zone, finer near the middle.
func stick(x float64) float64 {
	if math.Abs(x) < deadZone {
		return 0
	}
	x = math.Copysign((math.Abs(x)-deadZone)/(1-deadZone), x)
	return max(-1, min(1, .6*x+.4*x*x*x))
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// approach moves a value toward another by no more than a step.
func approach(from, to, step float64) float64 {
	return from + max(-step, min(step, to-from))
}
