package main

import (
	"strings"
	"testing"

	"roadloop/scenarios"
)

// A warning reports how many road users were placed, with --quiet too.
func TestCrowdedTrafficWarning(t *testing.T) {
	for _, c := range []struct {
		traffic *scenarios.TrafficCount
		want    string
	}{
		{nil, ""},
		{&scenarios.TrafficCount{Asked: 5, Placed: 5}, ""},
		{&scenarios.TrafficCount{Asked: 400, Placed: 157}, "warning: dense/1: the map has room for only 157 of 400 requested road users\n"},
	} {
		var out strings.Builder
		newProgress(&out, 1, true).step(&scenarios.Result{Case: "dense/1", Passed: true, Traffic: c.traffic})
		if got := out.String(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.traffic, got, c.want)
		}
	}
}
