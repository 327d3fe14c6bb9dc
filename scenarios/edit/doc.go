// Package edit changes scenario files the way a person would: what is not changed
// keeps its bytes, comments and order included.
//
// A Draft is a file being edited, with undo and redo and with what is wrong about it.
// It is text all the time; nothing here draws, and nothing drives.
package edit
