package perception

import (
	"math"
	"slices"
)

// Assignment pairs rows with columns at the least total cost: for example measurements with
// tracks, or tracks with actors. It reuses its buffers; the zero value is ready.
type Assignment struct {
	cost    []float64 // rows × columns, +Inf forbids
	rows    int
	cols    int
	match   []int // by row
	u, v    []float64
	owner   []int // row of each column, 1-based; 0 for none
	way     []int
	least   []float64
	visited []bool
}

// Reset starts a problem of the given size in which every pair is forbidden.
func (a *Assignment) Reset(rows, cols int) {
	a.rows, a.cols = rows, cols
	a.cost = slices.Grow(a.cost[:0], rows*cols)[:rows*cols]
	for i := range a.cost {
		a.cost[i] = math.Inf(1)
	}
}

// Allow allows a pair at a cost.
func (a *Assignment) Allow(row, col int, cost float64) { a.cost[row*a.cols+col] = cost }

// Solve returns the column of each row, or -1 if leaving the row unassigned, at the
// given cost, is cheaper. The sum of costs is minimal. It is the Hungarian algorithm
// by shortest augmenting paths (Jonker, Volgenant 1987); each row gets one extra
// column that means "unassigned". The next problem overwrites the result.
func (a *Assignment) Solve(alone float64) []int {
	n, m := a.rows, a.cols+a.rows
	a.u = zeros(a.u, n+1)
	a.v = zeros(a.v, m+1)
	a.owner = zeros(a.owner, m+1)
	a.way = zeros(a.way, m+1)
	for row := 1; row <= n; row++ {
		a.augment(row, alone)
	}
	a.match = zeros(a.match, n)
	for i := range a.match {
		a.match[i] = -1
	}
	for col := 1; col <= a.cols; col++ {
		if a.owner[col] > 0 {
			a.match[a.owner[col]-1] = col - 1
		}
	}
	return a.match
}

// Taken reports whether the last solution assigns a column to a row.
func (a *Assignment) Taken(col int) bool { return a.owner[col+1] > 0 }

// price returns the cost of a pair, both counted from 1.
func (a *Assignment) price(row, col int, alone float64) float64 {
	switch {
	case col <= a.cols:
		return a.cost[(row-1)*a.cols+col-1]
	case col-a.cols == row:
		return alone
	}
	return math.Inf(1)
}

// augment finds the shortest path from an unassigned row to a free column and
// shifts the assignment along it.
func (a *Assignment) augment(row int, alone float64) {
	m := a.cols + a.rows
	a.owner[0] = row
	a.least = zeros(a.least, m+1)
	for i := range a.least {
		a.least[i] = math.Inf(1)
	}
	a.visited = zeros(a.visited, m+1)
	col := 0
	for {
		a.visited[col] = true
		r, next, delta := a.owner[col], 0, math.Inf(1)
		for j := 1; j <= m; j++ {
			if a.visited[j] {
				continue
			}
			if c := a.price(r, j, alone) - a.u[r] - a.v[j]; c < a.least[j] {
				a.least[j], a.way[j] = c, col
			}
			if a.least[j] < delta {
				delta, next = a.least[j], j
			}
		}
		a.shift(delta)
		col = next
		if a.owner[col] == 0 {
			break
		}
	}
	for col != 0 {
		prev := a.way[col]
		a.owner[col] = a.owner[prev]
		col = prev
	}
}

// shift moves the dual variables so that the next column's reduced cost is zero.
func (a *Assignment) shift(delta float64) {
	for j := range a.least {
		if a.visited[j] {
			a.u[a.owner[j]] += delta
			a.v[j] -= delta
		} else {
			a.least[j] -= delta
		}
	}
}

// zeros returns a slice of n zero values in the memory of s if it is large enough.
func zeros[T any](s []T, n int) []T {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}
