// Package scene is the display list: everything that a camera can see at one
// time, with class and instance IDs, independent of the renderer. The software
// renderer (sim/raster) and the Ebitengine renderer (sim/gpu) draw the same
// list. A Builder makes it: it converts a road map into static geometry once, and actors,
// signals and light into a display list for each frame.
//
// World frame: x, y as in the map, z up from the road surface, meters. Colors
// are sRGB components from 0 to 1 of the surface in white light.
package scene

import (
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// Class is the semantic class of a pixel.
type Class uint8

// Pixel classes.
const (
	Sky Class = iota
	Road
	Marking
	Sidewalk
	Terrain
	Building
	Vegetation
	Pole
	Barrier
	Car
	Truck
	Pedestrian
	Cyclist
	Cone
	SignalHead
	NumClasses = iota
)

// MarkID is the kind of road marking in the marking channel; 0 is none.
type MarkID uint8

// Kinds of paint on the road.
const (
	NoMark MarkID = iota
	LaneLine
	StopLine
	Zebra
	Arrow
)

// FirstSignal is the instance id of signal 0. The instance id of an actor is its
// actor.ID plus 1; 0 is none.
const FirstSignal = 20000

// Vec3 is a point or direction in the world or model frame, m.
type Vec3 struct{ X, Y, Z float32 }

// RGB is a color, components 0 to 1.
type RGB [3]float32

// Texture is the pattern of a face. Renderers compute it procedurally from world
// positions.
type Texture uint8

// Textures.
const (
	Plain Texture = iota
	Asphalt
	Pavement
	Grass
	Foliage
	Facade // wall with rows of windows
	Glass
	Paint // worn paint on the road
)

// Slot selects the color of a face: its own, or one of the colors of the
// instance.
type Slot uint8

// Color slots.
const (
	Own Slot = iota
	First
	Second
	Third
)

// Lamp is a light source on a model, lit when the instance's Lamps has its bit.
type Lamp uint8

// Lamps.
const (
	BrakeLamp Lamp = 1 << iota
	TailLamp
	HeadLamp
	LeftLamp
	RightLamp
	RedLamp
	AmberLamp
	GreenLamp
)

// Material is the appearance of a face.
type Material struct {
	Color   RGB
	Slot    Slot
	Texture Texture
	Class   Class
	Mark    MarkID
	Wear    float32 // of Paint: fraction that is worn off
	Lamp    Lamp    // shines when lit
	Gloss   float32 // of instances: share of reflections, 0 none .. 1 as glass
}

// SkyTint holds factors of the colors of the sky and of the density of haze without fog. The zero
// value means the common sky.
type SkyTint struct {
	Zenith, Horizon RGB
	Haze            float32
}

// Face is a convex planar polygon: N vertices from index First in Mesh.Index,
// counter-clockwise when seen against its normal.
type Face struct {
	First, N uint16
	Mat      uint8 // index into Mesh.Materials
	Normal   Vec3  // unit length
}

// Mesh is an immutable set of faces.
type Mesh struct {
	Verts     []Vec3
	Index     []uint16
	Faces     []Face
	Materials []Material
	Center    Vec3    // of the bounding sphere
	Radius    float32 // m
}

// Instance is a mesh placed in the world, rotated about the vertical axis.
type Instance struct {
	Mesh   *Mesh
	Pos    Vec3
	Yaw    float64
	Scale  Vec3 // factors along the mesh's axes
	Colors [3]RGB
	Lamps  Lamp
	ID     uint16 // for the instance channel
	Shaded bool   // in the shadow of a static object
	// Shadow is the size of the box that casts the instance's shadow, m; zero casts no
	// shadow.
	Shadow Vec3
}

// Glow is the halo of a shining lamp.
type Glow struct {
	Pos       Vec3
	Color     RGB
	Radius    float32 // of the lamp, m
	Intensity float32
}

// View is the camera: calibration, vehicle pose, exposure and noise.
type View struct {
	Cal  *sensor.Camera
	Ego  geom.Pose // rear axle of the vehicle that carries it
	Time clock.Tick
	// Exposure scales brightness; 0 means 1. Noise is the standard deviation of
	// the image noise in 8-bit levels; NoiseSeed seeds it.
	Exposure  float64
	Noise     float64
	NoiseSeed uint64
}

// List is the display list of one frame. Its slices are reused from frame to frame.
type List struct {
	View       View
	Conditions Conditions
	Sky        SkyTint
	// Ground meshes are flat at z = 0 and painted in order, later ones over
	// earlier ones. Unpainted ground is grass.
	Ground []*Mesh
	// Static meshes are in world coordinates.
	Static    []*Mesh
	Instances []Instance
	Glows     []Glow
	// Shadows are the corners of all convex ground shadows; ShadowEnds are the
	// end indices of each shadow in Shadows.
	Shadows    []geom.Vec
	ShadowEnds []int
	// Lamps are the positions of the street lamps that are on, at the height of the light
	// source.
	Lamps []Vec3
}
