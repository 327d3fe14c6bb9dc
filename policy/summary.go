package policy

// Summary is a statistic of measures over episodes. Without Per it is the mean over the
// episodes of the sum of the measures Of. With Per it is the ratio of two sums over all
// episodes, that of Of and that of Per: infractions per kilometer are all infractions over the
// whole distance, not a mean of ratios.
type Summary struct {
	Name  string   `json:"name"`
	Group string   `json:"group,omitempty"` // part of a table; "" is the main one
	Of    []string `json:"of"`              // measures that are added
	Per   []string `json:"per,omitempty"`   // measures that are added, too
	// Weighted makes the ratio a mean of Of weighted by Per: Of is multiplied by Per in each
	// episode. The comfort of an episode counts by its time.
	Weighted bool    `json:"weighted,omitempty"`
	Scale    float64 `json:"scale,omitempty"`   // multiplies the statistic; 0 is 1
	Percent  bool    `json:"percent,omitempty"` // a share, shown in percent
}

// Summarized is an Env that says how its measures are summarized. Otherwise each measure has
// its mean.
type Summarized interface {
	Summaries() []Summary
}
