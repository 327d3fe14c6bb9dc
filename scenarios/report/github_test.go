package report_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"roadloop/scenarios/analysis"
	"roadloop/scenarios/report"
	"roadloop/scenarios/runner"
)

// The expected lines follow the escaping of the runner's toolkit (@actions/core,
// command.ts): % CR LF in messages, and additionally colon and comma in properties.
func ExampleAnnotate() {
	r := runner.NewResults()
	r.Append(runner.Result{Case: "zebra/1", Passed: true})
	r.Append(runner.Result{Case: "a,b:c/2", File: "my,dir/50%.yaml", Preventable: true, Reason: "hit, at 100 %: wall", Command: "roadloop run x"})
	r.Append(runner.Result{Case: "wall/3", Reason: "collision"})
	if err := report.Annotate(os.Stdout, r, analysis.Rule{AllowUnpreventable: true}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// ::error file=my%2Cdir/50%25.yaml,title=a%2Cb%3Ac/2::hit, at 100 %25: wall%0Aroadloop run x
	// ::notice title=wall/3::collision
}

func TestAtMostTenAnnotationsOfAKind(t *testing.T) {
	r := runner.NewResults()
	for i := range 25 {
		r.Append(runner.Result{Case: fmt.Sprint("a/", i), Preventable: i%2 == 0})
	}
	var b strings.Builder
	if err := report.Annotate(&b, r, analysis.Rule{AllowUnpreventable: true}); err != nil {
		t.Fatal(err)
	}
	if e, n := strings.Count(b.String(), "::error "), strings.Count(b.String(), "::notice "); e != 10 || n != 10 {
		t.Errorf("%d errors and %d notices, want 10 of each", e, n)
	}
}
