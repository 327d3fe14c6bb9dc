package drive

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"roadloop"
	"roadloop/oracle"
	"roadloop/perception"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rig"
	"roadloop/sim/road"
	"roadloop/sim/sensor"
)

// DetectorFunc returns a detector for the cameras of a case. It may be called concurrently;
// detectors that share an engine must take turns.
type DetectorFunc func(c *roadloop.Case) (perception.Detector, error)

// readLabels is the DetectorFunc of the detector that reads the labels of frames.
func readLabels(c *roadloop.Case) (perception.Detector, error) {
	return oracle.NewDetector(c.World.Map, &c.Rig)
}

// Sizes of the observations of the perceived scene.
const (
	// PerceivedValues is the number of values of a row of Perceived: those of RoadUsers, the
	// probability that the road user exists, and the time since its last measurement.
	PerceivedValues = UserValues + 2
	// PerceivedRoadSize is the number of values of PerceivedRoad: whether a camera sees the lane,
	// and the measured offset in it; offset and heading relative to the route by the estimated
	// pose; the speed that the road allows, and what is missing to it half a second ahead; the
	// steering of pure pursuit of the route; of the next stop line what State has, with the light
	// that cameras saw; the nearness of a stop line at which the ego must stop now, and the
	// deceleration that stops there (zeros for none); the distance to the end of the present line
	// of the route, and the side of the lane change there.
	PerceivedRoadSize = 18

	rangeUnseen = 3.0 // s, since the last measurement of a road user
)

// perceived is the scene that the perception of the modular stack makes of the messages of
// sensors.
type perceived struct {
	open      DetectorFunc
	blank     bool        // open's detector reads no pixels
	sensors   rig.Sensors // of an Env; the session of a Driver has them
	names     []string    // of the sensors that perception reads
	perceiver perception.Perceiver
	obs       sensor.Observation // the messages of these sensors
	scene     *perception.Scene  // belongs to the perceiver
	located   bool               // a receiver has measured the pose

	// The scene at an observation.
	ego    actor.Actor
	course course        // with the place of ego
	tracks []actor.Actor // their IDs are the indices of the tracks
	near   scan          // of tracks
}

func newPerceived(c *Config) *perceived {
	p := &perceived{open: c.Detector}
	if p.open == nil {
		p.open, p.blank = readLabels, true
	}
	return p
}

// begin begins a drive of a case.
func (p *perceived) begin(c *roadloop.Case) error {
	for _, need := range [...]struct {
		sensor string
		works  bool
	}{{"a camera", works[rig.Camera](&c.Rig)}, {"a GNSS receiver", works[rig.GNSS](&c.Rig)}, {"odometry", works[rig.Odometry](&c.Rig)}} {
		if !need.works {
			return fmt.Errorf("the perceived scene needs %s that is switched on: the rig has %s", need.sensor, cmp.Or(strings.Join(c.Rig.Names(), ", "), "no sensors"))
		}
	}
	detector, err := p.open(c)
	if err != nil {
		return fmt.Errorf("opening the detector of the perceived scene: %w", err)
	}
	if p.perceiver, err = roadloop.NewPerception(c, detector); err != nil {
		return fmt.Errorf("creating the perception: %w", err)
	}
	p.names, p.scene, p.located = c.Rig.Names(), nil, false
	return nil
}

// works reports whether a rig has a sensor of a model that is switched on.
func works[M rig.Model](c *rig.Config) bool {
	for s := range rig.Of[M](c) {
		if s.Period > 0 {
			return true
		}
	}
	return false
}

// start begins an episode with sensors of its own, those of a driver in its place.
func (p *perceived) start(e *Env) error {
	c := e.drive()
	if err := p.begin(&c); err != nil {
		return err
	}
	if p.blank {
		for s, m := range rig.Of[rig.Camera](&c.Rig) {
			m.Blank = true
			s.Model = m
		}
	}
	var err error
	if p.sensors, err = rig.New(c.Rig, c.World.Map, c.World.Seed); err != nil {
		return fmt.Errorf("creating the sensors: %w", err)
	}
	return p.sample(context.Background(), e.world)
}

// sample measures a tick of the world, and perceives as often as a driver decides.
func (p *perceived) sample(ctx context.Context, w *sim.World) error {
	p.sensors.Sample(w)
	if w.Time()%clock.DriverPeriod != 0 {
		return nil
	}
	return p.perceive(ctx, p.sensors.Observe(w.Time()))
}

