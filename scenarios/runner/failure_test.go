package runner

import (
	"regexp"
	"strings"
	"testing"

	"roadloop/scenarios"
)

// The schema of results documents every code.
func TestSchemaDocumentsCodes(t *testing.T) {
	text := regexp.MustCompile(`"description": "kind of the first failure.*"`).FindString(string(scenarios.ResultsJSONSchema))
	documented := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,.:;()\"", r) })
	codes := []Code{
		CodeCollision, CodeOffRoad, CodeRedLight, CodeJunctionOnRed, CodeStopSign, CodeWrongWay, CodeLaneDeparture, CodeStranded,
		CodeComfort, CodeStops, CodeStopsBefore, CodeKeepsLane, CodeReachS, CodeReachLane, CodePasses, CodeYieldsTo, CodeClearance, CodeAmplification,
		CodeTimeout, CodeDriverError,
	}
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
			t.Errorf("the schema has %q %d times", code, n)
		}
	}
}
