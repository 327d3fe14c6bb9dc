package analysis

import (
	"fmt"
	"strings"
)

// substitutes describe the replacement of each layer.
var substitutes = map[string]string{
	"sensor":     "ideal sensors",
	"detection":  "what the frames truly show",
	"tracking":   "the true scene",
	"prediction": "the others' true future",
	"planning":   "the plan of the oracle",
	"control":    "the reference controller and guard",
}

// sentence describes the cause.
func (c *Cause) sentence() string {
	if len(c.Layers) == 0 {
		return fmt.Sprintf("Failed with %q; with ground truth in place of any layer, or of all layers, it fails too.", c.Reason)
	}
	what := make([]string, len(c.Layers))
	for i, l := range c.Layers {
		what[i] = substitutes[l]
	}
	from := "from the start"
	if c.Since > 0 {
		from = fmt.Sprintf("from %.4g s on, %.2g s before the failure,", c.Since, c.At-c.Since)
	}
	return fmt.Sprintf("Failed with %q because of %s: %s the case passes with %s.",
		c.Reason, strings.Join(c.Layers, " and "), from, strings.Join(what, " and "))
}
