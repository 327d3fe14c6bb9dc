package desktop

import (
	"roadloop/desktop/internal/clipboard"
	"roadloop/desktop/internal/ui"
)

// openClipboard connects text fields to the system clipboard. If there is none, they
// copy and paste within the window, and a message gives the reason.
func (w *Window) openClipboard() {
	board, err := clipboard.Open()
	if err != nil {
		w.messages.Add(ui.Warning, "Clipboard works within this window only: "+err.Error())
		return
	}
	w.clipboard, w.in.Clipboard = board, board
}

func (w *Window) closeClipboard() {
	if w.clipboard != nil {
		w.clipboard.Close()
	}
}
