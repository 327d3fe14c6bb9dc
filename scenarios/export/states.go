package export

import (
	"bytes"
	"encoding/csv"
	"strconv"

	"roadloop/internal/fileio"
	"roadloop/scenarios/metrics"
	"roadloop/sim/actor"
)

// stateColumns are the columns of a file of states. The position is that of the rear axle
// of vehicles and of the middle of all others, in the frame of the map; the middle of the
// box is rear_to_center_m further along the heading. Angles are counter-clockwise from the x
// axis.
var stateColumns = []string{
	"time_s", "actor", "name", "kind", "x_m", "y_m", "yaw_rad", "speed_m_per_s", "accel_m_per_s2", "yaw_rate_rad_per_s",
	"steer_rad", "length_m", "width_m", "height_m", "rear_to_center_m",
}

// writeStates writes the states of all road users at each step, one line each; actor 0 is
// the ego.
func writeStates(path string, log *metrics.DriveLog) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(stateColumns); err != nil {
		return err
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	for i := range log.Steps {
		for id := range log.Steps[i].States {
			a, s := &log.Actors[id], &log.Steps[i].States[id]
			name := a.Name
			if actor.ID(id) == actor.Ego {
				name = "ego"
			}
			line := []string{
				number(log.Steps[i].Time.Seconds()), strconv.Itoa(id), name, a.Kind.String(), number(s.Pose.X), number(s.Pose.Y), number(s.Pose.Yaw),
				number(s.Speed), number(s.Accel), number(s.YawRate), number(s.Steer),
				number(a.Shape.Length), number(a.Shape.Width), number(a.Shape.Height), number(a.Shape.RearToCenter),
			}
			if err := w.Write(line); err != nil {
				return err
			}
		}
	}
	w.Flush()
	return fileio.Write(path, b.Bytes())
}
