package panel

// Detail is the level of detail of rendered images, from best to fastest.
type Detail uint8

const (
	Fine  Detail = iota // four samples per pixel
	Plain               // one sample per pixel: jagged edges
	Rough               // one sample per 2×2 pixels, at a low frame rate
)
