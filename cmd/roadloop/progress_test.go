package main

import (
	"strings"
	"testing"

	"roadloop/scenarios"
)

// A warning says how many road users had no room, with --quiet too.
func TestCrowdedTrafficIsWarnedOf(t *testing.T) {
	for _, c := range []struct {
		traffic *scenarios.CrowdCount
		want    string
	}{
		{nil, ""},
		{&scenarios.CrowdCount{Asked: 5, Placed: 5}, ""},
		{&scenarios.CrowdCount{Asked: 400, Placed: 157}, "warning: dense/1: the map has room for 157 of the 400 road users that traffic asks for\n"},
	} {
		var out strings.Builder
		newProgress(&out, 1, true).step(&scenarios.Result{Case: "dense/1", Passed: true, Traffic: c.traffic})
		if got := out.String(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.traffic, got, c.want)
		}
	}
}
