package experiment_test

import (
	"os"
	"strings"
	"testing"

	"roadloop/perception/network"
	"roadloop/perception/training/eval"
	"roadloop/perception/training/experiment"
)

func example() experiment.ModelCard {
	ap, lane := .75, .05
	return experiment.ModelCard{
		Name: "night owl", Network: network.DefaultConfig(), Count: 459636,
		Meta:   network.Meta{Steps: 10, Frames: 160, Hours: .25, Data: "frames of night"},
		Recipe: experiment.DefaultRecipe(10),
		Epochs: []experiment.Epoch{
			{Number: 1, Step: 5, Best: true, Validation: experiment.Measures{Loss: 2, MeanAP50: &ap, Lane: &lane}},
			{Number: 2, Step: 10, Validation: experiment.Measures{Loss: 3}},
		},
		Report: &eval.Report{Split: "held-out", Frames: 7, Classes: []eval.Class{{Class: "car", Objects: 3, AP50: &ap}}},
	}
}

func TestCardDescribesRun(t *testing.T) {
	c := example()
	c.Recipe.Data.Frames, c.Recipe.Initial = 40, "abc123"
	var b strings.Builder
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# night owl", "320×192 pixels, 0.46 M parameters", "10 steps of 16 frames, 160 frames (40 of them different)",
		"0.2 hours", "frames of night", "abc123", `"Peak":0.003`, "1 (step 5): AP50 0.750, lane 0.050 m, drivable –",
		"Scores on 7 frames", "car",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the card does not contain %q", want)
		}
	}
	if strings.Contains(b.String(), "excluded classes") {
		t.Error("the card has excluded classes")
	}
}

func ExampleModelCard_Write() {
	c := experiment.ModelCard{Name: "camera.rlm", Network: network.DefaultConfig(), Recipe: experiment.DefaultRecipe(100), Report: &eval.Report{}}
	if err := c.Write(os.Stdout); err != nil {
		panic(err)
	}
}
