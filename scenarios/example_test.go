package scenarios_test

import (
	"context"
	"fmt"
	"log"

	"roadloop/scenarios"
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
	o := scenarios.Options{
		DriverID:   trace.DriverID{Name: "stack", Perception: "oracle"},
		NewFactory: scenarios.NewOracleFactory,
	}
	err = scenarios.Run(context.Background(), []*scenarios.Case{c}, o, func(out *scenarios.Outcome) error {
		fmt.Println(s.Name, "passed:", out.Verdict.Passed)
		return out.Err
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output: Zebra crossing passed: true
}

// Errors contain file, line, column and field.
func ExampleParse() {
	_, err := scenarios.Parse("my.yaml", []byte(`
version: 1
name: too fast
map: {kind: straight}
ego: {lane: 0, speed: 900 km/h}
until: {time: 5 s}
`))
	fmt.Println(err)
	// Output: my.yaml:5:23: ego.speed: 900 km/h is above 216 km/h
}
