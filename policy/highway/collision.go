package highway

import "math"

// collide marks two vehicles that overlap as crashed. Two that would overlap if each moved
// on for one tick displace each other in the next tick, and crash then.
func collide(a, b *vehicle, dt float64) {
	diagonal := math.Hypot(length, width)
	if math.Hypot(b.x-a.x, b.y-a.y) > diagonal+a.speed*dt {
		return
	}
	ax, ay := a.velocity()
	bx, by := b.velocity()
	now, soon, push := overlap(a.corners(), b.corners(), [2]float64{(ax - bx) * dt, (ay - by) * dt})
	if soon {
		a.impact, a.hit = [2]float64{push[0] / 2, push[1] / 2}, true
		b.impact, b.hit = [2]float64{-push[0] / 2, -push[1] / 2}, true
	}
	if now {
		a.crashed, b.crashed = true, true
	}
}

func (v *vehicle) corners() (c [4][2]float64) {
	sin, cos := math.Sincos(v.heading)
	for i, k := range [4][2]float64{{-1, -1}, {-1, 1}, {1, 1}, {1, -1}} {
		dx, dy := k[0]*length/2, k[1]*width/2
		c[i] = [2]float64{v.x + dx*cos - dy*sin, v.y + dx*sin + dy*cos}
	}
	return c
}

// overlap tests two rectangles by the separating axis theorem: whether they overlap now,
// and whether they do after the relative displacement of a; and the least translation of a
// that parts them then.
func overlap(a, b [4][2]float64, displacement [2]float64) (now, soon bool, push [2]float64) {
	now, soon = true, true
	least := math.Inf(1)
	var between [2]float64
	for i := range a {
		between[0] += (a[i][0] - b[i][0]) / 4
		between[1] += (a[i][1] - b[i][1]) / 4
	}
	for _, shape := range [2]*[4][2]float64{&a, &b} {
		for i := range shape {
			p, q := shape[i], shape[(i+1)%4]
			n := [2]float64{p[1] - q[1], q[0] - p[0]}
			norm := math.Hypot(n[0], n[1])
			n[0], n[1] = n[0]/norm, n[1]/norm
			lowA, highA := project(&a, n)
			lowB, highB := project(&b, n)
			if apart(lowA, highA, lowB, highB) > 0 {
				now = false
			}
			if d := n[0]*displacement[0] + n[1]*displacement[1]; d < 0 {
				lowA += d
			} else {
				highA += d
			}
			distance := apart(lowA, highA, lowB, highB)
			if distance > 0 {
				soon = false
			}
			if !now && !soon {
				return now, soon, push
			}
			if math.Abs(distance) < least {
				least = math.Abs(distance)
				push = n
				if between[0]*n[0]+between[1]*n[1] <= 0 {
					push = [2]float64{-n[0], -n[1]}
				}
			}
		}
	}
	return now, soon, [2]float64{least * push[0], least * push[1]}
}

// project returns the interval that a shape covers on an axis.
func project(c *[4][2]float64, n [2]float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, p := range c {
		d := p[0]*n[0] + p[1]*n[1]
		low, high = min(low, d), max(high, d)
	}
	return low, high
}

// apart returns the distance of two intervals, negative where they overlap.
func apart(lowA, highA, lowB, highB float64) float64 {
	if lowA < lowB {
		return lowB - highA
	}
	return lowA - highB
}
