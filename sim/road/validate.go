package road

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"roadloop/sim/geom"
)

// Tolerances of Validate for the joint of consecutive lanes.
const (
	joinGap  = 0.05 // m
	joinBend = 0.15 // rad
)

// Validate checks that the map is consistent: lanes join their successors in
// position and heading, links and neighbors are mutual, sizes are positive and
// references exist. It returns all faults found, each with its lane.
func (m *Map) Validate() error {
	var errs []error
	if len(m.Lanes) == 0 {
		return errors.New("map has no lanes")
	}
	for i := range m.Lanes {
		if err := m.validateLane(LaneID(i)); err != nil {
			errs = append(errs, fmt.Errorf("lane %d: %w", i, err))
		}
	}
	for i := range m.Signals {
		for _, id := range m.Signals[i].Lanes {
			if !m.exists(id) || m.Lanes[id].Signal != SignalID(i) {
				errs = append(errs, fmt.Errorf("signal %d lists lane %d, but the lane does not refer to the signal", i, id))
			}
		}
	}
	for i := range m.Crosswalks {
		for _, s := range m.Crosswalks[i].Spans {
			if !m.exists(s.Lane) || s.Start > s.End {
				errs = append(errs, fmt.Errorf("crosswalk %d spans lane %d from %.1f to %.1f m", i, s.Lane, s.Start, s.End))
			}
		}
	}
	return errors.Join(errs...)
}

func (m *Map) exists(id LaneID) bool { return id >= 0 && int(id) < len(m.Lanes) }

func (m *Map) validateLane(id LaneID) error {
	l := &m.Lanes[id]
	switch {
	case l.ID != id:
		return fmt.Errorf("has ID %d", l.ID)
	case !(l.Width > 0):
		return fmt.Errorf("width is %g m", l.Width)
	case !(l.SpeedLimit > 0):
		return fmt.Errorf("speed limit is %g m/s", l.SpeedLimit)
	case l.StopS < 0 || l.StopS > l.Center.Length()+1e-9:
		return fmt.Errorf("stop line at %g m of %g m", l.StopS, l.Center.Length())
	case l.Control == SignalControl && (l.Signal < 0 || int(l.Signal) >= len(m.Signals)):
		return fmt.Errorf("signal %d does not exist", l.Signal)
	}
	if err := m.validateNeighbors(l); err != nil {
		return err
	}
	return m.validateLinks(l)
}

func (m *Map) validateNeighbors(l *Lane) error {
	for _, n := range []struct {
		name string
		id   LaneID
		back func(*Lane) LaneID
	}{
		{"left", l.Left, func(o *Lane) LaneID { return o.Right }},
		{"right", l.Right, func(o *Lane) LaneID { return o.Left }},
		{"opposite", l.Opposite, func(o *Lane) LaneID { return o.Opposite }},
	} {
		if n.id == None {
			continue
		}
		if !m.exists(n.id) || n.back(&m.Lanes[n.id]) != l.ID {
			return fmt.Errorf("%s neighbor %d is not mutual", n.name, n.id)
		}
	}
	return nil
}

func (m *Map) validateLinks(l *Lane) error {
	end := l.Center.At(l.Center.Length())
	for _, id := range l.Next {
		if !m.exists(id) || !slices.Contains(m.Lanes[id].Prev, l.ID) {
			return fmt.Errorf("successor %d does not list it as predecessor", id)
		}
		start := m.Lanes[id].Center.At(0)
		if gap := start.Pos().Dist(end.Pos()); gap > joinGap {
			return fmt.Errorf("successor %d begins %.2f m away", id, gap)
		}
		if bend := math.Abs(geom.WrapAngle(start.Yaw - end.Yaw)); bend > joinBend {
			return fmt.Errorf("successor %d begins at an angle of %.2f rad", id, bend)
		}
	}
	for _, c := range l.Conflicts {
		if !m.exists(c.With) || c.Start > c.End {
			return fmt.Errorf("conflict with lane %d from %.1f to %.1f m", c.With, c.Start, c.End)
		}
	}
	return nil
}
