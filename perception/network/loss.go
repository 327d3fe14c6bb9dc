package network

import (
	"math"

	"roadloop/perception"
)

// LossConfig holds the weights of the parts of the loss.
type LossConfig struct {
	Heat     float32 `json:"heat"`     // penalty-reduced focal loss of the heat map (Law and Deng 2018)
	Offset   float32 `json:"offset"`   // L1, cells
	Size     float32 `json:"size"`     // L1 of logarithms
	Distance float32 `json:"distance"` // L1 of logarithms
	Heading  float32 `json:"heading"`  // L1 of sine and cosine
	Drivable float32 `json:"drivable"` // cross-entropy
	Lanes    float32 `json:"lanes"`    // cross-entropy, cells on a boundary weigh laneBoost times more
	// Classes are weights of the heat of each class, to balance rare and frequent
	// ones; 0 means 1.
	Classes [perception.NumClasses]float32 `json:"classes"`
}

var _ Objective = (*LossConfig)(nil)

// Channels returns HeadChannels and TargetChannels.
func (c *LossConfig) Channels() (heads, targets int) { return HeadChannels, TargetChannels }

// laneBoost is the additional weight of a cell in the middle of a boundary.
const laneBoost = 12

// DefaultLoss returns the loss that the bundled network was trained with.
func DefaultLoss() LossConfig {
	c := LossConfig{Heat: 1, Offset: 1, Size: 1.5, Distance: 1.5, Heading: .4, Drivable: 1, Lanes: 4}
	c.Classes[perception.Cyclist], c.Classes[perception.Cone] = 1.6, 2
	for k := perception.SignalRed; k <= perception.SignalGreen; k++ {
		c.Classes[k] = 2.5
	}
	return c
}

// Losses are the unweighted parts of a loss and their weighted sum.
type Losses struct {
	Heat, Offset, Size, Distance, Heading, Drivable, Lanes, Total float64
}

// Add returns a + f·b, part by part.
func (a Losses) Add(b Losses, f float64) Losses {
	a.Heat += f * b.Heat
	a.Offset += f * b.Offset
	a.Size += f * b.Size
	a.Distance += f * b.Distance
	a.Heading += f * b.Heading
	a.Drivable += f * b.Drivable
	a.Lanes += f * b.Lanes
	a.Total += f * b.Total
	return a
}

// Loss compares heads with targets, both over the same cells, and sets grad to the
// gradient of the weighted sum with respect to the heads. The heat map is averaged
// over the objects, regressions over the cells with a regression, drivable area and
// lanes over the labelled cells.
func (c *LossConfig) Loss(heads, targets, grad []float32) Losses {
	cells := len(heads) / HeadChannels
	n := normalizers(targets, cells)
	var sum Losses
	for i := range cells {
		h := heads[i*HeadChannels:][:HeadChannels]
		t := targets[i*TargetChannels:][:TargetChannels]
		g := grad[i*HeadChannels:][:HeadChannels]
		clear(g)
		if t[IgnoreHeat] == 0 {
			sum.Heat += c.heatLoss(h, t, g, c.Heat/n.objects)
		}
		if m := t[ObjectMask]; m > 0 {
			k := m / n.boxes
			sum.Offset += absLoss(h, t, g, OffsetChannel, 2, c.Offset, k)
			sum.Size += absLoss(h, t, g, SizeChannel, 2, c.Size, k)
			if t[IgnorePlace] == 0 {
				k := m / n.places
				sum.Distance += absLoss(h, t, g, DistanceChannel, 1, c.Distance, k)
				sum.Heading += absLoss(h, t, g, HeadingChannel, 2, c.Heading, k)
			}
		}
		if t[IgnoreDrivable] == 0 {
			sum.Drivable += crossEntropy(h, t, g, DrivableChannel, c.Drivable/n.ground, 0)
		}
		if t[IgnoreLanes] == 0 {
			for s := range perception.NumSides {
				sum.Lanes += crossEntropy(h, t, g, LaneChannel+s, c.Lanes/n.lanes, laneBoost)
			}
		}
	}
	sum.Heat /= float64(n.objects)
	sum.Drivable /= float64(n.ground)
	sum.Lanes /= float64(n.lanes)
	sum.Total = float64(c.Heat)*sum.Heat + float64(c.Offset)*sum.Offset + float64(c.Size)*sum.Size +
		float64(c.Distance)*sum.Distance + float64(c.Heading)*sum.Heading +
		float64(c.Drivable)*sum.Drivable + float64(c.Lanes)*sum.Lanes
	return sum
}

