package refdriver

// Following drives a case in which the lead brakes at Decel to a standstill. The ego
// follows it at the model's headway and the same speed.
func (c *R157Case) Following(m Model) R157Outcome {
	v := c.Ego / kmh
	start, driven := m.Headway(v)+length, 0.0
	e := newEgo(m, v/hz, v)
	for i := range steps - 1 {
		lead := max(0, v-float64(i)*c.Decel/hz)
		driven += lead
		over := e.step(vehicleState{x: driven/hz + start, v: lead, half: length / 2}, true)
		if over || e.prevSpeed == 0 {
			break
		}
	}
	return e.outcome
}
