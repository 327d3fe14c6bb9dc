package ui

// Panel is a part of the window with a content of its own.
type Panel interface {
	// Name is a stable key: the remembered layout refers to it.
	Name() string
	Title() string
	// Draw reads input and draws one frame.
	Draw(c *Canvas, in *Input)
}
