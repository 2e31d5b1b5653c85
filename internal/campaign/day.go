package campaign

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
)

// MinutesOf reads a time of day, "9:30" or "09:30", as minutes since midnight.
func MinutesOf(text string) (int, bool) {
	h, m, ok := strings.Cut(strings.TrimSpace(text), ":")
	hours, err := strconv.Atoi(h)
	minutes, err2 := strconv.Atoi(m)
	ok = ok && err == nil && err2 == nil && len(m) == 2 && hours >= 0 && hours <= 23 && minutes >= 0 && minutes <= 59
	return hours*60 + minutes, ok
}

// Clock writes minutes since midnight as "09:30".
func Clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// String is the form in which a day is kept: "2026-12-05 09:00-17:00".
func (d Day) String() string { return d.Date.String() + " " + Clock(d.From) + "-" + Clock(d.To) }

// ParseDay reads the form of String.
func ParseDay(text string) (d Day, err error) {
	date, hours, _ := strings.Cut(strings.TrimSpace(text), " ")
	if d.Date, err = civil.Parse(date); err != nil {
		return d, err
	}
	from, to, _ := strings.Cut(hours, "-")
	var ok, ok2 bool
	d.From, ok = MinutesOf(from)
	d.To, ok2 = MinutesOf(to)
	if !ok || !ok2 || !d.Date.Full() || d.To <= d.From {
		return d, fault.New(fault.Invalid, "campaign.hours").On("days")
	}
	return d, nil
}

// mostDays bounds a campaign.
const mostDays = 31

// Span makes the days from one date to another, all with the same hours. field is the input
// that a refusal is about.
func Span(field string, first, last civil.Date, from, to string) ([]Day, error) {
	if !first.Full() || !last.Full() {
		return nil, fault.New(fault.Invalid, "campaign.date").On(field)
	}
	n, ok := civil.DaysBetween(first, last)
	if !ok || n < 0 || n >= mostDays {
		return nil, fault.New(fault.Invalid, "campaign.days", "most", mostDays).On(field)
	}
	a, okA := MinutesOf(from)
	b, okB := MinutesOf(to)
	if !okA || !okB || b <= a {
		return nil, fault.New(fault.Invalid, "campaign.hours").On("from")
	}
	var out []Day
	for i := range n + 1 {
		out = append(out, Day{first.AddDays(i), a, b})
	}
	return out, nil
}

// Block is how long the times lie apart that people are given, in minutes.
const Block = 30

// Slot is a time that somebody is given: a day, and minutes since midnight.
type Slot struct {
	Date civil.Date
	At   int
}

// SlotAt is a moment as a time that somebody could be given.
func SlotAt(now change.Stamp) Slot {
	t := now.Time()
	return Slot{civil.FromTime(t), t.Hour()*60 + t.Minute()}
}

// String is "2026-12-05 09:30", "" for the zero Slot.
func (s Slot) String() string {
	if !s.Date.Known() {
		return ""
	}
	return s.Date.String() + " " + Clock(s.At)
}

// ParseSlot reads the form of String.
func ParseSlot(text string) (s Slot, ok bool) {
	date, at, _ := strings.Cut(text, " ")
	d, err := civil.Parse(date)
	s.Date = d
	s.At, ok = MinutesOf(at)
	return s, ok && err == nil && d.Full()
}

// Room is one time and how many more people fit there.
type Room struct {
	Slot
	Free int
}

// Rooms lists the times of a campaign with what is free at each, given how many people have
// each already. Those of a day share its capacity as evenly as whole people can.
func (c *Campaign) Rooms(taken map[Slot]int) (out []Room) {
	for _, d := range c.Days {
		blocks := max(1, (d.To-d.From)/Block)
		for i := range blocks {
			room := c.Capacity*(i+1)/blocks - c.Capacity*i/blocks
			s := Slot{d.Date, d.From + i*Block}
			out = append(out, Room{s, max(0, room-taken[s])})
		}
	}
	return out
}

// Give returns the earliest times with room for n people, fewer when there is not enough.
func (c *Campaign) Give(taken map[Slot]int, n int, notBefore Slot) (out []Slot) {
	for _, r := range c.Rooms(taken) {
		if r.Date.Before(notBefore.Date) || r.Date == notBefore.Date && r.At < notBefore.At {
			continue
		}
		out = append(out, slices.Repeat([]Slot{r.Slot}, min(r.Free, n-len(out)))...)
		if len(out) == n {
			return out
		}
	}
	return out
}
