package suite

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"roadloop/scenarios"
	"roadloop/scenarios/runner"
)

// Names of suites.
const (
	Quick = "quick" // some seeds of every scenario
	Full  = "full"  // the grid of every scenario
	Seeds = "seeds" // chosen seeds of every scenario
)

// Suite is a list of cases with unique names.
type Suite struct {
	Name  string
	Cases []*scenarios.Case
}

// Identity returns the identity of the suite. It depends on the names and parameters of
// the cases and on the texts of the scenarios.
func (s *Suite) Identity() *runner.SuiteID {
	id := &runner.SuiteID{Name: s.Name, Cases: len(s.Cases), Scenarios: map[string]string{}}
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

// caseHash returns the SHA-256 over the cases of a document, as in its identity.
func caseHash(r *runner.Results) string {
	all := sha256.New()
	for i := range r.Cases {
		c := &r.Cases[i]
		writeCase(all, c.Case, c.Parameters, r.Suite.Scenarios[c.Scenario])
	}
	return hex.EncodeToString(all.Sum(nil))
}

// writeCase writes the identity of a case as a line of JSON.
func writeCase(w io.Writer, id string, parameters []scenarios.Parameter, source string) {
	_ = json.NewEncoder(w).Encode([]any{id, parameters, source}) // strings, to a hash: cannot fail
}

// Check compiles every case and returns the errors of at most ten invalid cases.
func (s *Suite) Check() error {
	var faults []error
	for _, c := range s.Cases {
		if _, err := runner.Compile(c); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", c.ID(), err))
		}
		if len(faults) == 10 {
			break
		}
	}
	return errors.Join(faults...)
}
