package training

import (
	"fmt"
	"slices"

	"roadloop/perception/network"
)

// Task is a training task.
type Task string

// Tasks. All tasks except driving need no labels; they pretrain the layers before the
// heads.
const (
	Driving Task = ""       // objects, lanes, drivable area, signals
	Masked  Task = "masked" // reconstruct masked patches of a frame
	Next    Task = "next"   // predict the frame a short distance ahead
)

// Tasks returns the tasks that need no labels.
func Tasks() []Task { return []Task{Masked, Next} }

// check returns an error for an unknown task.
func (t Task) check() error {
	if t == Driving || slices.Contains(Tasks(), t) {
		return nil
	}
	return fmt.Errorf("training: task %q, want one of %v", string(t), Tasks())
}

// heads returns the value of network.Config.Heads for the task.
func (t Task) heads() int {
	if t == Driving {
		return 0
	}
	return PixelHeads
}

// HeadNames returns the value of network.Meta.Heads for the task.
func (t Task) HeadNames() []string {
	switch t {
	case Driving:
		return network.DrivingHeads()
	case Next:
		return []string{"next pixels"}
	}
	return []string{"masked pixels"}
}

// objective returns the objective of the task; loss is for driving.
func (t Task) objective(loss *network.LossConfig) network.Objective {
	if t == Driving {
		return loss
	}
	return PixelObjective{}
}

// Objective returns the objective of the task with the loss weights of the recipe.
func (c *Config) Objective() network.Objective { return c.Task.objective(&c.Loss) }

// targetSize returns the number of values in the target of one image.
func (c *Config) targetSize() int {
	_, n := c.Objective().Channels()
	w, h := c.Network.Grid()
	return w * h * n
}
