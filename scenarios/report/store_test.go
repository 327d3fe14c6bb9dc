package report

import (
	"slices"
	"testing"
)

func keys(s *itemStore) []string {
	var out []string
	for _, it := range s.items {
		out = append(out, it.key)
	}
	return out
}

func TestItemStoreKeepsFailuresFirst(t *testing.T) {
	s := itemStore{maxItems: 3, maxBytes: 1000}
	for _, it := range []item{
		{key: "first of a", rank: rankFirst}, {key: "a2", rank: rankOther}, {key: "a3", rank: rankOther},
		{key: "a4 failed", rank: rankFailed}, {key: "first of b", rank: rankFirst}, {key: "b2 failed", rank: rankFailed},
	} {
		s.put(it)
	}
	if want := []string{"first of a", "a4 failed", "b2 failed"}; !slices.Equal(keys(&s), want) {
		t.Errorf("kept %q, want %q", keys(&s), want)
	}
	if s.hasRoomFor(rankOther) || s.hasRoomFor(rankFirst) || !s.hasRoomFor(rankFailed) {
		t.Error("a full store has room for more than failures")
	}
	s.put(item{key: "c failed", rank: rankFailed})
	s.put(item{key: "d failed", rank: rankFailed})
	if want := []string{"a4 failed", "b2 failed", "c failed"}; !slices.Equal(keys(&s), want) || s.hasRoomFor(rankFailed) {
		t.Errorf("kept %q, want the first failures %q and no more", keys(&s), want)
	}
}

func TestItemStoreLimitsBytes(t *testing.T) {
	s := itemStore{maxItems: 100, maxBytes: 250}
	for i := range 10 {
		rank := rankOther
		if i == 7 {
			rank = rankFailed
		}
		s.put(item{key: string(rune('a' + i)), rank: rank, data: make([]byte, 100)})
	}
	if want := []string{"a", "h"}; !slices.Equal(keys(&s), want) || s.size != 200 {
		t.Errorf("kept %q of %d bytes, want %q of 200", keys(&s), s.size, want)
	}
	s.put(item{key: "huge", rank: rankFailed, data: make([]byte, 300)})
	if len(s.items) != 0 && s.size > 250 {
		t.Errorf("%d bytes in a store for 250", s.size)
	}
}
