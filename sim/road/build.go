package road

// Build makes a map ready for use once its parts are in place: it indexes lanes
// and surfaces for lookup and validates the map. Generated maps are built.
func (m *Map) Build() error {
	m.buildIndex()
	return m.Validate()
}

// Built reports whether Build, or a generator, has made the map ready.
func (m *Map) Built() bool { return m.index != nil }
