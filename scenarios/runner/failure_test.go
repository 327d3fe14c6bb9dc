package runner

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"roadloop/scenarios"
)

// The schema of results documents every code.
func TestSchemaDocumentsCodes(t *testing.T) {
	text := regexp.MustCompile(`"description": "kind of the first failure.*"`).FindString(string(scenarios.ResultsJSONSchema))
	documented := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,.:;()\"", r) })
	codes := declaredCodes(t)
	for i := range bounds {
		codes = append(codes, fieldCode(bounds[i].field))
	}
	for _, code := range codes {
		n := 0
		for _, word := range documented {
			if word == string(code) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("the description of code in scenarios/schema/results-1.json has %q %d times, not once", code, n)
		}
	}
}

// declaredCodes returns the constants of type Code in failure.go.
func declaredCodes(t *testing.T) []Code {
	t.Helper()
	source, err := os.ReadFile("failure.go")
	if err != nil {
		t.Fatal(err)
	}
	var codes []Code
	for _, m := range regexp.MustCompile(`(?m)^\tCode\w+\s+Code = "(.*?)"`).FindAllSubmatch(source, -1) {
		codes = append(codes, Code(m[1]))
	}
	if !slices.Contains(codes, CodeCollision) || !slices.Contains(codes, CodeDriverError) {
		t.Fatalf("failure.go declares %q", codes)
	}
	return codes
}
