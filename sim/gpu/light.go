package gpu

import (
	"cmp"
	"maps"
	"slices"

	"github.com/hajimehoshi/ebiten/v2"
)

// maxLamps is the maximum number of street lamps in a frame: those nearest to the eye.
const maxLamps = 48

// camera returns the shader uniforms of the camera.
func (r *Renderer) camera() map[string]any {
	a := &r.air
	_, _, fx, fy, cx, cy := r.outliner.Pinhole()
	return map[string]any{
		"Eye": a.Eye[:], "Right": a.Right[:], "Down": a.Down[:], "Forward": a.Forward[:],
		"Lens": []float32{fx, fy, cx, cy}, "Samples": r.samples,
	}
}

// shade lights every pixel, adds halos and rain, and applies the exposure.
func (r *Renderer) shade(dst *ebiten.Image, camera map[string]any, rain [3]float32, cover float32) {
	a := &r.air
	w, _, _, _, _, _ := r.outliner.Pinhole()
	headlights := float32(0)
	if a.Headlights {
		headlights = 1
	}
	lamps, n := r.nearLamps()
	r.lens.uniforms = with(camera, map[string]any{
		"Sun": a.Sun[:], "SunColor": a.SunColor[:], "Ambient": a.Ambient[:],
		"Zenith": a.Zenith[:], "Horizon": a.Horizon[:], "Haze": a.Haze[:],
		"Sky":        []float32{a.Dark, a.Wet, a.Cloud, a.Clouds},
		"Extinction": a.Extinction, "Headlights": headlights,
		"Beam":  []float32{a.From[0], a.From[1], a.Beam[0], a.Beam[1]},
		"Lamps": lamps, "NumLamps": n,
		"Rain":     []float32{rain[0], rain[1], rain[2], cover},
		"Exposure": a.Exposure, "Width": float32(w),
		"Dazzle": []float32{a.DazzleX, a.DazzleY, a.Glare},
	})
	r.lens.draw(dst, r.shaders.shade, ebiten.BlendCopy, r.faces, r.surfaces.image, r.glow, r.left)
}

// with returns the union of a and b.
func with(a, b map[string]any) map[string]any {
	maps.Copy(b, a)
	return b
}

// nearLamps returns the positions of the street lamps nearest to the eye as a flat
// list, and their number.
func (r *Renderer) nearLamps() ([]float32, int) {
	eye := r.air.Eye
	far := func(p [3]float32) float32 {
		return (p[0]-eye[0])*(p[0]-eye[0]) + (p[1]-eye[1])*(p[1]-eye[1])
	}
	lamps := r.air.Lamps
	slices.SortFunc(lamps, func(a, b [3]float32) int { return cmp.Compare(far(a), far(b)) })
	n := min(len(lamps), maxLamps)
	places := make([]float32, 3*maxLamps)
	for i, p := range lamps[:n] {
		copy(places[3*i:], p[:])
	}
	return places, n
}
