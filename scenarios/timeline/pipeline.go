package timeline

import (
	"roadloop"
	"roadloop/perception"
)

// pipelineOf returns the perception pipeline of a driver, nil if it has none.
func pipelineOf(d roadloop.Driver) *perception.Pipeline {
	stack := d.Stack()
	if stack == nil {
		return nil
	}
	return stack.Perceiver.Pipeline()
}
