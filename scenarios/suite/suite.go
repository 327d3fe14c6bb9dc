// Package suite chooses the cases of a regression suite, parts them into shards,
// drives them and puts the results of shards together again.
//
// A suite is a list of cases in a fixed order: that of the library, or of the
// patterns that name scenarios, then that of seeds or of the grid. Whatever the
// number of workers, shards and interruptions, the results are the same.
package suite

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"roadloop/scenarios"
)

// Names of suites.
const (
	Quick = "quick" // some seeds of every scenario
	Full  = "full"  // the grid of every scenario
	Seeds = "seeds" // chosen seeds of every scenario
)

// Suite is a list of cases with different names.
type Suite struct {
	Name  string
	Cases []*scenarios.Case
}

// Identity tells the suite from others: by the names and parameters of its cases
// and by the texts of its scenarios.
func (s *Suite) Identity() *scenarios.Identity {
	id := &scenarios.Identity{Name: s.Name, Cases: len(s.Cases), Scenarios: map[string]string{}}
	all := sha256.New()
	for _, c := range s.Cases {
		name := c.Scenario.Slug()
		if id.Scenarios[name] == "" {
			sum := sha256.Sum256(c.Scenario.Source)
			id.Scenarios[name] = hex.EncodeToString(sum[:])
		}
		writeCase(all, c.ID(), c.Parameters, id.Scenarios[name])
	}
	id.SHA256 = hex.EncodeToString(all.Sum(nil))
	return id
}

// identify returns the identity's SHA-256 of the cases of a document.
func identify(r *scenarios.Results) string {
	all := sha256.New()
	for i := range r.Cases {
		c := &r.Cases[i]
		writeCase(all, c.Case, c.Parameters, r.Suite.Scenarios[c.Scenario])
	}
	return hex.EncodeToString(all.Sum(nil))
}

// writeCase writes what tells a case from another one as a line of JSON.
func writeCase(w io.Writer, id string, parameters []scenarios.Parameter, source string) {
	_ = json.NewEncoder(w).Encode([]any{id, parameters, source}) // strings, to a hash: cannot fail
}

// Check compiles every case and returns what is wrong with those that cannot be
// driven, at most ten of them.
func (s *Suite) Check() error {
	var faults []error
	for _, c := range s.Cases {
		if _, err := c.Compile(); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", c.ID(), err))
		}
		if len(faults) == 10 {
			break
		}
	}
	return errors.Join(faults...)
}
