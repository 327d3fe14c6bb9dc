package experiment_test

import (
	"strings"
	"testing"

	"roadloop/perception/training/experiment"
)

// The card describes frames of data sets and simulated frames as the recipe mixes them.
func TestCardDescribesData(t *testing.T) {
	sets := []experiment.DataSet{{Path: "kitti"}}
	const maps = "frames of night: random maps of every kind"
	for name, c := range map[string]struct {
		data        experiment.Data
		want, lacks []string
	}{
		"simulated": {experiment.Data{}, []string{"160 frames, each seen once |", maps, "simulated frames alone."}, []string{"data sets, which"}},
		"repeated":  {experiment.Data{Frames: 40}, []string{"160 frames (40 of them different) |", maps}, []string{"seen once"}},
		"data set": {experiment.Data{Sets: sets, Mix: 1}, []string{"160 frames of data sets, which repeat after all were seen |", "| data | frames of night |", "on data sets. It"},
			[]string{"seen once", "random maps", "simulated frames alone"}},
		"few of data set": {experiment.Data{Sets: sets, Mix: 1, Frames: 20}, []string{"which repeat after all were seen (at most 20 of them different) |"}, []string{"seen once", "random maps"}},
		"mixed": {experiment.Data{Sets: sets, Mix: .75}, []string{
			"160 frames; 25 % are simulated and seen once, the others are of data sets, which repeat after all were seen |", maps, "on data sets and on simulated frames. It",
		}, nil},
	} {
		card := example()
		card.Recipe.Data = c.data
		var b strings.Builder
		if err := card.Write(&b); err != nil {
			t.Fatal(err)
		}
		for _, text := range c.want {
			if !strings.Contains(b.String(), text) {
				t.Errorf("%s: the card does not contain %q:\n%s", name, text, b.String())
			}
		}
		for _, text := range c.lacks {
			if strings.Contains(b.String(), text) {
				t.Errorf("%s: the card contains %q", name, text)
			}
		}
	}
}
