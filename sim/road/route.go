package road

import (
	"container/heap"
	"fmt"
)

// changeCost is the cost of a lane change in a route, m.
const changeCost = 40

// FindRoute returns the lanes from one lane to another, both included:
// consecutive lanes are successors or neighbors. It minimizes the length of the
// lanes entered plus changeCost for every lane change. It returns an error if
// the map has no such route.
func (m *Map) FindRoute(from, to LaneID) ([]LaneID, error) {
	if !m.exists(from) || !m.exists(to) {
		return nil, fmt.Errorf("route from lane %d to lane %d: the map has %d lanes", from, to, len(m.Lanes))
	}
	cost := make([]float64, len(m.Lanes))
	prev := make([]LaneID, len(m.Lanes))
	for i := range prev {
		cost[i], prev[i] = -1, None
	}
	q := &frontier{{from, None, 0}}
	for q.Len() > 0 {
		at := heap.Pop(q).(visit)
		if cost[at.lane] >= 0 {
			continue
		}
		cost[at.lane], prev[at.lane] = at.cost, at.prev
		if at.lane == to {
			return backtrack(prev, to), nil
		}
		l := &m.Lanes[at.lane]
		for _, n := range l.Next {
			heap.Push(q, visit{n, at.lane, at.cost + m.Lanes[n].Center.Length()})
		}
		for _, n := range [...]LaneID{l.Left, l.Right} {
			if n != None {
				heap.Push(q, visit{n, at.lane, at.cost + changeCost})
			}
		}
	}
	return nil, fmt.Errorf("no route from lane %d to lane %d", from, to)
}

func backtrack(prev []LaneID, at LaneID) []LaneID {
	var route []LaneID
	for ; at != None; at = prev[at] {
		route = append(route, at)
	}
	for i, j := 0, len(route)-1; i < j; i, j = i+1, j-1 {
		route[i], route[j] = route[j], route[i]
	}
	return route
}

// visit is a lane to expand, with its predecessor on the route.
type visit struct {
	lane, prev LaneID
	cost       float64
}

// frontier is a priority queue by cost; ties go to the lower lane, so that
// routes do not depend on the order of insertion.
type frontier []visit

func (f frontier) Len() int      { return len(f) }
func (f frontier) Swap(i, j int) { f[i], f[j] = f[j], f[i] }
func (f frontier) Less(i, j int) bool {
	if f[i].cost != f[j].cost {
		return f[i].cost < f[j].cost
	}
	return f[i].lane < f[j].lane
}
func (f *frontier) Push(x any) { *f = append(*f, x.(visit)) }
func (f *frontier) Pop() any {
	old := *f
	last := old[len(old)-1]
	*f = old[:len(old)-1]
	return last
}
