package courier

import "quipu/internal/sync/synchttp"

// Switchable lets the line to the hub be cut by hand, before any Link is made: for
// demonstrations, which show what an office does without one.
func (c *Courier) Switchable() {
	c.line, c.joined = synchttp.NewSwitch(), make(chan struct{}, 2)
}

// Line says whether the line can be cut by hand, and whether it is.
func (c *Courier) Line() (switchable, cut bool) {
	return c.line != nil, c.line != nil && c.line.IsCut()
}

// SetLine cuts the line or joins it again; it does nothing where that cannot be done by hand.
func (c *Courier) SetLine(cut bool) {
	switch {
	case c.line == nil:
	case cut:
		c.line.Cut()
	default:
		c.line.Join()
		for range cap(c.joined) { // both who send and who fetch wait for it
			select {
			case c.joined <- struct{}{}:
			default:
			}
		}
	}
}
