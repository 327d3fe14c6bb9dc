package synth

// Weather returns the light and weather of a frame, for example "night rain"; "" if
// unknown.
func (f *Frame) Weather() string {
	if f.Ignore.Weather {
		return ""
	}
	c := &f.Conditions
	light := "day"
	switch {
	case c.SunElevation < -.1:
		light = "night"
	case c.SunElevation < .12:
		light = "dusk"
	}
	switch {
	case c.Rain > 0:
		return light + " rain"
	case c.Visibility > 0:
		return light + " fog"
	case c.Glare > 0:
		return light + " glare"
	}
	return light
}
