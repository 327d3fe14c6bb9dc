package replay

import (
	"encoding/json"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestColumn(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		values []float64
		want   string
	}{
		{nil, "[]"},
		{[]float64{1.004, 1.006, 0.5}, "[100,1,-51]"},
		{[]float64{nan, 2, nan, inf, 2.01}, "[null,200,null,null,1]"},
		{[]float64{-0.004, 0}, "[0,0]"},
	} {
		if got := column(len(c.values), centi, func(i int) float64 { return c.values[i] }); string(got) != c.want {
			t.Errorf("%v is written %s, want %s", c.values, got, c.want)
		}
	}
}

// Every value is restored to half a unit: rounding errors do not accumulate.
func TestColumnKeepsItsPrecision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(rapid.Float64Range(-1e4, 1e4)).Draw(t, "values")
		var back []int64
		if err := json.Unmarshal(column(len(values), centi, func(i int) float64 { return values[i] }), &back); err != nil {
			t.Fatal(err)
		}
		sum := int64(0)
		for i, d := range back {
			if sum += d; math.Abs(float64(sum)/centi-values[i]) > .5/centi+1e-9 {
				t.Fatalf("value %d of %v is restored as %g", i, values, float64(sum)/centi)
			}
		}
	})
}
