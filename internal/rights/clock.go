package rights

import (
	"quipu/internal/change"
	"quipu/internal/civil"
)

// Pace says how a clock stands.
type Pace string

// The paces.
const (
	None    Pace = "none"    // no clock runs on the matter
	Running Pace = "running" // time is left
	Soon    Pace = "soon"    // little is left
	Today   Pace = "today"   // the last day, or the last hour
	Overdue Pace = "overdue"
	Met     Pace = "met"  // answered in time
	Late    Pace = "late" // answered after the term
)

// How little is little.
const (
	soonDays  = 3
	soonHours = 12
)

// Clock is a term as it stands. Left is in Unit: working days or whole hours, how many are
// left, or with Overdue and Late by how many it was passed.
type Clock struct {
	Pace  Pace
	Unit  Unit
	Left  int
	Due   civil.Date   // of a clock in working days
	DueAt change.Stamp // of a clock in hours
}

// Open reports whether something must still be done.
func (c Clock) Open() bool {
	return c.Pace == Running || c.Pace == Soon || c.Pace == Today || c.Pace == Overdue
}

// dayClock is a clock to the end of the day due. answered is unknown while it runs.
func (p *Pack) dayClock(due, answered, today civil.Date) Clock {
	c := Clock{Unit: WorkingDays, Due: due}
	switch {
	case !due.Full():
		c.Pace = None
	case answered.Known() && answered.After(due):
		c.Pace, c.Left = Late, p.Calendar.Between(due, answered)
	case answered.Known():
		c.Pace = Met
	case today.After(due):
		c.Pace, c.Left = Overdue, p.Calendar.Between(due, today)
	default:
		c.Left = p.Calendar.Between(today, due)
		c.Pace = Running
		if c.Left == 0 {
			c.Pace = Today
		} else if c.Left <= soonDays {
			c.Pace = Soon
		}
	}
	return c
}

// hourClock is a clock of so many hours from a moment. answered is the zero Stamp while it
// runs.
func hourClock(from change.Stamp, hours int, answered, now change.Stamp) Clock {
	const hour = int64(3600e6)
	due := change.Stamp{Micros: from.Micros + int64(hours)*hour, Offset: from.Offset}
	c := Clock{Unit: Hours, DueAt: due}
	switch {
	case hours == 0 || from.Micros == 0:
		c.Pace, c.DueAt = None, change.Stamp{}
	case answered.Micros > due.Micros:
		c.Pace, c.Left = Late, int((answered.Micros-due.Micros+hour-1)/hour)
	case answered.Micros != 0:
		c.Pace = Met
	case now.Micros > due.Micros:
		c.Pace, c.Left = Overdue, int((now.Micros-due.Micros)/hour)
	default:
		c.Left = int((due.Micros - now.Micros) / hour)
		c.Pace = Running
		if c.Left == 0 {
			c.Pace = Today
		} else if c.Left < soonHours {
			c.Pace = Soon
		}
	}
	return c
}
