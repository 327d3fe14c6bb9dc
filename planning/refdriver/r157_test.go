package refdriver_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/planning/refdriver"
)

// cutIns are the crash counts of the comparison that the Joint Research Centre published
// with UN R157 (JRC-FSM, 2021), from an unmodified run: CC driver, FSM, RSS, Reg157.
var cutIns = []struct {
	ego, other float64
	cases      int
	crashes    [4]int
}{
	{20, 10, 1062, [4]int{136, 17, 9, 74}},
	{30, 10, 1062, [4]int{231, 52, 56, 133}},
	{30, 20, 1062, [4]int{136, 17, 7, 74}},
	{40, 10, 1062, [4]int{310, 82, 88, 188}},
	{40, 20, 1062, [4]int{231, 52, 55, 133}},
	{40, 30, 1062, [4]int{136, 17, 7, 74}},
	{50, 10, 1062, [4]int{378, 109, 110, 241}},
	{50, 20, 1062, [4]int{310, 82, 87, 188}},
	{50, 30, 1062, [4]int{231, 52, 54, 133}},
	{50, 40, 1062, [4]int{136, 17, 7, 74}},
	{60, 10, 1062, [4]int{438, 144, 144, 304}},
	{60, 20, 1062, [4]int{378, 109, 108, 241}},
	{60, 30, 1062, [4]int{310, 82, 87, 188}},
	{60, 40, 1062, [4]int{231, 52, 54, 133}},
	{60, 50, 1062, [4]int{136, 17, 7, 74}},
	{70, 10, 1080, [4]int{310, 97, 94, 206}},
	{70, 40, 1080, [4]int{167, 40, 44, 95}},
	{90, 10, 1080, [4]int{366, 170, 155, 322}},
	{90, 40, 1080, [4]int{261, 71, 72, 159}},
	{90, 70, 1080, [4]int{126, 25, 29, 68}},
	{110, 10, 1080, [4]int{406, 276, 238, 441}},
	{110, 40, 1080, [4]int{345, 132, 117, 265}},
	{110, 70, 1080, [4]int{212, 54, 54, 125}},
	{110, 100, 1080, [4]int{73, 12, 7, 41}},
	{130, 10, 1080, [4]int{419, 412, 349, 464}},
	{130, 40, 1080, [4]int{390, 223, 195, 382}},
	{130, 70, 1080, [4]int{310, 97, 93, 206}},
	{130, 100, 1080, [4]int{167, 40, 44, 95}},
}

