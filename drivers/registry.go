// Package drivers opens drivers by name. A Registry knows the built-in drivers, policies and
// perceptions; a program adds its own with Register, RegisterPolicy and RegisterPerception,
// and the commands and the window offer them like the built-in ones. A file of a trained
// policy is a driver, too.
package drivers

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"roadloop/internal/opencv"
	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/planning/refdriver"
	"roadloop/policy/bundled"
	"roadloop/policy/drive"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// Registry holds drivers, perceptions and loaded networks. Register everything first; all
// other methods may be called concurrently.
type Registry struct {
	drivers     []driver
	bundled     []bundledPolicy
	perceptions []detection

	mu       sync.Mutex
	networks map[string]*Network // by SHA-256, and as requested
	policies map[string]*Policy  // by SHA-256, and as requested
}

// driver is a driver that can be opened.
type driver struct {
	name      string
	reference bool
	factory   func(perception.Detector) runner.DriverFactory
}

// detection is a perception that can be opened.
type detection struct {
	name    string
	network bool                                          // runs a network
	open    func(n *Network) (perception.Detector, error) // returns nil for ground truth
}

// New returns a registry with the built-in drivers, the modular stack and the reference
// drivers of UN R157, the bundled policies that drive in roadloop's worlds, and the perceptions cnn, cnn-opencv and oracle.
func New() *Registry {
	r := &Registry{
		drivers: []driver{{name: runner.Stack, factory: runner.NewStackFactory}},
		perceptions: []detection{
			{runner.CNN, true, func(n *Network) (perception.Detector, error) {
				return newDetector(n.NewEngine(network.RunnerConfig{}))
			}},
			{runner.CNNOpenCV, true, func(n *Network) (perception.Detector, error) { return newDetector(n.newOpenCV()) }},
			{runner.Oracle, false, func(*Network) (perception.Detector, error) { return nil, nil }},
		},
		networks: make(map[string]*Network), policies: make(map[string]*Policy),
	}
	for _, m := range refdriver.Models() {
		r.drivers = append(r.drivers, driver{m.Name(), true, func(d perception.Detector) runner.DriverFactory {
			return runner.NewReferenceFactory(m, d)
		}})
	}
	for _, p := range bundled.All() {
		r.bundled = append(r.bundled, bundledPolicy{p.Name, p.Data, !slices.Contains(drive.Tasks(), p.Task)})
	}
	return r
}

// Register adds a driver. It panics if the name is empty or taken.
func (r *Registry) Register(name string, build runner.BuildFunc) {
	checkName("driver", name, r.Drivers())
	r.drivers = append(r.drivers, driver{name: name, factory: func(d perception.Detector) runner.DriverFactory {
		return runner.NewDriverFactory(build, d)
	}})
}

// RegisterPerception adds a perception: the detector that open returns, with the fusion of
// roadloop.NewPerception. Each detector is used by one goroutine at a time, and closed if
// it is an io.Closer. RegisterPerception panics if the name is empty or taken.
func (r *Registry) RegisterPerception(name string, open func() (perception.Detector, error)) {
	checkName("perception", name, r.Perceptions())
	r.perceptions = append(r.perceptions, detection{name: name, open: func(*Network) (perception.Detector, error) { return open() }})
}

// checkName panics if the name of a driver or perception is empty or taken.
func checkName(what, name string, taken []string) {
	if name == "" {
		panic(fmt.Sprintf("drivers: a %s has no name", what))
	}
	if slices.Contains(taken, name) || name == PolicyDriver || IsPolicyFile(name) {
		panic(fmt.Sprintf("drivers: there is already a %s %q", what, name))
	}
}

// Drivers returns the names of the drivers: the stack first, the policies last.
func (r *Registry) Drivers() []string {
	var names []string
	for i := range r.drivers {
		names = append(names, r.drivers[i].name)
	}
	return append(names, r.Policies()...)
}

// Policies returns the names of the bundled and registered policies that drive.
func (r *Registry) Policies() []string {
	var names []string
	for i := range r.bundled {
		if b := &r.bundled[i]; !b.elsewhere {
			names = append(names, b.name)
		}
	}
	return names
}

// Perceptions returns the names of the perceptions.
func (r *Registry) Perceptions() []string {
	var names []string
	for i := range r.perceptions {
		names = append(names, r.perceptions[i].name)
	}
	return names
}

// IsReference reports whether a driver is a reference driver of UN R157.
func (r *Registry) IsReference(name string) bool {
	return slices.ContainsFunc(r.drivers, func(d driver) bool { return d.name == name && d.reference })
}

// UsesNetwork reports whether a perception runs one of the networks that Network opens.
func (r *Registry) UsesNetwork(name string) bool {
	return slices.ContainsFunc(r.perceptions, func(d detection) bool { return d.name == name && d.network })
}

func (r *Registry) driver(name string) (*driver, error) {
	i := slices.IndexFunc(r.drivers, func(d driver) bool { return d.name == name })
	if i < 0 {
		return nil, fmt.Errorf("unknown driver %q: this program has %s", name, strings.Join(r.Drivers(), ", "))
	}
	return &r.drivers[i], nil
}

func (r *Registry) detection(name string) (*detection, error) {
	i := slices.IndexFunc(r.perceptions, func(d detection) bool { return d.name == name })
	if i < 0 {
		return nil, fmt.Errorf("unknown perception %q: this program has %s", name, strings.Join(r.Perceptions(), ", "))
	}
	return &r.perceptions[i], nil
}

