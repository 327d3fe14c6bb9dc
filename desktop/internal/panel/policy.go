package panel

import (
	"math"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop"
	"roadloop/desktop/internal/ui"
	"roadloop/drivers"
	"roadloop/policy/drive"
	"roadloop/scenarios/timeline"
)

// Policy is the panel of a trained policy: its observation, the distribution of its action, and
// the return that it expects. All of it is from the policy's last decision at the shown time,
// and nothing from the world. If only the other branch is driven by a policy, that one is shown.
type Policy struct {
	feed     *Feed
	from     *Feed // of the shown decision in this frame: feed, or its other branch
	scroll   ui.Scroll
	height   float64 // of the content in the last frame
	pictures []policyPicture
	pts      []ui.Point
}

// NewPolicy returns the panel of a feed.
func NewPolicy(feed *Feed) *Policy { return &Policy{feed: feed} }

// Name returns the panel's key.
func (p *Policy) Name() string { return "policy" }

// Title returns the panel's title.
func (p *Policy) Title() string { return "Policy" }

// Sizes, in points.
const (
	policyGap  = 10.0 // between the parts
	twoColumns = 300  // least width of the content for two columns
	keyScroll  = 48.0
)

// Draw draws the policy's decision at the shown time.
func (p *Policy) Draw(c *ui.Canvas, in *ui.Input) {
	c.Fill(c.Theme.Surface)
	f := p.feed.Frame()
	if p.from = p.feed; f != nil && f.Policy == nil && p.feed.OtherBranch != nil {
		if g := p.feed.OtherBranch.Frame(); g != nil && g.Policy != nil {
			p.from, f = p.feed.OtherBranch, g
		}
	}
	switch {
	case f == nil:
		Empty(c, "No drive yet.")
		return
	case f.Policy == nil && p.feed.Timeline().DriverIDAt(p.feed.At()).Name == drivers.PolicyDriver:
		Empty(c, "The policy waits for its first camera frame.")
		return
	case f.Policy == nil:
		Empty(c, "This driver is not a trained policy.")
		return
	}
	has := in.FocusArea(c, "policy")
	b := c.Bounds()
	if has {
		p.keys(in, b.H)
	}
	p.scroll.Draw(c, in, b, "scroll", p.height, func(c *ui.Canvas) { p.height = p.draw(c, in, f, b.H) })
	if has {
		c.FocusRing()
	}
}

// keys scrolls, and seeks by one step.
func (p *Policy) keys(in *ui.Input, page float64) {
	switch {
	case in.TakeRepeated(ebiten.KeyPageUp):
		p.scroll.Offset -= page
	case in.TakeRepeated(ebiten.KeyPageDown):
		p.scroll.Offset += page
	case in.TakeKey(ebiten.KeyHome):
		p.scroll.Offset = 0
	case in.TakeKey(ebiten.KeyEnd):
		p.scroll.Offset = p.height
	}
	if dir, ok := in.Arrow(); ok {
		p.scroll.Offset += dir.Y * keyScroll
		if dir.X != 0 && p.feed.Seek != nil {
			p.feed.Seek(p.feed.At() + int(dir.X))
		}
	}
}

// otherView returns the decision of the other branch at the shown step, nil if there is none or
// if it has another action.
func (p *Policy) otherView(shown *timeline.Step) *roadloop.PolicyView {
	if p.from.OtherBranch == nil {
		return nil
	}
	f, v := p.from.OtherBranch.Frame(), shown.Policy
	if f == nil || f.Time != shown.Time || f.Policy == nil || f.Policy.Action.Name != v.Action.Name || len(f.Policy.Action.Floats) != len(v.Action.Floats) ||
		len(f.Policy.Probabilities) != len(v.Probabilities) || len(f.Policy.Mean) != len(v.Mean) {
		return nil
	}
	return f.Policy
}

// draw draws the content for a view of a height, and returns the height of the content.
func (p *Policy) draw(c *ui.Canvas, in *ui.Input, f *timeline.Step, view float64) float64 {
	v := f.Policy
	other := p.otherView(f)
	r := c.Bounds().Inset2(10, 6)
	r.H = math.Inf(1) // the height is not known yet
	head := r.CutTop(18)
	age := "decided now"
	if late := f.Time - v.Time; late > 0 {
		age = "decided " + Quantity(late.Seconds(), 2, "s") + " ago"
	}
	c.Label(head.CutRight(c.Measure(age, c.Theme.Small)+2), age, c.Theme.Small, ui.Right)
	if p.from != p.feed {
		c.Label(head, "Other branch: "+v.Task, c.Theme.Title.In(c.Theme.Other), ui.Left)
	} else {
		c.Label(head, v.Task, c.Theme.Title, ui.Left)
	}
	r.CutTop(2)
	left, right := r, r
	wide, room := r.W >= twoColumns, valueHeight
	if wide {
		left.W = (r.W - policyGap) * .48
		right.CutLeft(left.W + policyGap)
		p.drawSight(c, in, &left, f, other, view-r.Y-6)
	} else {
		p.drawSight(c, in, &right, f, other, view/2)
	}
	p.drawAction(c, in, &right, v, other)
	commands := 2*decisionLine + 4
	if f.Overridden {
		commands += decisionLine
	}
	if wide {
		room = max(room, min(mostValue, min(left.Y, view-6)-right.Y-commands))
	}
	if v.Valued || other != nil && other.Valued {
		p.drawValue(c, in, right.CutTop(room), other != nil)
	}
	right.CutTop(4)
	if f.Overridden {
		c.Label(right.CutTop(decisionLine), "A human drives.", c.Theme.Small, ui.Left)
	}
	drawCommand(c, &right, f.Decided, f)
	y := right.Y
	if wide {
		y = max(y, left.Y)
	}
	r.CutTop(y - r.Y + policyGap)
	for i := range v.Observation {
		if a := &v.Observation[i]; a.Floats != nil && !drawnFromAbove(a) {
			drawVector(c, &r, a, p.scroll.Offset, p.scroll.Offset+view)
		}
	}
	return r.Y + 6
}

// drawnFromAbove reports whether an observation is drawn in the view from above.
func drawnFromAbove(a *roadloop.PolicyArray) bool {
	return a.Name == drive.RoadUsers || a.Name == drive.Perceived || a.Name == drive.RoutePoints || a.Name == drive.Rays
}
