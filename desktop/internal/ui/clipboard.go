package ui

// Clipboard is where text is copied to and pasted from.
type Clipboard interface {
	SetText(s string)
	// Text returns the text that was copied last, "" for none.
	Text() string
}

// localClipboard is a clipboard within the window.
type localClipboard struct{ text string }

func (c *localClipboard) SetText(s string) { c.text = s }
func (c *localClipboard) Text() string     { return c.text }
