package metrics

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"roadloop/sim/actor"
)

// Undefined values are null in a series and omitted elsewhere; all others survive JSON.
func TestSetAsJSON(t *testing.T) {
	s := ComputeSafety(makeLog(t, 4, []course{along(20, 0, 0, 10), standing(40, 0)}, actor.Car, actor.Cone))
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		Series []struct {
			Name            string
			Truth, Believed []*float64
		}
		Collisions []Collision
		Encounters []map[string]any
		Extremes   map[string]float64
		Color      string
	}
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	for i, m := range back.Series {
		for k := range s.Times {
			if v := s.Series[i].Truth[k]; math.IsNaN(v) != (m.Truth[k] == nil) || m.Truth[k] != nil && *m.Truth[k] != v {
				t.Fatalf("%s at step %d: %v, was %g", m.Name, k, m.Truth[k], v)
			}
			if m.Believed[k] != nil {
				t.Fatalf("%s has the belief %g for a driver without belief", m.Name, *m.Believed[k])
			}
		}
	}
	s.Collisions[0].Ego, s.Collisions[0].Other = actor.Actor{}, actor.Actor{} // not published
	if len(back.Collisions) != 1 || back.Collisions[0] != s.Collisions[0] || back.Collisions[0].Class != Object || back.Color != "red" {
		t.Errorf("collisions %+v, color %s", back.Collisions, back.Color)
	}
	if _, ok := back.Encounters[0]["passed_at"]; ok || len(back.Extremes) != len(s.Extremes) {
		t.Errorf("encounter %v", back.Encounters[0])
	}
	for _, text := range []string{`{"class": "ghost"}`, `{"kind": "tickle"}`} {
		var c Collision
		if err := json.Unmarshal([]byte(text), &c); err == nil || !strings.Contains(err.Error(), "unknown ") {
			t.Errorf("%s: error %v", text, err)
		}
	}
}
