package ui

// Clipboard is what text is copied to and pasted from.
type Clipboard interface {
	SetText(s string)
	// Text returns what was copied last, "" for nothing.
	Text() string
}

// ownClipboard goes no further than the window.
type ownClipboard struct{ text string }

func (c *ownClipboard) SetText(s string) { c.text = s }
func (c *ownClipboard) Text() string     { return c.text }
