package road

// Build prepares a complete map for use: it indexes lanes and surfaces and
// validates the map. Generated maps are already built.
func (m *Map) Build() error {
	m.buildIndex()
	return m.Validate()
}

// Built reports whether the map has been prepared by Build or a generator.
func (m *Map) Built() bool { return m.index != nil }
