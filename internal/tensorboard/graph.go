package tensorboard

// Field numbers of GraphDef, NodeDef, AttrValue and TensorShapeProto.
const (
	graphNode, graphVersions, versionsProducer = 1, 4, 1
	nodeName, nodeOp, nodeInput, nodeAttr      = 1, 2, 3, 5
	entryKey, entryValue, attrList, listShape  = 1, 2, 1, 7
	shapeDim, dimSize                          = 2, 1
	outputShapes, producer                     = "_output_shapes", 22
)

// Node is a layer of a network.
type Node struct {
	Name   string
	Op     string
	Inputs []string // names of the input nodes
	Shape  []int    // of its output
}

// Graph records the layers of a network for TensorBoard's graph view.
func (w *Writer) Graph(nodes []Node) error {
	var g []byte
	for i := range nodes {
		g = message(g, graphNode, nodes[i].encode())
	}
	g = message(g, graphVersions, number(nil, versionsProducer, producer))
	return w.event(0, message(nil, eventGraph, g))
}

func (n *Node) encode() []byte {
	b := text(nil, nodeName, n.Name)
	b = text(b, nodeOp, n.Op)
	for _, in := range n.Inputs {
		b = text(b, nodeInput, in)
	}
	var shape []byte
	for _, d := range n.Shape {
		shape = message(shape, shapeDim, number(nil, dimSize, uint64(d)))
	}
	value := message(nil, attrList, message(nil, listShape, shape))
	return message(b, nodeAttr, message(text(nil, entryKey, outputShapes), entryValue, value))
}
