package camera

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"roadloop/sim/sensor"
)

// Source says where a property of a camera comes from.
type Source string

// Sources.
const (
	Given      Source = "given"       // by the user
	Calibrated Source = "calibration" // a calibration file, or the data set
	Estimated  Source = "estimated"   // from pictures
	Assumed    Source = "assumed"
)

// Knowledge says where the properties of a camera come from.
type Knowledge struct {
	Focal   Source `json:"focal"`
	Horizon Source `json:"horizon"`
	Height  Source `json:"height"`
}

// Known says for how many pictures which properties of their camera are known in which way.
type Known struct {
	Knowledge
	Frames int `json:"frames"`
	// HorizonShare is the estimated row of the horizon as a share of the height, 0 if it is
	// not estimated.
	HorizonShare float64 `json:"horizon_share,omitempty"`
}

// Complete reports whether nothing is estimated or assumed.
func (k Knowledge) Complete() bool {
	for _, s := range []Source{k.Focal, k.Horizon, k.Height} {
		if s == Estimated || s == Assumed {
			return false
		}
	}
	return true
}

// Hints are what is known of a camera. Zero fields are unknown.
type Hints struct {
	// Calibration is from a file or a data set, nil without one. Its size is 0 if it is that
	// of the pictures.
	Calibration *Camera
	Focal       float64 // focal length, px
	// FocalWidth is the width of the pictures with this focal length, px; it is scaled for
	// pictures of other widths. 0 means that of every picture.
	FocalWidth int
	FOV        float64  // horizontal field of view, rad
	Horizon    *Row     // of the horizon straight ahead
	Pitch      *float64 // rad, positive looking down
	Height     float64  // of the camera above the road, m
}

// Row is a row of a picture.
type Row struct {
	Value float64
	Share bool // Value is a share of the height, 0 at the upper edge; otherwise it is in px
}

// ParseRow parses a row: a share such as 0.58 or 58%, or pixels such as 418 or 418px.
func ParseRow(text string) (Row, error) {
	number, unit := text, ""
	for _, u := range []string{"%", "px"} {
		if n, ok := strings.CutSuffix(text, u); ok {
			number, unit = strings.TrimSpace(n), u
		}
	}
	v, err := strconv.ParseFloat(number, 64)
	switch {
	case err != nil || math.IsNaN(v) || v < -maxFocal || v > maxFocal:
		return Row{}, fmt.Errorf("must be a share of the height such as 0.58 or 58%%, or pixels such as 418px, got %q", text)
	case unit == "%":
		return Row{v / 100, true}, nil
	case unit == "" && v >= 0 && v <= 1:
		return Row{v, true}, nil
	}
	return Row{v, false}, nil
}

// String returns the row as ParseRow reads it.
func (r Row) String() string {
	if r.Share {
		return strconv.FormatFloat(100*r.Value, 'g', -1, 64) + "%"
	}
	return strconv.FormatFloat(r.Value, 'g', -1, 64) + "px"
}

// in returns the row of a picture, px.
func (r Row) in(height int) float64 {
	if r.Share {
		return r.Value * float64(height)
	}
	return r.Value
}

// Assumptions about a camera of which nothing is known.
const (
	// AssumedFOV is the field of view along the longer side of a picture, rad: that of cameras
	// behind windshields, and of phones.
	AssumedFOV = 60 * math.Pi / 180
	// AssumedHeight is the height above the road, m: behind the windshield of a car.
	AssumedHeight = 1.4
)

// Camera returns the camera of pictures of a size. find estimates the row of the horizon, px,
// if no hint determines it; it may be nil.
func (h *Hints) Camera(width, height int, find func() (row float64, ok bool)) (Camera, Knowledge, error) {
	c, k, err := h.base(width, height)
	if err != nil {
		return c, k, err
	}
	if h.FOV > 0 || h.Focal > 0 {
		k.Focal = Given
		f := h.Focal
		if h.FocalWidth > 0 {
			f *= float64(width) / float64(h.FocalWidth)
		}
		if h.FOV > 0 {
			f = float64(width) / 2 / math.Tan(h.FOV/2)
		}
		c.Fx, c.Fy = f, f
	}
	if h.Height > 0 {
		c.Mount.Z, k.Height = h.Height, Given
	}
	switch {
	case h.Pitch != nil:
		c.Mount.Pitch, k.Horizon = *h.Pitch, Given
	case h.Horizon != nil:
		k.Horizon = Given
		c.Mount.Pitch = c.pitchFor(h.Horizon.in(height))
	case k.Horizon == "" && find != nil:
		if row, ok := find(); ok {
			k.Horizon = Estimated
			c.Mount.Pitch = c.pitchFor(row)
		}
	}
	if k.Horizon == "" {
		k.Horizon = Assumed
	}
	return c, k, c.Check()
}

// Any reports whether anything is known.
func (h *Hints) Any() bool { return *h != Hints{} }

// base returns the calibration for pictures of a size, or an assumed camera.
func (h *Hints) base(width, height int) (Camera, Knowledge, error) {
	if h.Calibration == nil {
		f := float64(max(width, height)) / 2 / math.Tan(AssumedFOV/2)
		return Camera{
			Mount: sensor.Mount{X: sensor.FrontCamera().Mount.X, Z: AssumedHeight},
			Width: width, Height: height, Fx: f, Fy: f, Cx: float64(width) / 2, Cy: float64(height) / 2,
		}, Knowledge{Focal: Assumed, Height: Assumed}, nil
	}
	c, k := *h.Calibration, Knowledge{Focal: Calibrated, Horizon: Calibrated, Height: Calibrated}
	if c.Mount == (sensor.Mount{}) { // intrinsics alone
		k.Horizon, k.Height = "", Assumed
		c.Mount.X, c.Mount.Z = sensor.FrontCamera().Mount.X, AssumedHeight
	}
	switch {
	case c.Width == 0 && c.Height == 0:
		c.Width, c.Height = width, height
	case c.Width != width || c.Height != height:
		const tolerance = .01 // of the aspect ratio: sizes are rounded
		if a, b := float64(c.Width)*float64(height), float64(width)*float64(c.Height); math.Abs(a/b-1) > tolerance {
			return c, k, fmt.Errorf("the calibration is for pictures of %d×%d px, the picture has %d×%d", c.Width, c.Height, width, height)
		}
		c = c.Scaled(width, height)
	}
	return c, k, nil
}

// pitchFor returns the pitch with which the horizon is in a row of the column of the
// principal point.
func (c *Camera) pitchFor(row float64) float64 {
	p := newProjection(c)
	_, y, z, ok := p.ray(c.Cx, row)
	if !ok {
		return math.Atan((c.Cy - row) / c.Fy)
	}
	return math.Atan2(-y, z)
}
