// Package edit changes scenario files and preserves all other bytes, including comments
// and order.
//
// A Draft is the text of a file with undo, redo and its errors. This package does not
// draw or drive.
package edit
