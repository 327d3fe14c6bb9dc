package refdriver_test

import (
	"fmt"
	"math"
	"testing"

	"roadloop/planning/refdriver"
	"roadloop/sim/vehicle"
)

const kmh = 1 / 3.6

func near(a, b float64) bool { return math.Abs(a-b) < 5e-4 }

// Values computed with the reference implementations of RSS, parameters of the
// comparison of UN R157: ρ 0.75 s, a 3 m/s², b 6 m/s².
func TestRSSAlong(t *testing.T) {
	for _, c := range []struct{ v, lead, want float64 }{
		{50, 50, 16.891}, {50, 0, 32.966}, {100, 80, 55.664}, {130, 80, 109.406},
	} {
		if got := refdriver.NewRSS().Along(c.v*kmh, c.lead*kmh); !near(got, c.want) {
			t.Errorf("%g behind %g km/h: %.3f m, want %.3f", c.v, c.lead, got, c.want)
		}
	}
}

// μ 0.3 + (2v + 0.75)·0.375 + (v + 0.75)²/2.
func TestRSSBeside(t *testing.T) {
	for _, c := range []struct{ closing, want float64 }{{0, 0.8625}, {1, 2.8625}} {
		if got := refdriver.NewRSS().Beside(c.closing); !near(got, c.want) {
			t.Errorf("at %g m/s: %.4f m, want %.4f", c.closing, got, c.want)
		}
	}
}

func TestPFS(t *testing.T) {
	f := refdriver.NewFSM()
	// At 20 m/s behind 10 m/s: 15 + 400/8 − 100/14 + 2 = 59.857 m is safe, 15 + 400/12 −
	// 100/14 = 41.190 m is not; the gap counts less 2 m.
	for _, c := range []struct{ gap, want float64 }{
		{61.9, 0}, {61.8, 0.0031}, {52.5238, 0.5}, {43.2, 0.9995}, {43.1, 1}, {0, 1},
	} {
		if got := f.PFS(20, 10, c.gap); math.Abs(got-c.want) > 1e-4 {
			t.Errorf("gap %g m: %.4f, want %.4f", c.gap, got, c.want)
		}
	}
}

func TestCFS(t *testing.T) {
	f := refdriver.NewFSM()
	for _, c := range []struct {
		name          string
		u, w, d, a    float64
		want          float64
		unsafe, awful float64
	}{
		// (20 − 10)·0.75 + 100/8 = 20 m is safe, 7.5 + 100/12 = 15.833 m is not.
		{name: "far", u: 20, w: 10, d: 20.1, want: 0},
		{name: "between", u: 20, w: 10, d: 17.9167, want: 0.5},
		{name: "near", u: 20, w: 10, d: 15.8, want: 1},
		{name: "not approaching", u: 10, w: 10, d: 0.1, want: 0},
		// Braking at 4 m/s²: after 0.75 s 17 m/s; (20 − 1.5 − 10)·0.75 + 49/8 = 12.5 m is safe.
		{name: "brakes already", u: 20, w: 10, d: 12.6, a: -4, want: 0},
		{name: "brakes harder than counts", u: 20, w: 10, d: 12.6, a: -7, want: 0},
		{name: "brakes, near", u: 20, w: 10, d: 10.4, a: -4, want: 1},
		// At 4 m/s² the approach of 2 m/s ends after 0.5 s and 0.5 m, within the reaction.
		{name: "equal before reacting, room", u: 12, w: 10, d: 0.6, a: -4, want: 0},
		{name: "equal before reacting, none", u: 12, w: 10, d: 0.4, a: -4, want: 1},
	} {
		if got := f.CFS(c.u, c.w, c.d, c.a); math.Abs(got-c.want) > 1e-4 {
			t.Errorf("%s: %.4f, want %.4f", c.name, got, c.want)
		}
	}
}

func TestUrgeOfFSM(t *testing.T) {
	f := refdriver.NewFSM()
	for _, c := range []struct {
		name string
		s    refdriver.Situation
		want float64
	}{
		{"free", refdriver.Situation{Speed: 20, Other: 10, Gap: 70}, 0},
		{"proactive", refdriver.Situation{Speed: 20, Other: 10, Gap: 52.5238}, 2},
		{"critical", refdriver.Situation{Speed: 20, Other: 10, Gap: 17.9167}, 5},
		{"hopeless", refdriver.Situation{Speed: 20, Other: 10, Gap: 1}, 6},
		// The other arrives in 2 s; passing takes 30/10 s.
		{"comes first", refdriver.Situation{Speed: 20, Other: 10, Gap: 17.9167, Clear: 30, Side: 1, Closing: 0.5}, 5},
		// It arrives in 3.2 s: by then the ego has passed, by more than 0.1 s.
		{"we are past first", refdriver.Situation{Speed: 20, Other: 10, Gap: 17.9167, Clear: 30, Side: 1.6, Closing: 0.5}, 0},
		{"keeps its lane", refdriver.Situation{Speed: 20, Other: 10, Gap: 5, Clear: 14, Side: 1.6}, 0},
		{"is behind", refdriver.Situation{Speed: 20, Other: 10, Gap: -1, Behind: true}, 0},
	} {
		a := f.Assess(&c.s)
		if math.Abs(a.Decel-c.want) > 1e-3 || a.Unsafe != (c.want > 0) {
			t.Errorf("%s: %+v, want %g m/s²", c.name, a, c.want)
		}
	}
}

