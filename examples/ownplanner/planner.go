package main

import (
	"context"
	"slices"

	"roadloop"
	"roadloop/perception"
	"roadloop/planning"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// newCruise returns the modular stack with the planner.
func newCruise(c *roadloop.Case, p perception.Perceiver) (roadloop.Driver, error) {
	stack, err := roadloop.NewStack(c, p)
	if err != nil {
		return nil, err
	}
	stack.Planner = &cruise{roads: c.World.Map, route: c.Route}
	return stack, nil
}

// cruise follows its lane at the speed limit and brakes for nothing. The guard of the stack
// still brakes in an emergency.
type cruise struct {
	roads *road.Map
	route planning.Route
	plan  planning.Plan // the last one
}

// The plan covers horizon in steps of period, with at most accel, m/s².
const (
	horizon = 4 * clock.PerSecond
	period  = clock.PerSecond / 4
	accel   = 1.5
)

// Plan returns a plan along the center of the lane.
func (p *cruise) Plan(_ context.Context, scene *perception.Scene, _ []planning.Forecast) (*planning.Plan, error) {
	p.plan = planning.Plan{Time: scene.Time, Waypoints: p.plan.Waypoints[:0], Reason: "free"}
	lane, s, _, ok := p.roads.NearestAligned(scene.Ego.Pose)
	if !ok {
		p.plan.Emergency, p.plan.Reason = true, "off the road"
		return &p.plan, nil
	}
	dt := period.Seconds()
	for t, v := clock.Tick(0), scene.Ego.Speed; t <= horizon; t += period {
		l := &p.roads.Lanes[lane]
		next := max(v-accel*dt, min(v+accel*dt, l.SpeedLimit))
		here, ahead := l.Center.At(s), l.Center.At(s+1)
		p.plan.Waypoints = append(p.plan.Waypoints, planning.Waypoint{
			Time: t, Pose: here, Speed: v, Accel: (next - v) / dt, Curvature: geom.WrapAngle(ahead.Yaw - here.Yaw),
		})
		s += (v + next) / 2 * dt
		if end := l.Center.Length(); s > end && len(l.Next) > 0 {
			lane, s = p.successor(l), s-end
		}
		v = next
	}
	return &p.plan, nil
}

// successor returns the lane after l: the one on the route, if there is one.
func (p *cruise) successor(l *road.Lane) road.LaneID {
	for _, id := range l.Next {
		if slices.Contains(p.route.Lanes, id) {
			return id
		}
	}
	return l.Next[0]
}

// Clone returns a planner for another drive.
func (p *cruise) Clone() planning.Planner { return &cruise{roads: p.roads, route: p.route} }
