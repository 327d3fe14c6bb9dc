// Package preview drives scenarios with ground truth instead of perception, to show the paths
// of all road users in advance. It judges nothing.
//
// A thumbnail shows the closest encounter of a scenario from behind and above, with the paths
// of the ego and of the named actors. It is rendered in software, needs no display, and is
// stored in a ThumbnailCache.
package preview
