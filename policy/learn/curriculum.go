package learn

import (
	"fmt"

	"roadloop/policy"
)

// Curriculum makes training meet some episodes more often, such as those in which a policy
// failed.
type Curriculum struct {
	Share float64  `json:"share"` // of the episodes, that have one of Seeds
	Seeds []uint64 `json:"seeds"` // of training
}

// check returns an error for a curriculum that cannot be followed.
func (c *Curriculum) check() error {
	if !(c.Share > 0 && c.Share <= 1) || len(c.Seeds) == 0 {
		return fmt.Errorf("curriculum of a share of %g and %d seeds, want above 0 to 1, and at least one", c.Share, len(c.Seeds))
	}
	for _, s := range c.Seeds {
		if !policy.IsTraining(s) {
			return fmt.Errorf("curriculum with seed %d, which is none of training", s)
		}
	}
	return nil
}
