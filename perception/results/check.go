package results

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// check returns an error for an object that no format can hold.
func (o *Object) check() error {
	for _, v := range []struct {
		name  string
		value float64
	}{
		{"score", o.Score}, {"x0", o.Box.X0}, {"y0", o.Box.Y0}, {"x1", o.Box.X1}, {"y1", o.Box.Y1},
		{"visible", o.Visible}, {"truncated", o.Truncated}, {"area", o.Area},
	} {
		if !finite(v.value) {
			return fmt.Errorf("%s: %g is not finite", v.name, v.value)
		}
	}
	switch {
	case strings.TrimSpace(o.Class) == "":
		return errors.New("class is missing")
	case o.Box.X1 < o.Box.X0 || o.Box.Y1 < o.Box.Y0:
		return fmt.Errorf("box: it ends at (%g, %g) px before it begins at (%g, %g)", o.Box.X1, o.Box.Y1, o.Box.X0, o.Box.Y0)
	case o.Space != nil:
		return o.Space.check()
	}
	return nil
}

func (s *Space) check() error {
	values := []float64{s.Pos.X, s.Pos.Y, s.Bottom, s.Top, s.Heading, s.Length, s.Width}
	if s.Vel != nil {
		values = append(values, s.Vel.X, s.Vel.Y)
	}
	for _, v := range values {
		if !finite(v) {
			return fmt.Errorf("box in space: %g is not finite", v)
		}
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// checkAll checks the objects of an image.
func checkAll(im *Image, objects []Object) error {
	for i := range objects {
		if err := objects[i].check(); err != nil {
			return fmt.Errorf("image %s: object %d: %w", im.Name, i, err)
		}
	}
	return nil
}
