package cli

import (
	"slices"
	"testing"
)

func TestTitlesOfColumns(t *testing.T) {
	groups := []inputGroup{{argument: "real/images"}, {argument: "night.png"}, {argument: "sim/images/"}}
	if got, want := titles(groups), []string{"real/images", "night.png", "sim/images"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
