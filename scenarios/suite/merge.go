package suite

import (
	"errors"
	"fmt"
	"strings"

	"roadloop/scenarios"
)

// Part is the document of a shard, with the name of its file for errors.
type Part struct {
	Name    string
	Results *scenarios.Results
}

// Merge puts the results of all shards of a suite together. What it returns is, but
// for wall times, the document of the suite driven in one go. It refuses documents
// of different suites or setups, shards that are missing or come twice, and shards
// that lack cases.
func Merge(parts []Part) (*scenarios.Results, error) {
	shards, err := arrange(parts)
	if err != nil {
		return nil, err
	}
	first := shards[0].Results
	out := scenarios.NewResults()
	out.Suite, out.Setup = first.Suite, first.Setup
	seen := make(map[string]string)
	for i := range first.Suite.Cases {
		part := shards[i%len(shards)]
		c := part.Results.Cases[i/len(shards)]
		if other, twice := seen[c.Case]; twice {
			return nil, fmt.Errorf("%s is in %s and in %s", c.Case, other, part.Name)
		}
		seen[c.Case] = part.Name
		out.Append(c)
	}
	if err := sameCases(out); err != nil {
		return nil, err
	}
	return out, nil
}

// sameCases checks the cases of a whole suite against its identity.
func sameCases(r *scenarios.Results) error {
	if got := identify(r); got != r.Suite.SHA256 {
		return fmt.Errorf("the cases are not those of the suite that the files name: SHA-256 %.12s, want %.12s", got, r.Suite.SHA256)
	}
	return nil
}

// arrange returns the parts in order of their shards, of which none is missing.
func arrange(parts []Part) ([]Part, error) {
	if len(parts) == 0 {
		return nil, errors.New("there is nothing to merge")
	}
	var shards []Part
	for _, p := range parts {
		shard, err := p.shard()
		if err != nil {
			return nil, err
		}
		if shards == nil {
			shards = make([]Part, shard.Of)
		}
		if err := agree(parts[0], p); err != nil {
			return nil, err
		}
		if shard.Of != len(shards) {
			return nil, fmt.Errorf("%s is shard %v, %s is shard %s", p.Name, shard, parts[0].Name, parts[0].Results.Shard)
		}
		at := &shards[shard.Number-1]
		if at.Results != nil {
			return nil, fmt.Errorf("%s and %s are both shard %v", at.Name, p.Name, shard)
		}
		*at = p
	}
	return shards, missing(shards)
}

// missing tells which shards there are not.
func missing(shards []Part) error {
	var holes []string
	for i, p := range shards {
		if p.Results == nil {
			holes = append(holes, Shard{i + 1, len(shards)}.String())
		}
	}
	if len(holes) > 10 {
		holes = append(holes[:10], fmt.Sprintf("%d more", len(holes)-10))
	}
	if len(holes) > 0 {
		return fmt.Errorf("shard %s is missing", strings.Join(holes, ", "))
	}
	return nil
}

// shard checks that a document is a finished shard and returns which.
func (p *Part) shard() (Shard, error) {
	r := p.Results
	if r.Suite == nil || r.Setup == nil || r.Shard == "" {
		return Shard{}, fmt.Errorf("%s is not of a shard: roadloop test --shard writes these", p.Name)
	}
	shard, err := ParseShard(r.Shard)
	if err != nil {
		return Shard{}, fmt.Errorf("%s: shard %w", p.Name, err)
	}
	if want := shard.size(r.Suite.Cases); len(r.Cases) != want {
		return Shard{}, fmt.Errorf("%s holds %d of the %d cases of shard %v: its run did not end", p.Name, len(r.Cases), want, shard)
	}
	return shard, nil
}

// agree checks that two documents are of the same suite, driven in the same way.
func agree(a, b Part) error {
	if x, y := a.Results.Suite, b.Results.Suite; x.SHA256 != y.SHA256 || x.Name != y.Name || x.Cases != y.Cases {
		return fmt.Errorf("%s and %s are of different suites: %s of %d cases (%.12s) and %s of %d cases (%.12s)",
			a.Name, b.Name, x.Name, x.Cases, x.SHA256, y.Name, y.Cases, y.SHA256)
	}
	if x, y := *a.Results.Setup, *b.Results.Setup; x != y {
		return fmt.Errorf("%s and %s were driven differently: %s", a.Name, b.Name, x.Difference(y))
	}
	return nil
}
