// Package editor is the screen in which scenarios are made and changed: the road from
// above with everybody on it, to be placed, moved, turned and given paths; what they do
// and when, the weather and what is expected beside it; and below it a time line that
// shows where everybody goes.
//
// The text of the scenario is that of an edit.Draft, which keeps comments and order. The
// screen drives nothing but previews with ground truth; to drive it hands over a case.
package editor
