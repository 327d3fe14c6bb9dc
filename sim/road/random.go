package road

import "roadloop/sim/rng"

// Random returns a map of a random kind with random parameters, for training on
// many maps.
func Random(seed uint64) (*Map, error) { return Generate(RandomParams(seed)) }

// randomKinds are the kinds of Random. Do not add a kind: it would change the
// map of every seed, and so the training data of existing networks.
var randomKinds = [...]Kind{KindStraight, KindArc, KindCurve, KindSCurve, KindMerge, KindFourWay, KindTee, KindTown}

// RandomParams draws the parameters of Random.
func RandomParams(seed uint64) Params {
	r := rng.New(seed, "map", "params")
	p := Params{
		Kind:       randomKinds[r.IntN(len(randomKinds))],
		Lanes:      1 + r.IntN(2),
		LaneWidth:  r.Range(2.9, 3.75),
		Radius:     r.Range(40, 400),
		Angle:      r.Range(0.4, 1.5),
		SpeedLimit: r.Range(8, 28),
		Control:    []Control{Free, SignalControl, SignalControl, StopSign, Yield}[r.IntN(5)],
		Crosswalks: r.Chance(0.5),
		Urban:      r.Chance(0.5),
		Yellow:     r.Chance(0.3),
		Unmarked:   r.Chance(0.04),
		Seed:       seed,
	}
	if r.Chance(0.5) {
		p.Radius = -p.Radius
	}
	if r.Chance(0.4) {
		p.Wear = r.Range(0.1, 0.7)
	}
	switch p.Kind {
	case KindTown:
		p.Urban = true
		p.Lanes = 1
		p.Length = r.Range(60, 110)
	case KindFourWay, KindTee:
		p.Length = r.Range(90, 150)
	default:
		p.OneWay = r.Chance(0.35)
		if p.OneWay {
			p.Lanes = 1 + r.IntN(4)
		}
	}
	return p
}
