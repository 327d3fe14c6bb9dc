package drivers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"roadloop/assets"
	"roadloop/internal/fileio"
	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/sim/sensor"
)

// Small is the name of the smaller bundled network.
const Small = "small"

// Network is a network for camera frames that was loaded: a roadloop model or an ONNX
// model.
type Network struct {
	// Config is the architecture of a roadloop model. That of an ONNX model is only the size
	// of the image.
	Config network.Config
	// Weights are those of a roadloop model, nil for an ONNX model.
	Weights *network.Weights
	// SHA256 identifies the network: the hash of the weights, or of the ONNX file.
	SHA256 string

	onnx []byte
}

// Network loads a network once: the bundled one for the name "", the smaller one for
// Small, the one with a SHA-256 among the bundled and the loaded ones, or a file. A file
// that ends in .onnx is an ONNX model with the inputs and outputs that network.CheckONNX
// documents; any other file is a roadloop model (.rlm) for driving.
func (r *Registry) Network(name string) (*Network, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if sum, err := hex.DecodeString(name); err != nil || len(sum) != sha256.Size {
		return r.network(name)
	}
	for _, bundled := range []string{"", Small} {
		if _, err := r.network(bundled); err != nil {
			return nil, err
		}
	}
	if n := r.networks[name]; n != nil {
		return n, nil
	}
	return nil, fmt.Errorf("the network %.12s is neither bundled nor loaded", name)
}

// network is Network for a caller that holds the lock.
func (r *Registry) network(name string) (*Network, error) {
	if n := r.networks[name]; n != nil {
		return n, nil
	}
	n, err := load(name)
	if err != nil {
		return nil, err
	}
	if known := r.networks[n.SHA256]; known != nil {
		n = known
	}
	r.networks[name], r.networks[n.SHA256] = n, n
	return n, nil
}

// load reads a bundled network or a file.
func load(name string) (*Network, error) {
	var w *network.Weights
	var err error
	switch {
	case name == "":
		w, err = assets.Model()
	case name == Small:
		w, err = assets.SmallModel()
	case strings.EqualFold(filepath.Ext(name), ".onnx"):
		return loadONNX(name)
	default:
		w, err = loadWeights(name)
	}
	if err != nil {
		return nil, err
	}
	n := &Network{Config: w.Config, Weights: w}
	n.SHA256, err = w.SHA256()
	return n, err
}

func loadWeights(path string) (*network.Weights, error) {
	w, meta, err := ReadModel(path)
	if err != nil {
		return nil, err
	}
	if err := w.Config.CheckDriving(&meta); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return w, nil
}

// ReadModel reads a roadloop model, which may be for another task than driving.
func ReadModel(path string) (*network.Weights, network.Meta, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, network.Meta{}, fmt.Errorf("opening the model: %w", err)
	}
	defer file.Close()
	w, meta, err := network.Read(file)
	if err != nil {
		return nil, meta, fmt.Errorf("%s: %w", path, err)
	}
	return w, meta, nil
}

func loadONNX(path string) (*Network, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the model: %w", err)
	}
	defer file.Close()
	data, err := fileio.ReadAll(file, network.MaxFile)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	c, err := network.CheckONNX(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	sum := sha256.Sum256(data)
	return &Network{Config: c, SHA256: hex.EncodeToString(sum[:]), onnx: data}, nil
}

// NewEngine returns an engine that runs the network: a roadloop model on oneDNN, an ONNX
// model on OpenCV, which has no options.
func (n *Network) NewEngine(c network.RunnerConfig) (inference.Engine, error) {
	switch {
	case n.Weights != nil:
		return inference.NewOneDNNWith(n.Weights, c)
	case c != network.RunnerConfig{}:
		return nil, errors.New("an ONNX model runs in float32 only")
	}
	return n.newOpenCV()
}

func (n *Network) newOpenCV() (inference.Engine, error) {
	model := n.onnx
	if n.Weights != nil {
		var err error
		if model, err = n.Weights.ONNX(); err != nil {
			return nil, err
		}
	}
	return inference.NewOpenCV(model)
}

// newDetector returns a detector that runs an engine.
func newDetector(e inference.Engine, err error) (perception.Detector, error) {
	if err != nil {
		return nil, err
	}
	return inference.NewDetector(e), nil
}

// sharedDetector makes the drivers of a pool take turns with one detector.
type sharedDetector struct {
	detector perception.Detector
	mu       *sync.Mutex // guards the engine, which the copies share
}

// Detect runs the detector.
func (s *sharedDetector) Detect(f *sensor.Frame, im *perception.Image) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.detector.Detect(f, im)
}

// Clone returns a copy that takes turns with the original.
func (s *sharedDetector) Clone() perception.Detector {
	return &sharedDetector{s.detector.Clone(), s.mu}
}

// Close frees the detector, also for all copies.
func (s *sharedDetector) Close() error {
	if c, ok := s.detector.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