// Check returns an error if the registry has no such driver or perception, if the
// perception does not use the requested network, or for a policy that cannot drive. It loads
// no network of a perception.
func (r *Registry) Check(id trace.DriverID) error {
	if r.IsPolicy(id.Name) {
		_, err := r.requestedPolicy(id)
		return err
	}
	if _, err := r.driver(id.Name); err != nil {
		return err
	}
	if _, err := r.detection(id.Perception); err != nil {
		return err
	}
	if id.Model != "" && !r.UsesNetwork(id.Perception) {
		return fmt.Errorf("model %q: the perception %s uses no network", id.Model, id.Perception)
	}
	return nil
}

// Resolve returns the identity under which a driver is recorded. The model of a request
// may be any name that Network accepts; that of the result is a SHA-256, or "" without a
// network. An ONNX model resolves the perception cnn to cnn-opencv. An instruction set
// that is not "" becomes that of this process; Resolve returns an error if that is not
// possible, and opencv.ErrNotIncluded in a build without OpenCV that would need it. The
// identity of a policy is PolicyDriver, its own perception, and the SHA-256 of its file; a
// request for a registered policy or a file may have any perception and network.
func (r *Registry) Resolve(id trace.DriverID) (trace.DriverID, error) {
	if r.IsPolicy(id.Name) {
		return r.resolvePolicy(id)
	}
	if err := r.Check(id); err != nil {
		return id, err
	}
	if !r.UsesNetwork(id.Perception) {
		return trace.DriverID{Name: id.Name, Perception: id.Perception}, nil
	}
	n, err := r.Network(id.Model)
	if err != nil {
		return id, err
	}
	out := trace.DriverID{Name: id.Name, Perception: id.Perception, Model: n.SHA256}
	if n.Weights == nil && out.Perception == runner.CNN {
		out.Perception = runner.CNNOpenCV
	}
	if out.Perception == runner.CNNOpenCV && !opencv.Included {
		return id, fmt.Errorf("perception %s: %w", out.Perception, opencv.ErrNotIncluded)
	}
	if out.Perception != runner.CNN {
		return out, nil
	}
	if err := network.MatchISA(id.ISA); err != nil {
		return id, err
	}
	out.ISA = network.ISA()
	return out, nil
}

// Open returns the factory of a driver, with a detector of its own that Close frees.
func (r *Registry) Open(id trace.DriverID) (runner.DriverFactory, error) {
	return r.open(id, r.OpenDetector, func(p *Policy) runner.DriverFactory { return p.factory() })
}

// open returns the factory of a driver with a detector from get, or that of a policy.
func (r *Registry) open(id trace.DriverID, get func(trace.DriverID) (perception.Detector, error), of func(*Policy) runner.DriverFactory) (runner.DriverFactory, error) {
	id, err := r.Resolve(id)
	if err != nil {
		return nil, err
	}
	if id.Name == PolicyDriver {
		p, err := r.Policy(id.Model)
		if err != nil {
			return nil, err
		}
		return of(p), nil
	}
	d, err := r.driver(id.Name)
	if err != nil {
		return nil, err
	}
	detector, err := get(id)
	if err != nil {
		return nil, fmt.Errorf("opening the perception %s: %w", id.Perception, err)
	}
	return d.factory(detector), nil
}

// OpenDetector opens the detector of a driver, nil for ground truth. The caller closes it if
// it is an io.Closer.
func (r *Registry) OpenDetector(id trace.DriverID) (perception.Detector, error) {
	p, err := r.detection(id.Perception)
	if err != nil {
		return nil, err
	}
	if !p.network {
		return p.open(nil)
	}
	n, err := r.Network(id.Model)
	if err != nil {
		return nil, err
	}
	return p.open(n)
}

// Pool keeps detectors and policies open for drivers that take turns, such as those of a window
// or of a trace. Drivers with the same perception and network share a detector, and drivers of
// the same policy its network.
type Pool struct {
	registry *Registry

	mu        sync.Mutex
	detectors map[trace.DriverID]perception.Detector // by perception and network; nil for ground truth
	policies  map[*Policy]*policyFactory
}

// NewPool returns an empty pool. Call Close at the end.
func (r *Registry) NewPool() *Pool {
	return &Pool{registry: r, detectors: make(map[trace.DriverID]perception.Detector), policies: make(map[*Policy]*policyFactory)}
}

// Open returns the factory of a driver. The pool closes it. Open is a timeline.OpenDriver.
func (p *Pool) Open(id trace.DriverID) (runner.DriverFactory, error) {
	return p.registry.open(id, p.detector, p.policy)
}

func (p *Pool) policy(of *Policy) runner.DriverFactory {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.policies[of]
	if f == nil {
		f = of.factory()
		p.policies[of] = f
	}
	return f
}

func (p *Pool) detector(id trace.DriverID) (perception.Detector, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id.Name = ""
	d, ok := p.detectors[id]
	if ok {
		return d, nil
	}
	d, err := p.registry.OpenDetector(id)
	if err != nil {
		return nil, err
	}
	if d != nil {
		d = &sharedDetector{d, new(sync.Mutex)}
	}
	p.detectors[id] = d
	return d, nil
}

// Close frees the detectors and the networks of policies.
func (p *Pool) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var err error
	for _, d := range p.detectors {
		if s, ok := d.(io.Closer); ok {
			err = errors.Join(err, s.Close())
		}
	}
	for _, f := range p.policies {
		err = errors.Join(err, f.Close())
	}
	clear(p.detectors)
	clear(p.policies)
	return err
}
