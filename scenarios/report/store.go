package report

// itemStore keeps items of cases within limits: of failed cases first, then of the first
// case of each scenario, then of the others in order. The result depends only on the order
// of cases.
type itemStore struct {
	maxItems, maxBytes int
	items              []item // in the order of cases
	size               int    // bytes of all items
}

// item is the replay, the video or the reel of a case.
type item struct {
	key  string // of the case
	rank rank
	data []byte
	from float64 // time of the first frame of the video, s
	// camera reports, for a reel, whether the page renders the car's camera images.
	camera bool
}

// rank is the priority of a case; a full store drops the lowest first.
type rank int

const (
	rankOther  rank = iota
	rankFirst       // the first of its scenario
	rankFailed      // it failed
)

// put appends an item and drops items over the limits, which may include the new one.
func (s *itemStore) put(it item) {
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
func (s *itemStore) find(key string) *item {
	for i := range s.items {
		if s.items[i].key == key {
			return &s.items[i]
		}
	}
	return nil
}

// hasRoomFor reports whether a new item of that rank could be kept.
func (s *itemStore) hasRoomFor(r rank) bool {
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
