package panel

// Detail is how finely pictures of cameras are drawn, from best to fastest.
type Detail uint8

const (
	Fine  Detail = iota // four samples a pixel
	Plain               // one sample a pixel: edges are jagged
	Rough               // one sample for two by two pixels, and few pictures
)
