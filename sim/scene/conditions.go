package scene

import (
	"fmt"
	"math"
)

// Conditions are light and weather. The zero value is a clear twilight with the
// sun at the horizon; Day returns ordinary daylight. Dusk and night follow from
// the sun's elevation; at night street lamps and headlights are on.
type Conditions struct {
	SunElevation float64 // above the horizon, rad; negative at night
	SunAzimuth   float64 // direction of the sun in the map frame, rad
	Rain         float64 // rate, 0 none .. 1 cloudburst
	Wet          float64 // wetness of the road, 0 dry .. 1 under water
	Glare        float64 // stray light in the lens from sun or lamps, 0..1
	Visibility   float64 // m at which fog leaves 5 % of contrast; 0 is clear
	Cloud        float64 // cover, 0 clear sky .. 1 overcast
	Snow         float64 `json:",omitempty"` // rate of falling snow, 0 none .. 1 heavy
	SnowCover    float64 `json:",omitempty"` // share of the open ground under snow, 0..1
}

// Day returns an ordinary clear day: sun at 45° in the southwest, some clouds.
func Day() Conditions { return Conditions{SunElevation: 0.8, SunAzimuth: -2.4, Cloud: 0.2} }

// Check returns an error for the first value out of range.
func (c *Conditions) Check() error {
	if !(math.Abs(c.SunElevation) <= math.Pi/2) || !(math.Abs(c.SunAzimuth) <= 10) {
		return fmt.Errorf("sun elevation %g rad or azimuth %g rad is out of range", c.SunElevation, c.SunAzimuth)
	}
	for _, v := range [...]struct {
		name  string
		value float64
	}{{"rain", c.Rain}, {"wet", c.Wet}, {"glare", c.Glare}, {"cloud", c.Cloud}, {"snow", c.Snow}, {"snow cover", c.SnowCover}} {
		if !(v.value >= 0 && v.value <= 1) {
			return fmt.Errorf("%s %g is outside 0 to 1", v.name, v.value)
		}
	}
	if c.Visibility != 0 && !(c.Visibility >= 10 && c.Visibility <= 1e5) {
		return fmt.Errorf("visibility %g m is outside 10 m to 100 km (0 means clear air)", c.Visibility)
	}
	return nil
}
