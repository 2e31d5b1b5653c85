package place

import (
	"fmt"
	"sync"
	"time"
)

// Hours are when officers work: from one day of the week to another (1 is Monday, 7 Sunday;
// 7 to 4 is Sunday to Thursday), and on each of them from one minute of the day until before
// another.
type Hours struct{ First, Last, Opens, Closes int }

// UsualHours are those of an office that says nothing else.
var UsualHours = Hours{1, 5, 8 * 60, 18 * 60}

// ParseHours reads "1-5 08:00-18:00".
func ParseHours(text string) (Hours, bool) {
	var h Hours
	var fromHour, fromMinute, toHour, toMinute int
	n, err := fmt.Sscanf(text, "%1d-%1d %02d:%02d-%02d:%02d", &h.First, &h.Last, &fromHour, &fromMinute, &toHour, &toMinute)
	h.Opens, h.Closes = fromHour*60+fromMinute, toHour*60+toMinute
	ok := err == nil && n == 6 && h.String() == text && h.First >= 1 && h.First <= 7 && h.Last >= 1 && h.Last <= 7 &&
		fromMinute < 60 && toMinute < 60 && h.Opens >= 0 && h.Opens < h.Closes && h.Closes <= 24*60
	return h, ok
}

// String is the form that ParseHours reads.
func (h Hours) String() string {
	return fmt.Sprintf("%d-%d %02d:%02d-%02d:%02d", h.First, h.Last, h.Opens/60, h.Opens%60, h.Closes/60, h.Closes%60)
}

// Hold reports whether officers work at the moment t, which is on the office's clock.
func (h Hours) Hold(t time.Time) bool {
	day, minute := (int(t.Weekday())+6)%7+1, t.Hour()*60+t.Minute()
	in := h.First <= day && day <= h.Last
	if h.First > h.Last {
		in = day >= h.First || day <= h.Last
	}
	return in && minute >= h.Opens && minute < h.Closes
}

// Clock is the clock of the office of that code; universal time for what is no office, or
// when the machine has no time zones.
func Clock(office string) *time.Location {
	if zone, ok := clocks.Load(office); ok {
		return zone.(*time.Location)
	}
	o, ok := Network().Office(office)
	if !ok {
		return time.UTC
	}
	zone, err := o.Location()
	if err != nil {
		return time.UTC
	}
	clocks.Store(office, zone)
	return zone
}

// clocks are those that were asked for, by office: the machine reads a file for each.
var clocks sync.Map
