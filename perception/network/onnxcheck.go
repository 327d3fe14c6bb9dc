package network

import (
	"errors"
	"fmt"
	"slices"

	"roadloop/internal/onnx"

	"google.golang.org/protobuf/encoding/protowire"
)

// CheckONNX checks that an ONNX model has the documented input, "image" of [1, 3, Height,
// Width], and the documented output for it, "heads" of [1, HeadChannels, Height/Stride,
// Width/Stride], where the number of images may be free instead of 1, and that it is complete: every node's inputs exist before it. It returns
// the size of the image as a Config without an architecture. Runtimes written in C++ abort
// on many of the models that this function rejects.
func CheckONNX(model []byte) (Config, error) {
	c, err := checkONNX(model)
	if err != nil {
		return Config{}, fmt.Errorf("ONNX model: %w", err)
	}
	return c, nil
}

func checkONNX(model []byte) (Config, error) {
	graph, err := child(model, onnx.ModelGraph)
	if err != nil {
		return Config{}, err
	}
	image, err := shapeOfValue(graph, onnx.GraphIn, "image")
	if err != nil {
		return Config{}, err
	}
	if len(image) != 4 || image[0] != 1 && image[0] != onnx.Batch || image[1] != 3 {
		return Config{}, fmt.Errorf("\"image\" is %v, want [1 3 height width]", image)
	}
	c := Config{Height: image[2], Width: image[3]}
	if err := c.CheckSize(); err != nil {
		return Config{}, err
	}
	gw, gh := c.Grid()
	heads, err := shapeOfValue(graph, onnx.GraphOut, "heads")
	if err != nil {
		return Config{}, err
	}
	if want := []int{image[0], HeadChannels, gh, gw}; !slices.Equal(heads, want) {
		return Config{}, fmt.Errorf("\"heads\" is %v, want %v", heads, want)
	}
	return c, checkNodes(graph)
}

// child returns the last submessage with the given field number.
func child(m []byte, want protowire.Number) (found []byte, err error) {
	err = onnx.Fields(m, func(field protowire.Number, v []byte) error {
		if field == want {
			found = v
		}
		return nil
	})
	if err == nil && found == nil {
		err = fmt.Errorf("field %d is missing", want)
	}
	return found, err
}

// shapeOfValue returns the dimensions of an input or output of the graph.
func shapeOfValue(graph []byte, field protowire.Number, name string) (dims []int, err error) {
	found := false
	err = onnx.Fields(graph, func(f protowire.Number, v []byte) error {
		if f != field {
			return nil
		}
		n, err := child(v, onnx.ValueName)
		if err != nil || string(n) != name {
			return err
		}
		found = true
		dims, err = shapeOf(v)
		return err
	})
	if err == nil && !found {
		err = fmt.Errorf("model has no %q", name)
	}
	return dims, err
}

// shapeOf returns the dimensions of a value, onnx.Batch for a free one.
func shapeOf(value []byte) (dims []int, err error) {
	for _, field := range [...]protowire.Number{onnx.ValueType, onnx.TypeTensor, onnx.TypeShape} {
		if value, err = child(value, field); err != nil {
			return nil, err
		}
	}
	err = onnx.Fields(value, func(f protowire.Number, dim []byte) error {
		if f == onnx.ShapeDim && len(dim) > 0 {
			field, _, n := protowire.ConsumeTag(dim)
			if field == onnx.DimParam {
				dims = append(dims, onnx.Batch)
				return nil
			}
			if v, m := protowire.ConsumeVarint(dim[max(n, 0):]); m > 0 && v < 1<<31 {
				dims = append(dims, int(v))
			}
		}
		return nil
	})
	return dims, err
}

// checkNodes checks that every node reads only outputs of earlier nodes and that the
// graph computes its heads.
func checkNodes(graph []byte) error {
	known := map[string]bool{"": true, "image": true}
	err := onnx.Fields(graph, func(f protowire.Number, v []byte) error {
		if f != onnx.GraphInit {
			return nil
		}
		name, err := child(v, onnx.TensorName)
		known[string(name)] = true
		return err
	})
	if err != nil {
		return err
	}
	err = onnx.Fields(graph, func(f protowire.Number, v []byte) error {
		if f != onnx.GraphNode {
			return nil
		}
		return onnx.Fields(v, func(f protowire.Number, name []byte) error {
			if f == onnx.NodeIn && !known[string(name)] {
				return fmt.Errorf("a node reads %q, which no earlier node computes", name)
			}
			if f == onnx.NodeOut {
				known[string(name)] = true
			}
			return nil
		})
	})
	if err == nil && !known["heads"] {
		err = errors.New("no node computes \"heads\"")
	}
	return err
}