func TestHumanReactsBelowTwoSeconds(t *testing.T) {
	h := refdriver.NewHuman()
	for _, c := range []struct {
		name string
		s    refdriver.Situation
		want refdriver.Assessment
	}{
		{"beside", refdriver.Situation{Speed: 20, Other: 10, Gap: 5, Side: 0.01}, refdriver.Assessment{}},
		{"in the way, 2.1 s", refdriver.Situation{Speed: 20, Other: 10, Gap: 21}, refdriver.Assessment{Uncritical: true}},
		{"in the way, 1.9 s", refdriver.Situation{Speed: 20, Other: 10, Gap: 19}, refdriver.Assessment{Unsafe: true, Decel: 0.774 * 9.81}},
		{"manifest", refdriver.Situation{Speed: 20, Other: 10, Gap: 80, Evident: true}, refdriver.Assessment{Unsafe: true, Decel: 0.774 * 9.81}},
	} {
		if got := h.Assess(&c.s); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// A car of 1.9 m width in a lane of 3.5 m, and the ego in the center of its
// lane: 0.8 m to the marking and 0.8 m beyond, less 0.72 m and 0.375 m.
func TestNoticeAt(t *testing.T) {
	if got := refdriver.NoticeAt(3.5, 1.9, 0.8); !near(got, 0.505) {
		t.Errorf("%.3f m, want 0.505", got)
	}
}

// v_rel/(2·6) + 0.35 + 0.1 at 12 m/s is 1.45 s, 17.4 m.
func TestReg157(t *testing.T) {
	r := refdriver.NewReg157()
	for _, c := range []struct {
		gap, side float64
		unsafe    bool
	}{{17.5, 0.5, false}, {17.3, 0.5, true}, {17.3, 0.51, false}} {
		got := r.Assess(&refdriver.Situation{Speed: 20, Other: 8, Gap: c.gap, Side: c.side})
		if got.Unsafe != c.unsafe {
			t.Errorf("gap %g m, side %g m: %+v, want unsafe %v", c.gap, c.side, got, c.unsafe)
		}
	}
}

func TestHeadways(t *testing.T) {
	for _, c := range []struct {
		model refdriver.Model
		want  float64 // at 20 m/s
	}{
		{refdriver.NewHuman(), 40}, {refdriver.NewReg157(), 40},
		{refdriver.NewFSM(), 15 + 50 - 28.571 + 4},
		// 15 + 0.844 + 22.25²/12 − 15.5²/12 + 1.6875
		{refdriver.NewRSS(), 38.766},
	} {
		if got := c.model.Headway(20); math.Abs(got-c.want) > 1e-3 {
			t.Errorf("%s: %.3f m, want %.3f", c.model.Name(), got, c.want)
		}
	}
}

// The human coasts for 0.8 s (the first step of 0.1 s that ends after 0.75 s),
// then increases braking by 1.265 m/s² per step up to 0.774 g. When safe again,
// it holds its speed.
func TestHumanBraking(t *testing.T) {
	h := refdriver.NewHuman()
	unsafe, safe := refdriver.Assessment{Unsafe: true, Decel: 7.59294}, refdriver.Assessment{}
	var st refdriver.State
	st, decel, acts := refdriver.Step(h, st, &safe, 0.1)
	if decel != 0 || acts {
		t.Errorf("not reacting yet: %g m/s², acts %v", decel, acts)
	}
	want := []float64{.4, .4, .4, .4, .4, .4, .4, .4, 1.665, 2.93, 4.195, 5.46, 6.725, 7.59294, 7.59294}
	for i, w := range want {
		if st, decel, acts = refdriver.Step(h, st, &unsafe, 0.1); !near(decel, w) || !acts {
			t.Errorf("step %d: %.4f m/s², want %.4f", i, decel, w)
		}
	}
	if _, decel, acts = refdriver.Step(h, st, &safe, 0.1); decel != 0 || !acts {
		t.Errorf("safe again: %g m/s², acts %v; want 0, true", decel, acts)
	}
}

func TestFind(t *testing.T) {
	for _, m := range refdriver.Models() {
		got, err := refdriver.Find(m.Name())
		if err != nil || got != m {
			t.Errorf("%s: %v, %v", m.Name(), got, err)
		}
	}
	if _, err := refdriver.Find("human"); err == nil {
		t.Error("found a driver that does not exist")
	}
}

func ExampleStep() {
	fsm := refdriver.NewFSM()
	s := refdriver.Situation{Speed: 20, Other: 10, Gap: 30} // a slower car 30 m ahead
	var st refdriver.State
	for range 120 {
		a := fsm.Assess(&s)
		var decel float64
		st, decel, _ = refdriver.Step(fsm, st, &a, 0.1)
		s.Speed, s.Accel = s.Speed-decel*0.1, -decel
		s.Gap -= (s.Speed - s.Other) * 0.1
	}
	fmt.Printf("%.1f m/s, %.1f m behind\n", s.Speed, s.Gap)
	// Output: 7.8 m/s, 26.9 m behind
}

// The lateral distance is that of RSS for a still ego whose sides do not accelerate.
func TestRSSBesideAgrees(t *testing.T) {
	m := refdriver.NewRSS()
	rss := vehicle.RSS{Reaction: m.Rho, LateralAccel: m.Across, LateralBrake: m.Across, Margin: m.Mu}
	for closing := -m.Across * m.Rho / 2; closing < 5; closing += 0.1 {
		if got, want := m.Beside(closing), rss.Beside(closing, 0); math.Abs(got-want) > 1e-12 {
			t.Errorf("closing at %.1f m/s: %.4f m, want %.4f", closing, got, want)
		}
	}
}
