package ui

// Panel is a dockable part of the window.
type Panel interface {
	// Name is a stable key for the saved layout.
	Name() string
	Title() string
	// Draw reads input and draws one frame.
	Draw(c *Canvas, in *Input)
}
