package refdriver

import (
	"context"
	"fmt"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"roadloop/sim/vehicle"
)

// R157Kind is a logical scenario with a grid.
type R157Kind string

// The grids of the comparison.
const (
	CutIn     R157Kind = "cut-in"
	CutOut    R157Kind = "cut-out"
	Following R157Kind = "following"
)

// R157Kinds returns all grids.
func R157Kinds() []R157Kind { return []R157Kind{CutIn, CutOut, Following} }

// R157Cell holds the cases of a grid with the same speeds, and the number of crashes of each
// model.
type R157Cell struct {
	Ego     float64        `json:"ego_kmh"`
	Other   float64        `json:"other_kmh"` // initial speed of the car ahead
	Cases   int            `json:"cases"`
	Crashes map[string]int `json:"crashes"`

	list []R157Case
}

// R157Comparison is the result of all models in a grid.
type R157Comparison struct {
	Schema string   `json:"schema"`
	Grid   R157Kind `json:"grid"`
	// From and To are the range of the ego's speed, km/h.
	From    float64        `json:"ego_from_kmh"`
	To      float64        `json:"ego_to_kmh"`
	Models  []string       `json:"models"`
	Cases   int            `json:"cases"` // driven by each model
	Crashes map[string]int `json:"crashes"`
	Cells   []R157Cell     `json:"cells"`
}

// R157Schema is the version of the Comparison document.
const R157Schema = "roadloop.r157/1"

// CompareR157 drives all models through the cases of a grid with an ego speed in the range
// from, to (km/h). The result does not depend on the number of workers. Compare fails if
// no case is in the range.
func CompareR157(ctx context.Context, kind R157Kind, from, to float64, workers int) (*R157Comparison, error) {
	cells, err := cells(kind, from, to)
	if err != nil {
		return nil, err
	}
	models := Models()
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for range max(1, min(workers, len(cells))) {
		g.Go(func() error {
			for i := int(next.Add(1)) - 1; i < len(cells); i = int(next.Add(1)) - 1 {
				if err := ctx.Err(); err != nil {
					return err
				}
				cells[i].drive(kind, models)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	out := &R157Comparison{Schema: R157Schema, Grid: kind, From: from, To: to, Crashes: map[string]int{}, Cells: cells}
	for _, m := range models {
		out.Models = append(out.Models, m.Name())
		for i := range cells {
			out.Crashes[m.Name()] += cells[i].Crashes[m.Name()]
		}
	}
	for i := range cells {
		out.Cases += cells[i].Cases
	}
	return out, nil
}

// drive counts the crashes of every model in the cell.
func (c *R157Cell) drive(kind R157Kind, models []Model) {
	c.Cases, c.Crashes = len(c.list), map[string]int{}
	var buf []vehicleState
	for _, m := range models {
		n := 0
		for i := range c.list {
			if c.list[i].drive(kind, m, &buf).Crash {
				n++
			}
		}
		c.Crashes[m.Name()] = n
	}
}

// drive drives the case as one of the grid's kind.
func (c *R157Case) drive(kind R157Kind, m Model, buf *[]vehicleState) R157Outcome {
	switch kind {
	case CutOut:
		return c.CutOut(m)
	case Following:
		return c.Following(m)
	}
	return c.cutInBuffered(m, buf)
}

// cells returns the cells of a grid with ego speeds in the range.
func cells(kind R157Kind, from, to float64) ([]R157Cell, error) {
	var all []R157Cell
	switch kind {
	case CutIn:
		all = append(cutIns(slowCutIns()), cutIns(fastCutIns())...)
	case CutOut:
		all = cutOuts()
	case Following:
		all = followings()
	default:
		return nil, fmt.Errorf("grid %q: want one of %v", kind, R157Kinds())
	}
	var out []R157Cell
	for i := range all {
		if all[i].Ego >= from && all[i].Ego <= to {
			out = append(out, all[i])
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no case of the %s grid has an ego speed of %g to %g km/h", kind, from, to)
	}
	return out, nil
}

// span is the sequence from, from+by, ... up to to.
type span struct{ from, to, by int }

func (s span) values() []float64 {
	var v []float64
	for x := s.from; x <= s.to; x += s.by {
		v = append(v, float64(x))
	}
	return v
}

// cutInGrid is a grid of cut-ins, with speeds in km/h and gaps in m.
type cutInGrid struct {
	ego, gap span
	other    int // step of the other car's speed, which goes from 10 km/h to below the ego's speed
}

func slowCutIns() cutInGrid {
	return cutInGrid{ego: span{10, 60, 10}, gap: span{1, 59, 1}, other: 10}
}

func fastCutIns() cutInGrid {
	return cutInGrid{ego: span{70, 130, 20}, gap: span{1, 119, 2}, other: 30}
}

// cutIns returns the cells of a grid of cut-ins. Lateral speeds are 0 to 1.7 m/s in steps
// of 0.1.
func cutIns(g cutInGrid) []R157Cell {
	var out []R157Cell
	for _, ego := range g.ego.values() {
		for _, other := range (span{10, int(ego) - 1, g.other}).values() {
			c := R157Cell{Ego: ego, Other: other}
			for _, gap := range g.gap.values() {
				for i := range 18 {
					c.list = append(c.list, R157Case{Ego: ego, Other: other, Gap: gap, Lateral: float64(i) * 0.1})
				}
			}
			out = append(out, c)
		}
	}
	return out
}

// cutOuts returns the grid of cut-outs: the ego at 10 to 130 km/h in steps of 10, the
// stopped car 2 to 147 m ahead of the lead in steps of 5, lateral speeds 0.1 to 2.9 m/s
// in steps of 0.2.
func cutOuts() []R157Cell {
	var out []R157Cell
	for _, ego := range (span{10, 130, 10}).values() {
		c := R157Cell{Ego: ego, Other: ego}
		for _, gap := range (span{2, 147, 5}).values() {
			for i := range 15 {
				c.list = append(c.list, R157Case{Ego: ego, Other: ego, Gap: gap, Lateral: 0.1 + float64(i)*0.2})
			}
		}
		out = append(out, c)
	}
	return out
}

// followings returns the grid of braking leads: both cars at 12 to 128 km/h in steps of
// 2, the lead's deceleration 0.05 to 0.95 g in steps of 0.05.
func followings() []R157Cell {
	var out []R157Cell
	for _, ego := range (span{12, 128, 2}).values() {
		c := R157Cell{Ego: ego, Other: ego}
		for i := range 19 {
			c.list = append(c.list, R157Case{Ego: ego, Other: ego, Decel: vehicle.Gravity * (0.05 + float64(i)*0.05)})
		}
		out = append(out, c)
	}
	return out
}
