package desktop

import (
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/desktop/internal/ui"
	"roadloop/sim/vehicle"
)

// manualInput turns keys, pointer and gamepad into steering and acceleration.
type manualInput struct {
	steer, accel float64 // current command
	mouse        bool    // the pointer steers
	pad          int     // the gamepad in control, -1 for none
}

// Limits of manual control.
const (
	maxSteer   = .55 // rad, at the wheels
	maxLateral = 4.5 // m/s², limits the steering at speed
	wheelbase  = 2.8 // m, for that limit
	maxAccel   = 3.  // m/s²
	maxBrake   = 8.  // m/s²
	// turnTime and backTime are how long the keys take to turn the wheel from straight
	// to the limit, and to return it, s.
	turnTime, backTime = .55, .3
	pedalTime          = .35
	deadZone           = .08 // of a stick
)

// drive returns the manual command of a frame at a speed of the car, and whether there
// was any input.
func (h *manualInput) drive(in *ui.Input, width, speed float64) (c vehicle.Command, touched bool) {
	turn, pedal, analog, touched := h.read(in, width)
	limit := min(maxSteer, math.Atan(maxLateral*wheelbase/max(1, speed*speed)))
	target := turn * limit
	if analog {
		h.steer = target
	} else {
		h.steer = approach(h.steer, target, turnRate(turn, limit)*in.Elapsed)
	}
	push := pedal * maxAccel
	if pedal < 0 {
		push = pedal * maxBrake
	}
	if analog {
		h.accel = push
	} else {
		h.accel = approach(h.accel, push, maxBrake/pedalTime*in.Elapsed)
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

// read returns the inputs: turn is the desired steering, -1 to 1, positive to the left;
// pedal is -1 for full brake to 1 for full throttle; analog reports whether the device
// has intermediate positions.
func (h *manualInput) read(in *ui.Input, width float64) (turn, pedal float64, analog, touched bool) {
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

// stick applies the dead zone, and a finer response near the center.
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

// approach moves a value toward another by at most one step.
func approach(from, to, step float64) float64 {
	return from + max(-step, min(step, to-from))
}