// normalizer holds the divisors of the parts of a loss, each at least 1.
type normalizer struct {
	objects       float32
	boxes, places float32 // sums of the weights of the regressions
	ground, lanes float32 // labelled cells
}

func normalizers(targets []float32, cells int) (n normalizer) {
	for i := range cells {
		t := targets[i*TargetChannels:][:TargetChannels]
		for _, v := range t[HeatChannel : HeatChannel+perception.NumClasses] {
			if v == 1 {
				n.objects++
			}
		}
		n.boxes += t[ObjectMask]
		n.places += t[ObjectMask] * (1 - t[IgnorePlace])
		n.ground += 1 - t[IgnoreDrivable]
		n.lanes += 1 - t[IgnoreLanes]
	}
	return normalizer{max(n.objects, 1), max(n.boxes, 1), max(n.places, 1), max(n.ground, 1), max(n.lanes, 1)}
}

// heatLoss is the focal loss of CornerNet with α = 2 and β = 4 over the classes
// of a cell that are labelled.
func (c *LossConfig) heatLoss(h, t, g []float32, all float32) (sum float64) {
	for k := HeatChannel; k < HeatChannel+perception.NumClasses; k++ {
		x, y := h[k], t[k]
		if y < 0 {
			continue
		}
		count := float32(1)
		if v := c.Classes[k-HeatChannel]; v != 0 {
			count = v
		}
		weight := all * count
		p, lp, lq := logistic(x)
		if y == 1 {
			q := 1 - p
			sum -= float64(count * q * q * lp)
			g[k] += weight * (2*p*q*q*lp - q*q*q)
			continue
		}
		w := 1 - y
		w *= w
		w *= w
		sum -= float64(count * w * p * p * lq)
		g[k] += weight * w * (p*p*p - 2*p*p*(1-p)*lq)
	}
	return sum
}

// absLoss is the L1 loss over n channels with weight k; its gradient is also
// multiplied by weight.
func absLoss(h, t, g []float32, first, n int, weight, k float32) (sum float64) {
	for c := first; c < first+n; c++ {
		d := h[c] - t[c]
		sum += float64(k) * math.Abs(float64(d))
		switch {
		case d > 0:
			g[c] += weight * k
		case d < 0:
			g[c] -= weight * k
		}
	}
	return sum
}

// crossEntropy is the cross-entropy of a logit with a target in 0..1, with the weight
// 1 + boost·target.
func crossEntropy(h, t, g []float32, c int, weight, boost float32) float64 {
	x, y := h[c], t[c]
	k := 1 + boost*y
	p, lp, lq := logistic(x)
	g[c] += weight * k * (p - y)
	return -float64(k * (y*lp + (1-y)*lq))
}

// logistic returns σ(x), ln σ(x) and ln σ(−x) without overflow, from one exponential.
func logistic(x float32) (p, lp, lq float32) {
	e := float32(math.Exp(-math.Abs(float64(x))))
	// ln(1+e) = 2·artanh(e/(2+e)), and its series is exact to float32 for e up to 1.
	s := e / (2 + e)
	q := s * s
	q2 := q * q
	l := 2 * s * ((1 + q*(1./3)) + q2*((1./5+q*(1./7))+q2*((1./9+q*(1./11))+q2*(1./13))))
	if x < 0 {
		return e / (1 + e), x - l, -l
	}
	return 1 / (1 + e), -l, -x - l
}
