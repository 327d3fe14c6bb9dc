package suite

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dustin/go-humanize/english"

	"roadloop/scenarios/runner"
)

// Part is the document of a shard. Name is its file name, for errors.
type Part struct {
	Name    string
	Results *runner.Results
}

// Merge merges the results of all shards of a suite. The merged document equals the
// document of an undivided run, except for wall times. Merge rejects documents of
// different suites or setups, missing or duplicate shards, and incomplete shards.
func Merge(parts []Part) (*runner.Results, error) {
	shards, err := orderShards(parts)
	if err != nil {
		return nil, err
	}
	first := shards[0].Results
	out := runner.NewResults()
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
	if err := checkIdentity(out); err != nil {
		return nil, err
	}
	return out, nil
}

// checkIdentity checks the cases of a whole suite against its identity.
func checkIdentity(r *runner.Results) error {
	if got := caseHash(r); got != r.Suite.SHA256 {
		return fmt.Errorf("the cases differ from the suite of the files: SHA-256 %.12s, want %.12s", got, r.Suite.SHA256)
	}
	return nil
}

// orderShards returns the parts in the order of their shards. All shards must be present.
func orderShards(parts []Part) ([]Part, error) {
	if len(parts) == 0 {
		return nil, errors.New("no results to merge")
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
		if err := checkSameRun(parts[0], p); err != nil {
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
	return shards, checkComplete(shards)
}

// checkComplete reports missing shards.
func checkComplete(shards []Part) error {
	var names []string
	for i, p := range shards {
		if p.Results == nil {
			names = append(names, Shard{i + 1, len(shards)}.String())
		}
	}
	if len(names) > 10 {
		names = append(names[:10], fmt.Sprintf("%d more", len(names)-10))
	}
	if len(names) > 0 {
		return fmt.Errorf("shard %s is missing", strings.Join(names, ", "))
	}
	return nil
}

// shard returns the shard of a document, which must be complete.
func (p *Part) shard() (Shard, error) {
	r := p.Results
	if r.Suite == nil || r.Setup == nil || r.Shard == "" {
		return Shard{}, fmt.Errorf("%s is not of a shard: use results of roadloop test --shard", p.Name)
	}
	shard, err := ParseShard(r.Shard)
	if err != nil {
		return Shard{}, fmt.Errorf("%s: shard %w", p.Name, err)
	}
	if want := shard.size(r.Suite.Cases); len(r.Cases) != want {
		return Shard{}, fmt.Errorf("%s contains %d of the %s of shard %v: its run is incomplete", p.Name, len(r.Cases), english.Plural(want, "case", ""), shard)
	}
	return shard, nil
}

// checkSameRun checks that two documents have the same suite and setup.
func checkSameRun(a, b Part) error {
	if x, y := a.Results.Suite, b.Results.Suite; x.SHA256 != y.SHA256 || x.Name != y.Name || x.Cases != y.Cases {
		return fmt.Errorf("%s and %s are of different suites: %s of %s (%.12s) and %s of %s (%.12s)",
			a.Name, b.Name, x.Name, english.Plural(x.Cases, "case", ""), x.SHA256, y.Name, english.Plural(y.Cases, "case", ""), y.SHA256)
	}
	if x, y := *a.Results.Setup, *b.Results.Setup; x != y {
		return fmt.Errorf("%s and %s were driven differently: %s", a.Name, b.Name, x.Difference(y))
	}
	return nil
}
