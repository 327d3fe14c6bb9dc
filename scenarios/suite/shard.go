package suite

import (
	"fmt"
	"strconv"
	"strings"

	"roadloop/scenarios"
)

// Shard is part Number of Of equal parts of a suite, counted from 1. The zero value is
// the whole suite.
type Shard struct{ Number, Of int }

// maxShards is the maximum number of shards of a suite.
const maxShards = 10_000

// ParseShard parses a shard such as 2/4.
func ParseShard(text string) (Shard, error) {
	a, b, _ := strings.Cut(text, "/")
	number, err1 := strconv.Atoi(a)
	of, err2 := strconv.Atoi(b)
	if err1 != nil || err2 != nil || number < 1 || of < number || of > maxShards {
		return Shard{}, fmt.Errorf("%q: want a shard such as 2/4, from 1/4 to 4/4", text)
	}
	return Shard{number, of}, nil
}

// String formats a shard for ParseShard. The whole suite is "".
func (s Shard) String() string {
	if s.Of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Number, s.Of)
}

// Cases returns the cases of the shard. It takes every Of-th case, so that scenarios are
// spread over the shards.
func (s Shard) Cases(all []*scenarios.Case) []*scenarios.Case {
	if s.Of == 0 {
		return all
	}
	var part []*scenarios.Case
	for i := s.Number - 1; i < len(all); i += s.Of {
		part = append(part, all[i])
	}
	return part
}

// size returns the number of cases in the shard, out of n.
func (s Shard) size(n int) int { return (n + s.Of - s.Number) / s.Of }
