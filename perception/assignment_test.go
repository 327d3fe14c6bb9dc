package perception

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// least returns the least cost of assigning rows from row on, by exhaustive search.
func least(cost [][]float64, row int, used []bool, alone float64) float64 {
	if row == len(cost) {
		return 0
	}
	best := alone + least(cost, row+1, used, alone)
	for c, v := range cost[row] {
		if used[c] || math.IsInf(v, 1) {
			continue
		}
		used[c] = true
		best = math.Min(best, v+least(cost, row+1, used, alone))
		used[c] = false
	}
	return best
}

func TestAssignmentIsTheCheapest(t *testing.T) {
	var a Assignment
	rapid.Check(t, func(t *rapid.T) {
		rows, cols := rapid.IntRange(0, 5).Draw(t, "rows"), rapid.IntRange(0, 5).Draw(t, "cols")
		const alone = 10
		cost := make([][]float64, rows)
		a.Reset(rows, cols)
		for i := range cost {
			cost[i] = make([]float64, cols)
			for j := range cost[i] {
				cost[i][j] = math.Inf(1)
				if rapid.Bool().Draw(t, "allowed") {
					cost[i][j] = rapid.Float64Range(0, 15).Draw(t, "cost")
					a.Allow(i, j, cost[i][j])
				}
			}
		}
		sum := 0.0
		taken := make(map[int]bool)
		for i, j := range a.Solve(alone) {
			switch {
			case j < 0:
				sum += alone
			case taken[j]:
				t.Fatalf("column %d is taken twice", j)
			default:
				taken[j] = true
				sum += cost[i][j]
			}
		}
		if want := least(cost, 0, make([]bool, cols), alone); math.Abs(sum-want) > 1e-9 {
			t.Fatalf("cost %g, want %g", sum, want)
		}
	})
}
