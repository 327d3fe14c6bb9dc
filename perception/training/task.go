package training

import (
	"fmt"
	"slices"

	"roadloop/perception/network"
	"roadloop/perception/training/pretext"
)

// Task is what a network is to learn.
type Task string

// Tasks. All but driving are learned without labels; what they teach the layers
// before the heads, driving starts from.
const (
	Driving Task = ""       // objects, lanes, drivable area, signals
	Masked  Task = "masked" // what hidden patches of a frame show
	Next    Task = "next"   // what the frame looks like a little farther down the road
)

// Tasks are the names of those that need no labels.
func Tasks() []Task { return []Task{Masked, Next} }

// check reports a task that does not exist.
func (t Task) check() error {
	if t == Driving || slices.Contains(Tasks(), t) {
		return nil
	}
	return fmt.Errorf("training: task %q, want one of %v", string(t), Tasks())
}

// heads returns the heads of the task's network, as network.Config has them.
func (t Task) heads() int {
	if t == Driving {
		return 0
	}
	return pretext.Heads
}

// HeadNames names what the heads say, as network.Meta has it.
func (t Task) HeadNames() []string {
	switch t {
	case Driving:
		return network.DrivingHeads()
	case Next:
		return []string{"next pixels"}
	}
	return []string{"masked pixels"}
}

// objective returns what judges the heads; loss is for driving.
func (t Task) objective(loss *network.LossConfig) network.Objective {
	if t == Driving {
		return loss
	}
	return pretext.Pixels{}
}

// Objective returns what judges the heads of the network, with the weights of the
// recipe.
func (c *Config) Objective() network.Objective { return c.Task.objective(&c.Loss) }

// targetSize returns the number of values in the target of one image.
func (c *Config) targetSize() int {
	_, n := c.Objective().Channels()
	w, h := c.Network.Grid()
	return w * h * n
}
