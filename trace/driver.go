package trace

// DriverID identifies a driver in traces, results and windows.
type DriverID struct {
	Name       string `json:"driver"`
	Perception string `json:"perception"`
	// Model is the SHA-256 of the network, "" for none. In a request for a driver it may
	// also be the name or the file of a network; see drivers.Registry.Resolve.
	Model string `json:"model,omitempty"`
	// ISA is the instruction set with which the network computes, as network.ISA names it.
	// Its detections are the same bytes only with the same one. It is "" without a network,
	// and in traces from before it was recorded.
	ISA string `json:"isa,omitempty"`
}

// String returns driver and perception, such as "stack, cnn".
func (d DriverID) String() string { return d.Name + ", " + d.Perception }
