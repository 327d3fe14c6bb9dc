// Package bundled holds the trained policies that come with the program. A policy is a file
// files/NAME.rlp, with its model card files/NAME.md.
package bundled

import (
	"embed"
	"strings"
)

//go:embed files
var files embed.FS

// Policy is a bundled policy.
type Policy struct {
	Name string
	Data []byte // of the file
}

// All returns the bundled policies, ordered by name.
func All() []Policy {
	var out []Policy
	list, _ := files.ReadDir("files") // an embedded folder is there
	for _, f := range list {
		if name, ok := strings.CutSuffix(f.Name(), ".rlp"); ok {
			data, _ := files.ReadFile("files/" + f.Name())
			out = append(out, Policy{name, data})
		}
	}
	return out
}
