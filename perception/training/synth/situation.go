package synth

import (
	"fmt"
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// randomConditions returns random light and weather. Training never has rain at dusk
// or fog at night: they are held out, and half of the frames of a held-out stream
// have them.
func randomConditions(r *rng.Stream, heldOut bool) scene.Conditions {
	c := scene.Conditions{SunAzimuth: r.Range(-math.Pi, math.Pi), Cloud: r.Float64()}
	unseen := heldOut && r.Chance(.5)
	light, weather := r.Float64(), r.Float64()
	dusk, night := light < .18, light > .70
	rain, fog := weather < .25, weather > .88
	if unseen {
		dusk, night = light < .5, light >= .5
		rain, fog = dusk, night
	} else if dusk && rain || night && fog {
		rain, fog = false, false
	}
	switch {
	case dusk:
		c.SunElevation = r.Range(-.06, .12)
	case night:
		c.SunElevation = r.Range(-.6, -.12)
	default:
		c.SunElevation = r.Range(.12, 1.2)
	}
	switch {
	case rain:
		c.Rain, c.Wet, c.Cloud = r.Range(.1, .9), r.Range(.5, 1), r.Range(.8, 1)
	case fog:
		c.Visibility, c.Cloud = r.Range(50, 250), 1
	case r.Chance(.1):
		c.Wet = r.Float64()
	}
	if !rain && !fog && c.SunElevation < .35 && c.SunElevation > 0 && r.Chance(.5) {
		c.Glare, c.Cloud = r.Range(.1, .7), r.Range(0, .5)
	}
	return c
}

// letItSnow changes dry weather to snow on the ground, often with falling snow.
func letItSnow(r *rng.Stream, c *scene.Conditions) {
	c.SnowCover, c.Glare = r.Range(.2, 1), 0
	if r.Chance(.6) {
		c.Snow, c.Cloud = r.Range(.05, 1), r.Range(.8, 1)
		c.Visibility = r.Range(120, 800)
	}
}

// randomHood returns the hood of the ego in the lower rows of a camera's image.
func randomHood(r *rng.Stream, cal *sensor.Camera) *scene.Hood {
	row := float64(cal.Height) * r.Range(.84, 1)
	reach := r.Range(1, 2)
	paint := vehicleColor(r)
	return &scene.Hood{
		Color: scene.RGB{float32(paint[0]) / 255, float32(paint[1]) / 255, float32(paint[2]) / 255},
		Reach: reach, Drop: reach * ((row-cal.Cy)/cal.Fy + cal.Mount.Pitch), Width: r.Range(1.5, 2.2),
	}
}

// situation places the ego and all other actors on a map.
type situation struct {
	m      *road.Map
	r      *rng.Stream
	view   *scene.FrameState
	ego    geom.Pose
	lane   *road.Lane
	s      float64
	egoBox geom.OBB

	without []perception.Class
	makes   bool // vehicles have the shapes and colors of many makes
}

// drawSituation fills v with a random situation on m.
func drawSituation(m *road.Map, r *rng.Stream, v *scene.FrameState, of *Stream) {
	v.Conditions = randomConditions(r, of.Split == HeldOut)
	v.Exposure = r.Range(.8, 1.2)
	if scene.Darkness(v.Conditions) > .5 {
		v.Exposure = r.Range(.9, 1.5)
	}
	v.Noise = r.Range(.5, 4)
	v.NoiseSeed = r.Uint64()
	v.Time = clock.Tick(r.IntN(6000))
	v.Actors = v.Actors[:0]
	s := situation{m: m, r: r, view: v, without: of.ExcludeClasses, makes: of.has(VehicleAxis)}
	s.placeEgo()
	v.Hood = nil
	if of.has(CameraAxis) && r.Chance(.4) {
		v.Hood = randomHood(r, v.Cal)
	}
	if c := &v.Conditions; of.has(SnowAxis) && r.Chance(.2) && c.Rain == 0 && c.Visibility == 0 { // held-out weather stays
		letItSnow(r, c)
	}
	s.setSignals()
	s.traffic()
	s.people()
	if of.Surround {
		s.surround()
	}
}

// placeEgo places the ego on a random lane, often before a signal.
func (s *situation) placeEgo() {
	r := s.r
	s.lane = &s.m.Lanes[r.IntN(len(s.m.Lanes))]
	if len(s.m.Signals) > 0 && r.Chance(.6) {
		g := &s.m.Signals[r.IntN(len(s.m.Signals))]
		s.lane = &s.m.Lanes[g.Lanes[r.IntN(len(g.Lanes))]]
		s.s = math.Max(0, s.lane.StopS-4-math.Abs(r.Range(0, 1)*r.Range(0, 1))*60)
	} else {
		s.s = r.Range(0, math.Max(1, s.lane.Center.Length()-15))
	}
	p := s.lane.Center.Offset(s.s, .35*r.Norm())
	p.Yaw += .035 * r.Norm()
	s.ego, s.view.Ego = p, p
	shape := actor.DefaultShape(actor.Car)
	box := actor.Actor{Shape: shape, State: actor.State{Pose: p}}
	s.egoBox = box.Box().Inflate(1.2, .4)
}

// setSignals sets the signals, to amber more often than in reality.
func (s *situation) setSignals() {
	s.view.Signals = s.view.Signals[:0]
	for range s.m.Signals {
		states := [...]road.SignalState{road.Red, road.Red, road.Green, road.Green, road.Amber}
		s.view.Signals = append(s.view.Signals, states[s.r.IntN(len(states))])
	}
}

// add adds an actor at a pose of its middle, unless it would touch another one.
func (s *situation) add(kind actor.Kind, middle geom.Pose, lights actor.Lights) {
	r := s.r
	a := actor.Actor{ID: actor.ID(len(s.view.Actors) + 1), Kind: kind, Shape: actor.DefaultShape(kind)}
	f := r.Range(.9, 1.12)
	a.Shape.Length, a.Shape.Height = a.Shape.Length*f, a.Shape.Height*r.Range(.93, 1.1)
	if kind.OnFoot() {
		a.Shape.Length, a.Shape.Width = a.Shape.Length*f, a.Shape.Width*f
	}
	gait := r.Range(-math.Pi, math.Pi)
	a.Appearance = actor.Appearance{Paint: randomColor(r), Variant: uint32(r.Uint64())}
	if s.makes && !kind.OnFoot() {
		s.dress(&a)
	}
	back := geom.Unit(middle.Yaw).Scale(-a.Shape.RearToCenter)
	a.State.Pose = geom.Pose{X: middle.X + back.X, Y: middle.Y + back.Y, Yaw: middle.Yaw}
	a.State.Gait, a.State.Lights = gait, lights
	box := a.Box().Inflate(.15, .15)
	if geom.Overlap(box, s.egoBox) || slices.Contains(s.without, perception.ClassOf(kind)) {
		return
	}
	for i := range s.view.Actors {
		if geom.Overlap(box, s.view.Actors[i].Box()) {
			return
		}
	}
	s.view.Actors = append(s.view.Actors, a)
}

// dress gives a vehicle the shape of its body, within the tolerance of a make, and a color
// by its frequency on roads.
func (s *situation) dress(a *actor.Actor) {
	r := s.r
	switch a.Kind {
	case actor.Car, actor.Van, actor.Truck, actor.Bus:
		a.Shape = scene.VehicleShape(a.Kind, a.Appearance.Variant)
		f := r.Range(.95, 1.05)
		a.Shape.Length, a.Shape.RearToCenter = f*a.Shape.Length, f*a.Shape.RearToCenter
		a.Shape.Width *= r.Range(.97, 1.03)
		a.Shape.Height *= r.Range(.97, 1.03)
		a.Appearance.Paint = vehicleColor(r)
	}
}

// vehicleColor returns a color of vehicles. The shares are about those of cars that Axalta's
// popularity reports give: white 34 %, black 20 %, gray 17 %, silver 12 %, blue 8 %, red 5 %.
func vehicleColor(r *rng.Stream) [3]uint8 {
	var c [3]float64
	switch v := r.Float64(); {
	case v < .34:
		g := r.Range(205, 245)
		c = [3]float64{g, g, g - r.Range(0, 8)}
	case v < .54:
		g := r.Range(8, 34)
		c = [3]float64{g, g, g + r.Range(0, 5)}
	case v < .71:
		g := r.Range(55, 125)
		c = [3]float64{g, g + 1, g + r.Range(0, 8)}
	case v < .83:
		g := r.Range(140, 190)
		c = [3]float64{g, g + 1, g + 3}
	case v < .91:
		g := r.Range(25, 90)
		c = [3]float64{.6 * g, g, g * r.Range(1.6, 2.2)}
	case v < .96:
		g := r.Range(95, 190)
		c = [3]float64{g, .15 * g, .15 * g}
	default: // brown, green, orange, yellow and others
		c = [3]float64{r.Range(40, 220), r.Range(40, 180), r.Range(10, 100)}
	}
	return [3]uint8{toByte(c[0]), toByte(c[1]), toByte(c[2])}
}

// randomColor returns a random color; many are white, gray or black, as for cars.
func randomColor(r *rng.Stream) [3]uint8 {
	if r.Chance(.45) {
		g := r.Range(15, 240)
		return [3]uint8{uint8(g + r.Range(-8, 8)), uint8(g + r.Range(-8, 8)), uint8(g + r.Range(-8, 8))}
	}
	return [3]uint8{uint8(r.IntN(250)), uint8(r.IntN(250)), uint8(r.IntN(250))}
}

func vehicleKind(r *rng.Stream) actor.Kind {
	kinds := [...]actor.Kind{actor.Car, actor.Car, actor.Car, actor.Car, actor.Car, actor.Van, actor.Truck, actor.Bus, actor.Motorcycle, actor.Cyclist}
	return kinds[r.IntN(len(kinds))]
}

// vehicleLights returns random lights of a vehicle.
func (s *situation) vehicleLights() (l actor.Lights) {
	r := s.r
	if r.Chance(.35) {
		l |= actor.BrakeLights
	}
	if scene.Darkness(s.view.Conditions) > .4 || s.view.Conditions.Rain > 0 || r.Chance(.15) {
		l |= actor.Headlights
	}
	if r.Chance(.12) {
		l |= []actor.Lights{actor.LeftIndicator, actor.RightIndicator}[r.IntN(2)]
	}
	return l
}

// ahead returns the pose on the ego's route at the given distance ahead.
func (s *situation) ahead(distance float64) geom.Pose {
	l, at := s.lane, s.s+distance
	for at > l.Center.Length() && len(l.Next) > 0 {
		at -= l.Center.Length()
		l = &s.m.Lanes[l.Next[s.r.IntN(len(l.Next))]]
	}
	return l.Center.At(at)
}

// traffic places vehicles: one ahead, some on random visible lanes, some parked.
func (s *situation) traffic() {
	r := s.r
	if r.Chance(.55) {
		p := s.ahead(7 + 55*r.Float64()*r.Float64()).Compose(geom.Pose{Y: .3 * r.Norm(), Yaw: .06 * r.Norm()})
		s.add(vehicleKind(r), p, s.vehicleLights())
	}
	if r.Chance(.2) { // changing lanes, or turning, close ahead
		p := s.ahead(r.Range(5, 30)).Compose(geom.Pose{Y: r.Range(-4, 4), Yaw: r.Range(-.5, .5)})
		s.add(vehicleKind(r), p, s.vehicleLights())
	}
	for range r.IntN(12) {
		l := &s.m.Lanes[r.IntN(len(s.m.Lanes))]
		p := l.Center.Offset(r.Range(0, l.Center.Length()), .3*r.Norm())
		if q := s.ego.ToLocal(p.Pos()); q.X > 2 && q.X < 100 && math.Abs(q.Y) < 12+.7*q.X {
			s.add(vehicleKind(r), p, s.vehicleLights())
		}
	}
	if r.Chance(.4) {
		side := -s.lane.Width/2 + r.Range(-.8, .6)
		if s.lane.Opposite == road.None && s.lane.Left == road.None && r.Chance(.3) {
			side = -side
		}
		for d := r.Range(4, 25); d < 70 && r.Chance(.8); d += r.Range(5.5, 12) {
			s.add(vehicleKind(r), s.ahead(d).Compose(geom.Pose{Y: side, Yaw: .03 * r.Norm()}), 0)
		}
	}
}

// people places pedestrians, cyclists and objects on the road.
func (s *situation) people() {
	r := s.r
	n := r.IntN(5)
	if r.Chance(.25) {
		n += 4
	}
	for range n {
		kind := []actor.Kind{actor.Pedestrian, actor.Pedestrian, actor.Child}[r.IntN(3)]
		out := s.lane.Width/2 + r.Range(.2, 6)
		if r.Chance(.5) {
			out = -out
		} else {
			out += s.lane.Width * float64(r.IntN(2))
		}
		if r.Chance(.35) {
			out = r.Range(-s.lane.Width/2, s.lane.Width/2) // crossing
		}
		yaw := r.Range(-math.Pi, math.Pi)
		s.add(kind, s.ahead(3+42*r.Float64()*math.Sqrt(r.Float64())).Compose(geom.Pose{Y: out, Yaw: yaw}), 0)
	}
	for range r.IntN(3) {
		yaw := .1 * r.Norm()
		if r.Chance(.3) {
			yaw = r.Range(-math.Pi, math.Pi)
		}
		out := -s.lane.Width/2 + r.Range(-1.5, 1.5)
		if r.Chance(.25) {
			out = r.Range(-6, 8)
		}
		s.add(actor.Cyclist, s.ahead(r.Range(4, 45)).Compose(geom.Pose{Y: out, Yaw: yaw}), 0)
	}
	if r.Chance(.15) {
		for range 1 + r.IntN(4) {
			kind := []actor.Kind{actor.Cone, actor.Cone, actor.Box}[r.IntN(3)]
			s.add(kind, s.ahead(r.Range(4, 35)).Compose(geom.Pose{Y: r.Range(-2.5, 2.5), Yaw: r.Range(-1, 1)}), 0)
		}
	}
}

// surround places vehicles and people on all sides of the car.
func (s *situation) surround() {
	r := s.r
	for range r.IntN(16) {
		l := &s.m.Lanes[r.IntN(len(s.m.Lanes))]
		p := l.Center.Offset(r.Range(0, l.Center.Length()), .3*r.Norm())
		if s.ego.Pos().Dist(p.Pos()) < 80 {
			s.add(vehicleKind(r), p, s.vehicleLights())
		}
	}
	if r.Chance(.5) { // behind, or next to the car
		p := s.ego.Compose(geom.Pose{X: r.Range(-30, 5), Y: s.lane.Width * float64(r.IntN(3)-1), Yaw: .05 * r.Norm()})
		s.add(vehicleKind(r), p, s.vehicleLights())
	}
	for range r.IntN(6) {
		kind := []actor.Kind{actor.Pedestrian, actor.Child, actor.Cyclist}[r.IntN(3)]
		out := s.lane.Width/2 + r.Range(.2, 10)
		if r.Chance(.5) {
			out = -out
		}
		s.add(kind, s.ego.Compose(geom.Pose{X: r.Range(-30, 15), Y: out, Yaw: r.Range(-math.Pi, math.Pi)}), 0)
	}
}

// name returns the name of the random streams of a group of frames.
func name(split Split, group int64) string { return fmt.Sprintf("%s/%d", split, group) }
