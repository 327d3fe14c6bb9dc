package road

// index finds lanes near a point.
type index struct{}