// perceive updates the scene. Messages of cameras that the policy has for itself are not for
// perception.
func (p *perceived) perceive(ctx context.Context, obs *sensor.Observation) error {
	frames := p.obs.Frames[:0]
	for i := range obs.Frames {
		if slices.Contains(p.names, obs.Frames[i].Sensor) {
			frames = append(frames, obs.Frames[i])
		}
	}
	p.obs = *obs
	p.obs.Frames = frames
	p.located = p.located || len(obs.GNSS) > 0
	var err error
	if p.scene, err = p.perceiver.Perceive(ctx, &p.obs); err != nil {
		return fmt.Errorf("perceiving: %w", err)
	}
	return nil
}

// clone returns a copy without sensors that perceives exactly as p would. It has no scene before
// that.
func (p *perceived) clone() *perceived {
	return &perceived{open: p.open, names: p.names, perceiver: p.perceiver.Clone(), located: p.located}
}

// locate places the estimated ego on the route.
func (p *perceived) locate(e *Env) {
	own := &p.scene.Ego
	p.ego = actor.Actor{Kind: actor.Car, Shape: e.world.Ego().Shape,
		State: actor.State{Pose: own.Pose, Speed: own.Speed, Accel: own.Accel, YawRate: own.YawRate, Steer: own.Steer}}
	c := &p.course
	*c = *e.course
	c.s, c.d = c.line().Refine(own.Pose.Pos(), c.s)
	c.here = c.line().At(c.s)
	c.heading = geom.WrapAngle(own.Pose.Yaw - c.here.Pose.Yaw)
}

// kinds are the kinds of actors of the classes of tracks.
var kinds = [perception.NumClasses]actor.Kind{perception.Car: actor.Car, perception.Truck: actor.Truck,
	perception.Pedestrian: actor.Pedestrian, perception.Cyclist: actor.Cyclist, perception.Cone: actor.Cone}

// observe writes Perceived. The heading of a track follows its velocity, so that its speed is
// that along the heading.
func (p *perceived) observe(dst []float32, e *Env) {
	clear(dst)
	dst[0], dst[UserValues] = 1, 1
	if !p.located {
		return
	}
	p.locate(e)
	p.tracks = p.tracks[:0]
	for i := range p.scene.Tracks {
		t := &p.scene.Tracks[i]
		p.tracks = append(p.tracks, actor.Actor{ID: actor.ID(i), Kind: kinds[t.Class], Shape: actor.Shape{Length: t.Length, Width: t.Width},
			State: actor.State{Pose: t.Pose, Speed: t.Vel.Dot(t.Pose.Forward())}})
	}
	p.near.find(&p.ego, p.tracks)
	p.near.place(&p.ego, &p.course)
	p.near.observe(dst, PerceivedValues, &p.ego, &p.course)
	for i := range p.near.list[:p.near.n] {
		t := &p.scene.Tracks[p.near.list[i].actor.ID]
		certainty := dst[(i+1)*PerceivedValues+UserValues:]
		certainty[0] = clip(t.Existence)
		certainty[1] = clip((p.scene.Time - t.Seen).Seconds() / rangeUnseen)
	}
}

// light returns the light of a signal as cameras saw it, road.Off for none.
func (p *perceived) light(id road.SignalID) road.SignalState {
	if id == road.NoSignal {
		return road.Off
	}
	return p.scene.Signals[id].State
}

// observeRoad writes PerceivedRoad.
func (p *perceived) observeRoad(dst []float32, e *Env) {
	clear(dst)
	if !p.located {
		return
	}
	p.locate(e)
	c, s := &p.course, &p.ego.State
	offset := 0.0
	if p.scene.LaneSeen {
		offset = p.scene.LaneOffset
	}
	stop := c.stopAhead(e.front, p.light)
	for i, x := range [PerceivedRoadSize]float64{
		one(p.scene.LaneSeen), offset / rangeOffset, c.d / rangeOffset, c.heading,
		c.allowed(c.s) / rangeSpeed, (c.allowed(c.s+.5*s.Speed) - s.Speed) / rangeMargin, float64(e.pilot.pursueRoute(s, c)),
		stop.distance, stop.red, stop.amber, stop.green, stop.sign, stop.stopped, stop.yield,
		nearness(stop.wait), braking(s.Speed, stop.wait), c.leave(), float64(c.side),
	} {
		dst[i] = clip(x)
	}
}
