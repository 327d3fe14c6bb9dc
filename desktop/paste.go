package desktop

import (
	"roadloop/desktop/clipboard"
	"roadloop/desktop/ui"
)

// openClipboard lets text fields copy to other programs and paste from them. Where that
// cannot be they copy and paste within the window, and it is said why.
func (w *Window) openClipboard() {
	board, err := clipboard.Open()
	if err != nil {
		w.messages.Say(ui.Caution, "Text is copied and pasted within this window only: "+err.Error())
		return
	}
	w.clipboard, w.in.Clipboard = board, board
}

func (w *Window) closeClipboard() {
	if w.clipboard != nil {
		w.clipboard.Close()
	}
}
