package report

import (
	"slices"
	"testing"
)

func keys(s *shelf) []string {
	var out []string
	for _, it := range s.items {
		out = append(out, it.key)
	}
	return out
}

func TestShelfKeepsFailuresFirst(t *testing.T) {
	s := shelf{maxItems: 3, maxBytes: 1000}
	for _, it := range []item{
		{key: "first of a", rank: sample}, {key: "a2", rank: usual}, {key: "a3", rank: usual},
		{key: "a4 failed", rank: failing}, {key: "first of b", rank: sample}, {key: "b2 failed", rank: failing},
	} {
		s.put(it)
	}
	if want := []string{"first of a", "a4 failed", "b2 failed"}; !slices.Equal(keys(&s), want) {
		t.Errorf("kept %q, want %q", keys(&s), want)
	}
	if s.wants(usual) || s.wants(sample) || !s.wants(failing) {
		t.Error("a full shelf wants more than failures")
	}
	s.put(item{key: "c failed", rank: failing})
	s.put(item{key: "d failed", rank: failing})
	if want := []string{"a4 failed", "b2 failed", "c failed"}; !slices.Equal(keys(&s), want) || s.wants(failing) {
		t.Errorf("kept %q, want the first failures %q and no more", keys(&s), want)
	}
}

func TestShelfKeepsWithinBytes(t *testing.T) {
	s := shelf{maxItems: 100, maxBytes: 250}
	for i := range 10 {
		rank := usual
		if i == 7 {
			rank = failing
		}
		s.put(item{key: string(rune('a' + i)), rank: rank, data: make([]byte, 100)})
	}
	if want := []string{"a", "h"}; !slices.Equal(keys(&s), want) || s.size != 200 {
		t.Errorf("kept %q of %d bytes, want %q of 200", keys(&s), s.size, want)
	}
	s.put(item{key: "huge", rank: failing, data: make([]byte, 300)})
	if len(s.items) != 0 && s.size > 250 {
		t.Errorf("%d bytes on a shelf for 250", s.size)
	}
}
