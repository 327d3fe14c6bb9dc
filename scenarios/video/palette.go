package video

import (
	"image"
	"image/color"
	"slices"
)

// depth is the number of bits per channel in a bucket's key.
const depth = 5

// bucket holds the colors with the same upper bits.
type bucket struct {
	key  int
	n    int
	sum  [3]int
	mean [3]int
}

// paletted returns a part of an image in up to 256 colors, by median cut (Heckbert 1982)
// over its colors.
func paletted(im *image.RGBA, area image.Rectangle) *image.Paletted {
	counts := make([]bucket, 1<<(3*depth))
	visit(im, area, func(_ int, p []byte) {
		b := &counts[key(p)]
		b.n++
		for k := range 3 {
			b.sum[k] += int(p[k])
		}
	})
	var used []bucket
	for i, b := range counts {
		if b.n > 0 {
			b.key = i
			for k := range 3 {
				b.mean[k] = b.sum[k] / b.n
			}
			used = append(used, b)
		}
	}
	index := make([]uint8, len(counts))
	// The rectangle is relative to the corner of the image.
	out := &image.Paletted{Pix: make([]byte, area.Dx()*area.Dy()), Stride: area.Dx(), Rect: area.Sub(im.Rect.Min)}
	for i, box := range cut(used, 256) {
		out.Palette = append(out.Palette, average(box))
		for _, b := range box {
			index[b.key] = uint8(i)
		}
	}
	visit(im, area, func(i int, p []byte) { out.Pix[i] = index[key(p)] })
	return out
}

// visit calls f for the pixels of an area with their index.
func visit(im *image.RGBA, area image.Rectangle, f func(i int, p []byte)) {
	i := 0
	for y := area.Min.Y; y < area.Max.Y; y++ {
		row := im.Pix[im.PixOffset(area.Min.X, y):]
		for x := range area.Dx() {
			f(i, row[4*x:4*x+3])
			i++
		}
	}
}

func key(p []byte) int {
	const drop = 8 - depth
	return int(p[0])>>drop<<(2*depth) | int(p[1])>>drop<<depth | int(p[2])>>drop
}

// cut splits the colors into up to n boxes. It repeatedly splits the box with the largest
// worth at the median of its longest side.
func cut(used []bucket, n int) [][]bucket {
	boxes := [][]bucket{used}
	worth := []float64{spread(used).worth}
	for len(boxes) < n {
		best := 0
		for i, w := range worth {
			if w > worth[best] {
				best = i
			}
		}
		if worth[best] == 0 {
			break
		}
		low, high := halve(boxes[best])
		boxes[best], worth[best] = low, spread(low).worth
		boxes, worth = append(boxes, high), append(worth, spread(high).worth)
	}
	return boxes
}

// colorExtent is the longest side of a box of colors.
type colorExtent struct {
	channel int
	worth   float64 // pixels × length²; 0 for a box of one color
}

func spread(box []bucket) (e colorExtent) {
	n, longest := 0, 0
	var lo, hi [3]int
	for i, b := range box {
		n += b.n
		for k := range 3 {
			if i == 0 {
				lo[k], hi[k] = b.mean[k], b.mean[k]
			}
			lo[k], hi[k] = min(lo[k], b.mean[k]), max(hi[k], b.mean[k])
		}
	}
	for k := range 3 {
		if hi[k]-lo[k] > longest {
			longest, e.channel = hi[k]-lo[k], k
		}
	}
	e.worth = float64(n) * float64(longest) * float64(longest)
	return e
}

// halve splits a box of at least two colors into halves with about equal numbers of
// pixels.
func halve(box []bucket) (low, high []bucket) {
	k := spread(box).channel
	slices.SortFunc(box, func(a, b bucket) int {
		if a.mean[k] != b.mean[k] {
			return a.mean[k] - b.mean[k]
		}
		return a.key - b.key
	})
	total, n := 0, 0
	for _, b := range box {
		total += b.n
	}
	at := 0
	for at < len(box)-1 && (at == 0 || 2*n < total) {
		n += box[at].n
		at++
	}
	return box[:at:at], box[at:]
}

func average(box []bucket) color.RGBA {
	n := 0
	var sum [3]int
	for _, b := range box {
		n += b.n
		for k := range 3 {
			sum[k] += b.sum[k]
		}
	}
	n = max(n, 1)
	return color.RGBA{uint8(sum[0] / n), uint8(sum[1] / n), uint8(sum[2] / n), 255}
}
