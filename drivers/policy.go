package drivers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"roadloop"
	"roadloop/internal/fileio"
	"roadloop/perception/network"
	"roadloop/policy/drive"
	"roadloop/policy/learn"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// PolicyDriver is the name of a trained policy in a trace. The model of its DriverID is the
// SHA-256 of the file.
const PolicyDriver = "policy"

// Perceptions of policies. That of others is runner.Oracle: they observe ground truth.
const (
	// CameraFrames is the perception of a policy that sees camera frames.
	CameraFrames = "camera"
	// PerceivedScene is the perception of a policy that sees the perceived scene of the modular
	// stack, with the detector of its task.
	PerceivedScene = "perceived"
)

// Policy is a trained policy that was loaded. It is safe for concurrent use.
type Policy struct {
	Name   string // that of a bundled policy, or the file
	SHA256 string // of the file
	task   *drive.Task
	policy *learn.Policy // never acts itself; see Share
}

// Learned returns the policy itself. It must not act; see Share.
func (p *Policy) Learned() *learn.Policy { return p.policy }

// bundledPolicy is a policy that the program has under a name.
type bundledPolicy struct {
	name string
	data []byte
	// elsewhere marks a policy of a task outside of roadloop's worlds. The registry knows the
	// name for its error message alone.
	elsewhere bool
}

// RegisterPolicy adds a driver: the trained policy of a file with these bytes. It panics if the
// name is empty or taken. A policy that cannot drive is an error when it is opened.
func (r *Registry) RegisterPolicy(name string, file []byte) {
	checkName("driver", name, r.Drivers())
	r.bundled = append(r.bundled, bundledPolicy{name: name, data: file})
}

// IsPolicy reports whether the name of a driver is that of a trained policy: a registered one,
// a file that ends in .rlp, or PolicyDriver.
func (r *Registry) IsPolicy(name string) bool {
	return name == PolicyDriver || IsPolicyFile(name) || r.bundledAt(name) >= 0
}

// IsPolicyFile reports whether a name is that of a policy file: it ends in .rlp.
func IsPolicyFile(name string) bool { return strings.EqualFold(filepath.Ext(name), ".rlp") }

func (r *Registry) bundledAt(name string) int {
	return slices.IndexFunc(r.bundled, func(b bundledPolicy) bool { return b.name == name })
}

// Policy loads a policy once: a registered one by its name, the one with a SHA-256 among the
// registered and the loaded ones, or a file. It returns an error for a policy of a task that
// is not driven in roadloop's worlds, or of other observations, actions or rates than those
// of the task in this program.
func (r *Registry) Policy(name string) (*Policy, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if sum, err := hex.DecodeString(name); err != nil || len(sum) != sha256.Size {
		return r.policy(name)
	}
	for i := range r.bundled {
		if r.bundled[i].elsewhere {
			continue
		}
		if _, err := r.policy(r.bundled[i].name); err != nil {
			return nil, err
		}
	}
	if p := r.policies[name]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("the policy %.12s is neither bundled nor loaded; its file is needed", name)
}

// policy is Policy for a caller that holds the lock.
func (r *Registry) policy(name string) (*Policy, error) {
	if p := r.policies[name]; p != nil {
		return p, nil
	}
	var data []byte
	var err error
	if i := r.bundledAt(name); i >= 0 {
		data = r.bundled[i].data
	} else if data, err = fileio.ReadFile(name, learn.MaxFile); err != nil {
		return nil, fmt.Errorf("reading the policy: %w", err)
	}
	p, err := newPolicy(name, data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if known := r.policies[p.SHA256]; known != nil {
		p = known
	}
	r.policies[name], r.policies[p.SHA256] = p, p
	return p, nil
}

// newPolicy reads the bytes of a policy file and checks that the policy can drive.
func newPolicy(name string, data []byte) (*Policy, error) {
	p, err := learn.DecodePolicy(data)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(drive.Tasks(), p.Spec.Task) {
		return nil, fmt.Errorf("a policy of the task %s cannot drive in the worlds of roadloop, only one of %s", p.Spec.Task, strings.Join(drive.Tasks(), ", "))
	}
	c, err := drive.FindTask(p.Spec.Task)
	if err != nil {
		return nil, err
	}
	t, err := drive.Open(c)
	if err != nil {
		return nil, err
	}
	if err := p.Spec.Fits(t.Spec()); err != nil {
		return nil, err
	}
	if err := t.CanDrive(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	return &Policy{name, hex.EncodeToString(sum[:]), t, p}, nil
}

// requestedPolicy returns the policy that a request for a driver names.
func (r *Registry) requestedPolicy(id trace.DriverID) (*Policy, error) {
	if id.Name == PolicyDriver {
		return r.Policy(id.Model)
	}
	return r.Policy(id.Name)
}

// resolvePolicy is Resolve for a policy. The arithmetic of its network depends on the
// instruction set, too.
func (r *Registry) resolvePolicy(id trace.DriverID) (trace.DriverID, error) {
	p, err := r.requestedPolicy(id)
	if err != nil {
		return id, err
	}
	if err := network.MatchISA(id.ISA); err != nil {
		return id, err
	}
	out := trace.DriverID{Name: PolicyDriver, Perception: runner.Oracle, Model: p.SHA256, ISA: network.ISA()}
	switch {
	case p.task.UsesCamera():
		out.Perception = CameraFrames
	case p.task.UsesSensors():
		out.Perception = PerceivedScene
	}
	return out, nil
}

// policyFactory creates the drivers of a policy. They share its network, and take turns.
type policyFactory struct {
	task   *drive.Task
	policy *learn.Policy
	engine *drive.Engine
}

func (p *Policy) factory() *policyFactory {
	own := p.policy.Share()
	return &policyFactory{p.task, own, drive.NewEngine(own)}
}

// Driver returns a driver for a case, which needs no sensors if it observes ground truth alone.
func (f *policyFactory) Driver(c *roadloop.Case) (roadloop.Driver, bool, error) {
	d, err := f.task.Driver(c, f.engine)
	if err != nil {
		return nil, false, err
	}
	return d, !f.task.UsesSensors(), nil
}

// Close frees the network.
func (f *policyFactory) Close() error {
	f.policy.Close()
	return nil
}
