package report

// shelf keeps what cases have to show within bounds: failed cases first, then the
// first case of each scenario, then the others in their order. What is kept does
// not depend on when a case was put there, only on the order of cases.
type shelf struct {
	maxItems, maxBytes int
	items              []item // in the order of cases
	size               int    // bytes of all items
}

// item is something that a case has to show.
type item struct {
	key  string // of the case
	rank rank
	data []byte
	from float64 // time of the first picture of the film, s
	// camera tells of a reel that the car's camera took pictures of the drive.
	camera bool
}

// rank says how much one wants to look at a case; lower ones go first when the
// shelf is full.
type rank int

const (
	usual   rank = iota
	sample       // the first of its scenario
	failing      // it failed
)

// put adds an item after all others and drops what no longer has room, which may
// be the new item.
func (s *shelf) put(it item) {
	s.items = append(s.items, it)
	s.size += len(it.data)
	for len(s.items) > s.maxItems || s.size > s.maxBytes {
		least := 0
		for i := range s.items {
			if s.items[i].rank <= s.items[least].rank {
				least = i
			}
		}
		s.size -= len(s.items[least].data)
		s.items = append(s.items[:least], s.items[least+1:]...)
	}
}

// find returns the item of a case, nil if it has none.
func (s *shelf) find(key string) *item {
	for i := range s.items {
		if s.items[i].key == key {
			return &s.items[i]
		}
	}
	return nil
}

// wants reports whether an item of that rank could stay if it came now.
func (s *shelf) wants(r rank) bool {
	if len(s.items) < s.maxItems {
		return true
	}
	for i := range s.items {
		if s.items[i].rank < r {
			return true
		}
	}
	return false
}
