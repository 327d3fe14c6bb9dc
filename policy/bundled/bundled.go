// Package bundled holds the trained policies that come with the program, each with its model
// card files/NAME.md.
package bundled

import (
	_ "embed"
	"slices"
)

// Policy is a bundled policy.
type Policy struct {
	Name        string
	Task        string
	Description string // in a few words
	Data        []byte // of its file; not to be changed
}

var (
	//go:embed files/camera-dagger.rlp
	cameraDAgger []byte
	//go:embed files/highway-dqn.rlp
	highwayDQN []byte
	//go:embed files/state-ppo.rlp
	statePPO []byte
)

// All returns the bundled policies, ordered by name.
func All() []Policy {
	return []Policy{
		{"camera-dagger", "drive-camera-v0", "camera frames, by an expert (DAgger)", cameraDAgger},
		{"highway-dqn", "highway-fast-v0", "HighwayEnv's task, by deep Q-learning", highwayDQN},
		{"state-ppo", "drive-mixed-v0", "true state, by PPO", statePPO},
	}
}

// Names returns the names of the bundled policies, in alphabetical order.
func Names() []string {
	var names []string
	for _, p := range All() {
		names = append(names, p.Name)
	}
	return names
}

// Find returns the bundled policy of a name, and reports whether there is one.
func Find(name string) (Policy, bool) {
	all := All()
	i := slices.IndexFunc(all, func(p Policy) bool { return p.Name == name })
	if i < 0 {
		return Policy{}, false
	}
	return all[i], true
}
