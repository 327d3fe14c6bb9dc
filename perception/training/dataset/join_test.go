package dataset

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"roadloop/perception/network"
)

// numbered returns a set of n frames with ids of a letter and a number.
func numbered(letter string, n int) *Set {
	s := newSet(letter, Options{})
	for i := range n {
		s.samples = append(s.samples, sample{id: fmt.Sprint(letter, i)})
	}
	return s
}

func ids(s *Set) (out []string) {
	for i := range s.samples {
		out = append(out, s.samples[i].id)
	}
	return out
}

// First takes the first frames of every joined set in proportion.
func TestFirst(t *testing.T) {
	for _, c := range []struct {
		sizes []int
		n     int
		want  string
	}{
		{[]int{4}, 2, "a0 a1"},
		{[]int{4}, 9, "a0 a1 a2 a3"},
		{[]int{3, 3}, 2, "a0 b0"},
		{[]int{6, 3}, 3, "a0 a1 b0"},
		{[]int{1, 99, 1}, 5, "a0 b0 b1 b2 c0"},
		{[]int{600, 2}, 3, "a0 a1 b0"},
		{[]int{5, 5, 5}, 2, "a0 b0"},
		{[]int{1, 1, 1}, 2, "a0 b0"},
		{[]int{2, 3}, 5, "a0 a1 b0 b1 b2"},
		{[]int{2, 3}, 6, "a0 a1 b0 b1 b2"},
		{[]int{0, 3}, 2, "b0 b1"},
		{[]int{3, 3}, 0, ""},
	} {
		var sets []*Set
		for i, n := range c.sizes {
			sets = append(sets, numbered(string(rune('a'+i)), n))
		}
		if got := strings.Join(ids(Join(sets...).First(c.n)), " "); got != c.want {
			t.Errorf("first %d of %v frames: %s, want %s", c.n, c.sizes, got, c.want)
		}
	}
	joined := Join(numbered("a", 13), numbered("b", 7), numbered("c", 1))
	for n := range joined.Len() + 1 {
		part := joined.First(n)
		if part.Len() != n || part.Digest() != joined.Digest() {
			t.Errorf("first %d frames: %d frames, or another digest", n, part.Len())
		}
		all := ids(part)
		if slices.Sort(all); len(slices.Compact(all)) != n {
			t.Errorf("first %d frames: a frame is repeated", n)
		}
	}
	if got := ids(joined.Part(12, 3)); !slices.Equal(got, []string{"a12", "b0", "b1"}) {
		t.Errorf("a part of joined sets has the frames %v", got)
	}
}

// A picture that cannot be decoded is left out if its own set has the option, and the set
// counts it.
func TestPrepareJoinedSets(t *testing.T) {
	config := network.Config{Width: 64, Height: 32, Widths: [6]int{1, 1, 1, 1, 1, 1}}
	whole := open(t, folder(t, cocoFiles()))
	dir := folder(t, with(yoloFiles(), "images/train/0.png", smallPicture()[:60], "labels/train/0.txt", yoloBox))
	for _, skip := range []bool{false, true} {
		s, err := Open(dir, Options{SkipBad: skip})
		if err != nil {
			t.Fatal(err)
		}
		joined := Join(whole, s.Part(0, s.Len()))
		err = joined.Prepare(t.Context(), config, 2, nil, nil)
		if !skip {
			if err == nil || !strings.Contains(err.Error(), "images/train/0.png") {
				t.Errorf("error %v, want the name of the picture", err)
			}
			continue
		}
		if n, first := s.Bad(); err != nil || joined.Len() != whole.Len()+2 || n != 1 || !strings.Contains(first[0].Error(), "images/train/0.png") {
			t.Errorf("%v: %d frames left, left out %d: %v", err, joined.Len(), n, first)
		}
		if got := filepath.Base(joined.samples[whole.Len()].picture); got != "a.png" {
			t.Errorf("the first frame of the second set is %s", got)
		}
	}
}