func compare(tb testing.TB, kind refdriver.R157Kind, from, to float64, workers int) *refdriver.R157Comparison {
	tb.Helper()
	c, err := refdriver.CompareR157(tb.Context(), kind, from, to, workers)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// counts returns crashes by model, in the order of the golden tables.
func counts(crashes map[string]int) [4]int {
	return [4]int{crashes["cc"], crashes["fsm"], crashes["rss"], crashes["reg157"]}
}

func TestCutInsCrashAsPublished(t *testing.T) {
	got := compare(t, refdriver.CutIn, 10, 130, 2)
	if len(got.Cells) != len(cutIns) {
		t.Fatalf("%d cells, want %d", len(got.Cells), len(cutIns))
	}
	for i, want := range cutIns {
		c := &got.Cells[i]
		if c.Ego != want.ego || c.Other != want.other || c.Cases != want.cases || counts(c.Crashes) != want.crashes {
			t.Errorf("cell %g/%g: %d cases, crashes %v; want %+v", c.Ego, c.Other, c.Cases, counts(c.Crashes), want)
		}
	}
}

func TestTotals(t *testing.T) {
	for _, want := range []struct {
		kind     refdriver.R157Kind
		from, to float64
		cases    int
		crashes  [4]int
	}{
		{refdriver.CutIn, 10, 60, 15930, [4]int{3728, 901, 880, 2252}},
		{refdriver.CutIn, 70, 130, 14040, [4]int{3552, 1649, 1491, 2869}},
		{refdriver.CutOut, 10, 130, 5850, [4]int{848, 980, 936, 746}},
		{refdriver.Following, 12, 128, 1121, [4]int{0, 0, 21, 0}},
	} {
		got := compare(t, want.kind, want.from, want.to, 2)
		if got.Cases != want.cases || counts(got.Crashes) != want.crashes {
			t.Errorf("%s: %d cases, crashes %v; want %d, %v", want.kind, got.Cases, counts(got.Crashes), want.cases, want.crashes)
		}
	}
}

// At a headway of two seconds, cut-outs at 50 km/h or less cause no crash.
func TestHumanCutOutsBySpeed(t *testing.T) {
	want := map[float64]int{60: 36, 70: 45, 80: 62, 90: 89, 100: 113, 110: 139, 120: 168, 130: 196}
	for _, c := range compare(t, refdriver.CutOut, 10, 130, 2).Cells {
		if c.Crashes["cc"] != want[c.Ego] {
			t.Errorf("%g km/h: %d crashes, want %d", c.Ego, c.Crashes["cc"], want[c.Ego])
		}
	}
}

func TestResultDoesNotDependOnWorkers(t *testing.T) {
	one, four := compare(t, refdriver.CutIn, 10, 40, 1), compare(t, refdriver.CutIn, 10, 40, 4)
	ignore := cmp.FilterPath(func(p cmp.Path) bool { return strings.HasSuffix(p.String(), ".list") }, cmp.Ignore())
	if d := cmp.Diff(one, four, ignore); d != "" {
		t.Error(d)
	}
}

func TestCutInsByHand(t *testing.T) {
	human, fsm := refdriver.NewHuman(), refdriver.NewFSM()
	for _, c := range []struct {
		name  string
		model refdriver.Model
		c     refdriver.R157Case
		want  refdriver.R157Outcome
	}{
		{"stays in its lane", human, refdriver.R157Case{Ego: 60, Other: 10, Gap: 1}, refdriver.R157Outcome{}},
		// The boxes overlap laterally after 1.6 s. Until then the approach at 50 km/h uses
		// 22 m of the 59 m. The rest is 2.6 s away, which is not critical for the human model.
		{"far enough to be dismissed", human, refdriver.R157Case{Ego: 60, Other: 10, Gap: 59, Lateral: 1}, refdriver.R157Outcome{}},
		// The rest is 1.0 s away, and 0.8 s of it are reaction.
		{"too near", human, refdriver.R157Case{Ego: 60, Other: 10, Gap: 36, Lateral: 1}, refdriver.R157Outcome{Crash: true}},
		// The ego has passed 8.6 m of cars and 1 m of gap when the sides meet. With four
		// times the lateral speed it has not.
		{"past before it comes", fsm, refdriver.R157Case{Ego: 60, Other: 10, Gap: 1, Lateral: 0.5}, refdriver.R157Outcome{}},
		// The ego's center is 2 m ahead when the sides meet, so the model does not brake.
		{"into the side of the ego", human, refdriver.R157Case{Ego: 20, Other: 10, Gap: 1, Lateral: 0.6}, refdriver.R157Outcome{Crash: true, Ahead: true}},
	} {
		if got := c.c.CutIn(c.model); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// The human model coasts for 0.8 s, increases its braking for 0.5 s and then brakes at
// 7.59 m/s². From 50 km/h it needs 11.1 + 6.4 + 8.7 m, less than the 27.8 m of two
// seconds; from 60 km/h it needs 13.2 + 7.7 + 13.4 m, more than 33.3 m.
func TestLeadThatStopsAtOnce(t *testing.T) {
	for speed, crash := range map[float64]bool{50: false, 60: true} {
		c := refdriver.R157Case{Ego: speed, Decel: 1e4}
		if got := c.Following(refdriver.NewHuman()); got.Crash != crash {
			t.Errorf("%g km/h: %+v, want crash %v", speed, got, crash)
		}
	}
}

func TestEmptySpeedRange(t *testing.T) {
	for _, c := range []struct {
		kind     refdriver.R157Kind
		from, to float64
		says     string
	}{
		{refdriver.CutIn, 10, 10, "no case"}, {refdriver.CutOut, 131, 200, "no case"}, {refdriver.CutOut, 50, 40, "no case"},
		{refdriver.Following, math.NaN(), 40, "no case"}, {"swerve", 10, 60, "cut-in"},
	} {
		if _, err := refdriver.CompareR157(t.Context(), c.kind, c.from, c.to, 1); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %g-%g: %v, want %q", c.kind, c.from, c.to, err, c.says)
		}
	}
}

func TestCompareEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := refdriver.CompareR157(ctx, refdriver.CutIn, 10, 60, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
}

func ExampleCompare() {
	c, _ := refdriver.CompareR157(context.Background(), refdriver.CutIn, 60, 60, 1)
	cell := c.Cells[0]
	fmt.Printf("%g behind %g km/h: of %d cases the human crashes in %d, FSM in %d\n",
		cell.Ego, cell.Other, cell.Cases, cell.Crashes["cc"], cell.Crashes["fsm"])
	// Output: 60 behind 10 km/h: of 1062 cases the human crashes in 438, FSM in 144
}

func BenchmarkR157Grid(b *testing.B) {
	for b.Loop() {
		compare(b, refdriver.CutIn, 10, 60, 1)
	}
	b.ReportMetric(4*15930*float64(b.N)/b.Elapsed().Seconds(), "cases/s")
}
