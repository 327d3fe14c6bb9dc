package scenarios

import (
	"encoding/json"
	"math"
	"testing"
)

func TestQuantities(t *testing.T) {
	for _, c := range []struct {
		d    *Dimension
		text string
		want float64
	}{
		{Speeds, "90 km/h", 25}, {Speeds, "90km/h", 25}, {Speeds, "25", 25}, {Speeds, " 10 mph ", 4.4704},
		{Lengths, "0.6 km", 600}, {Lengths, "-3 m", -3}, {Lengths, "35 cm", .35}, {Lengths, "1e2", 100},
		{Times, "250 ms", .25}, {Times, "2 min", 120}, {Times, "2.5 s", 2.5},
		{angles, "180 deg", math.Pi}, {angles, "1 rad", 1},
		{accels, "1 g", 9.80665}, {accels, "4 m/s²", 4}, {shares, "40 %", .4},
	} {
		got, err := c.d.parse(c.text)
		if err != nil || math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s %q = %v, %v; want %v", c.d.name, c.text, got, err, c.want)
		}
	}
}

func TestQuantitiesOfAnotherDimension(t *testing.T) {
	for _, c := range []struct {
		d    *Dimension
		text string
	}{
		{Speeds, "90 m"}, {Lengths, "3 s"}, {Times, ""}, {Times, "s"}, {angles, "NaN"}, {Lengths, "Inf m"},
		{Lengths, "1 2 m"}, {shares, "many"}, {Speeds, "1e999"},
	} {
		if v, err := c.d.parse(c.text); err == nil {
			t.Errorf("%s %q = %v, want an error", c.d.name, c.text, v)
		}
	}
}

// SI accepts every dimension of the schema with all its units.
func TestSIDimensionsMatchSchema(t *testing.T) {
	var doc struct {
		Defs map[string]struct {
			AnyOf []json.RawMessage `json:"anyOf"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(Schema, &doc); err != nil {
		t.Fatal(err)
	}
	known := 0
	for name, def := range doc.Defs {
		if len(def.AnyOf) == 0 { // not a quantity
			continue
		}
		known++
		for _, unit := range append(Units(name), "") {
			if _, err := SI(name, "3 "+unit); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if known < 8 {
		t.Errorf("%d dimensions in the schema", known)
	}
	if v, err := SI("speed", "36 km/h"); err != nil || v != 10 {
		t.Errorf("36 km/h is %g, %v", v, err)
	}
	if _, err := SI("taste", "3"); err == nil {
		t.Error("taste has a dimension")
	}
}
