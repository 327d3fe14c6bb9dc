package road

// Build makes a map ready for use once its parts are in place: it indexes lanes
// and surfaces for lookup and validates the map. Generated maps are built.
func (m *Map) Build() error {
	m.buildIndex()
	return m.Validate()
}
