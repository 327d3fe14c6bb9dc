package network

import (
	"fmt"

	"roadloop/internal/onnx"

	"google.golang.org/protobuf/encoding/protowire"
)

// PruneONNX returns an ONNX model without the nodes, constants and outputs that "heads" does
// not need, such as those that decode objects: OpenCV aborts on operators that it does not
// know. The model must pass CheckONNX.
func PruneONNX(model []byte) ([]byte, error) {
	graph, err := child(model, onnx.ModelGraph)
	if err != nil {
		return nil, fmt.Errorf("ONNX model: %w", err)
	}
	needed, err := neededTensors(graph)
	if err != nil {
		return nil, fmt.Errorf("ONNX model: %w", err)
	}
	pruned := filter(graph, func(field protowire.Number, v []byte) []byte {
		name := protowire.Number(0) // of the field with the name of the tensor
		switch field {
		case onnx.GraphNode:
			name = onnx.NodeOut
		case onnx.GraphInit:
			name = onnx.TensorName
		case onnx.GraphOut:
			if n, err := child(v, onnx.ValueName); err != nil || string(n) != "heads" {
				return nil
			}
			return v
		default:
			return v
		}
		keep := false
		err = onnx.Fields(v, func(f protowire.Number, tensor []byte) error {
			keep = keep || f == name && needed[string(tensor)]
			return nil
		})
		if err != nil || !keep {
			return nil
		}
		return v
	})
	return filter(model, func(field protowire.Number, v []byte) []byte {
		if field == onnx.ModelGraph {
			return pruned
		}
		return v
	}), nil
}

// neededTensors returns the tensors that are computed for "heads".
func neededTensors(graph []byte) (map[string]bool, error) {
	var nodes [][]byte
	err := onnx.Fields(graph, func(field protowire.Number, v []byte) error {
		if field == onnx.GraphNode {
			nodes = append(nodes, v)
		}
		return nil
	})
	needed := map[string]bool{"heads": true}
	for i := len(nodes) - 1; i >= 0 && err == nil; i-- { // a node reads only outputs of earlier ones
		var in []string
		keep := false
		err = onnx.Fields(nodes[i], func(field protowire.Number, name []byte) error {
			switch field {
			case onnx.NodeIn:
				in = append(in, string(name))
			case onnx.NodeOut:
				keep = keep || needed[string(name)]
			}
			return nil
		})
		if keep {
			for _, name := range in {
				needed[name] = true
			}
		}
	}
	return needed, err
}

// filter returns a message with each length-delimited field replaced by the result of f,
// and left out if that is nil. Other fields stay.
func filter(m []byte, f func(field protowire.Number, value []byte) []byte) (out []byte) {
	for len(m) > 0 {
		field, kind, n := protowire.ConsumeTag(m)
		if n < 0 {
			return out
		}
		size := protowire.ConsumeFieldValue(field, kind, m[n:])
		if size < 0 {
			return out
		}
		if kind != protowire.BytesType {
			out = append(out, m[:n+size]...)
		} else if v, _ := protowire.ConsumeBytes(m[n:]); true {
			if v = f(field, v); v != nil {
				out = protowire.AppendBytes(protowire.AppendTag(out, field, kind), v)
			}
		}
		m = m[n+size:]
	}
	return out
}
