// Package video renders drives as videos in software, and writes videos and images to files.
//
// A Renderer draws the camera image with the detections of the network, the car from behind,
// the road from above, tracks and plans, and a caption. The same drive gives the same pixels.
//
// A Writer writes frames as MP4 with H.264, which web browsers play, as GIF, or as one PNG. It
// writes files atomically: after an error there is no new file. Equal frames give equal bytes
// in PNG and GIF; those of MP4 depend on the encoder.
//
// A Preview drives a scenario with ground truth instead of perception, to show the paths of
// all road users in advance; it judges nothing. A thumbnail shows the closest encounter of a
// scenario from behind and above, with the paths of the ego and of the named actors. It is
// rendered in software and stored in a ThumbnailCache.
package video
