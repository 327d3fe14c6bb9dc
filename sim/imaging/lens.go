package imaging

import "math"

// bright is the luma from which light causes flare.
const bright = 248 * 256

// ghosts are the reflections of a bright spot: position on the line from the spot through the
// middle of the picture (1 is the middle, 2 the mirrored spot), radius in picture widths and
// color.
var ghosts = [...]struct {
	at, radius float64
	color      [3]int32
}{
	{.55, .03, [3]int32{60, 50, 20}}, {1.25, .05, [3]int32{20, 50, 40}}, {1.6, .025, [3]int32{40, 30, 60}}, {2.1, .08, [3]int32{30, 24, 14}},
}

// flare adds ghosts and a veil around the middle of all saturated pixels.
func (p *Processor) flare(c *Camera, rgb []byte) {
	var sumX, sumY, n int64
	for y := range p.h {
		row := rgb[3*y*p.w : 3*(y+1)*p.w]
		for x := range p.w {
			if luma(row[3*x:3*x+3]) >= bright {
				sumX, sumY, n = sumX+int64(x), sumY+int64(y), n+1
			}
		}
	}
	if least := int64(p.w*p.h) / 4000; n <= least {
		return
	}
	u, v := float64(sumX)/float64(n), float64(sumY)/float64(n)
	strength := c.Flare * math.Min(1, 60*float64(n)/float64(p.w*p.h))
	mx, my := float64(p.w)/2, float64(p.h)/2
	for _, g := range ghosts {
		p.disc(rgb, u+g.at*(mx-u), v+g.at*(my-v), g.radius*float64(p.w), g.color, toFixed(strength))
	}
	p.disc(rgb, u, v, .45*float64(p.w), [3]int32{60, 56, 50}, toFixed(strength))
}

// disc adds light that fades from the middle of a disc to its border.
func (p *Processor) disc(rgb []byte, u, v, radius float64, color [3]int32, strength int32) {
	x0, x1 := max(int(u-radius), 0), min(int(u+radius)+1, p.w)
	y0, y1 := max(int(v-radius), 0), min(int(v+radius)+1, p.h)
	cx, cy, r2 := int(2*u), int(2*v), int(4*radius*radius)+1 // in half pixels
	for y := y0; y < y1; y++ {
		dy := 2*y + 1 - cy
		for x := x0; x < x1; x++ {
			dx := 2*x + 1 - cx
			d2 := dx*dx + dy*dy
			if d2 >= r2 {
				continue
			}
			k := int32(int64(strength) * int64(r2-d2) / int64(r2))
			px := rgb[3*(y*p.w+x) : 3*(y*p.w+x)+3 : 3*(y*p.w+x)+3]
			for i := range px {
				px[i] = clamp8(int32(px[i]) + color[i]*k/unit)
			}
		}
	}
}

// aberration scales red and blue about the middle of the picture, by shift px at the corners.
func (p *Processor) aberration(shift float64, rgb []byte) {
	copy(p.copy, rgb)
	k := shift / math.Hypot(float64(p.w)/2, float64(p.h)/2)
	p.scale(rgb, 0, toScale(-k))
	p.scale(rgb, 2, toScale(k))
}

// scaleUnit is 1 in the factors of scale.
const scaleUnit = 1 << 20

func toScale(v float64) int { return int(math.Round(scaleUnit * v)) }

// scale sets a channel to that of the copy, moved by k times the distance from the middle,
// with linear interpolation.
func (p *Processor) scale(rgb []byte, channel, k int) {
	// Positions are in 1/256 px.
	at := func(i, n int) (first, weight int) {
		q := i<<8 + (2*i+1-n)*k/(scaleUnit/128)
		q = min(max(q, 0), (n-1)<<8)
		return min(q>>8, max(n-2, 0)), q - min(q>>8, max(n-2, 0))<<8
	}
	step := 3
	if p.w < 2 {
		step = 0
	}
	for y := range p.h {
		r, wy := at(y, p.h)
		a := p.copy[3*r*p.w:]
		b := a
		if p.h > 1 {
			b = p.copy[3*(r+1)*p.w:]
		}
		for x := range p.w {
			c, wx := at(x, p.w)
			i := 3*c + channel
			top := int(a[i])<<8 + (int(a[i+step])-int(a[i]))*wx
			low := int(b[i])<<8 + (int(b[i+step])-int(b[i]))*wx
			rgb[3*(y*p.w+x)+channel] = byte((top<<8 + (low-top)*wy + 1<<15) >> 16)
		}
	}
}

// blur averages along the movement of the picture during the exposure.
func (p *Processor) blur(c *Camera, rgb []byte) {
	n := int(math.Ceil(math.Max(math.Abs(c.BlurX), math.Abs(c.BlurY)))) + 1
	copy(p.copy, rgb)
	if n > maxTaps {
		n = maxTaps
	}
	var dx, dy [maxTaps]int
	for i := range n {
		t := float64(i)/float64(n-1) - .5
		dx[i], dy[i] = int(math.Round(t*c.BlurX)), int(math.Round(t*c.BlurY))
	}
	for y := range p.h {
		for x := range p.w {
			var sum [3]int
			for i := range n {
				u, v := min(max(x+dx[i], 0), p.w-1), min(max(y+dy[i], 0), p.h-1)
				s := p.copy[3*(v*p.w+u):]
				sum[0], sum[1], sum[2] = sum[0]+int(s[0]), sum[1]+int(s[1]), sum[2]+int(s[2])
			}
			o := rgb[3*(y*p.w+x):]
			o[0], o[1], o[2] = byte((sum[0]+n/2)/n), byte((sum[1]+n/2)/n), byte((sum[2]+n/2)/n)
		}
	}
}

// maxTaps bounds the pixels that a blurred one averages.
const maxTaps = maxShift + 1

// roll shifts each row by its share of the movement while the rows are read.
func (p *Processor) roll(shift float64, rgb []byte) {
	copy(p.copy, rgb)
	for y := range p.h {
		at := int(math.Round(256 * shift * ((float64(y)+.5)/float64(p.h) - .5))) // to the right
		row := p.copy[3*y*p.w : 3*(y+1)*p.w]
		for x := range p.w {
			q := min(max(x<<8-at, 0), (p.w-1)<<8)
			a, w := q>>8, q&255
			b := min(a+1, p.w-1)
			for k := range 3 {
				v := int(row[3*a+k])<<8 + (int(row[3*b+k])-int(row[3*a+k]))*w
				rgb[3*(y*p.w+x)+k] = byte((v + 128) >> 8)
			}
		}
	}
}
