package synth

// Weather returns the light and weather of a frame, for example "night rain"; "" if
// unknown.
func (f *Frame) Weather() string {
	if f.Ignore.Weather {
		return ""
	}
	if air := f.Air(); air != "clear" {
		return f.Light() + " " + air
	}
	return f.Light()
}

// Light returns day, dusk or night, by the height of the sun.
func (f *Frame) Light() string {
	switch c := &f.Conditions; {
	case c.SunElevation < -.1:
		return "night"
	case c.SunElevation < .12:
		return "dusk"
	}
	return "day"
}

// Air returns the weather without the light: clear, rain, snow that falls or lies, fog or glare.
func (f *Frame) Air() string {
	switch c := &f.Conditions; {
	case c.Rain > 0:
		return "rain"
	case c.Snow > 0 || c.SnowCover > 0:
		return "snow"
	case c.Visibility > 0:
		return "fog"
	case c.Glare > 0:
		return "glare"
	}
	return "clear"
}
