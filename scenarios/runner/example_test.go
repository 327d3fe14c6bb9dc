package runner_test

import (
	"context"
	"fmt"
	"log"

	"roadloop/scenarios"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// This example drives a case of the library with ground truth instead of perception.
func ExampleRun() {
	s, err := scenarios.Find("zebra")
	if err != nil {
		log.Fatal(err)
	}
	c, err := s.Case(7)
	if err != nil {
		log.Fatal(err)
	}
	o := runner.Options{
		DriverID:   trace.DriverID{Name: "stack", Perception: "oracle"},
		NewFactory: runner.NewOracleFactory,
	}
	err = runner.Run(context.Background(), []*scenarios.Case{c}, o, func(out *runner.Outcome) error {
		fmt.Println(s.Name, "passed:", out.Verdict.Passed)
		return out.Err
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output: Zebra crossing passed: true
}
