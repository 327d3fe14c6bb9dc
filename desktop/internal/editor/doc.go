// Package editor is the screen that edits scenarios. It shows a map view with all road
// users, to be placed, moved, turned and given paths; forms for maneuvers, weather and
// expectations; and a timeline with a preview.
//
// The text of the scenario belongs to an edit.Draft, which keeps comments and order.
// The screen simulates previews with ground truth only; to drive a scenario it emits a
// case.
package editor
