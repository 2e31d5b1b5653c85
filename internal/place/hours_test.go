package place

import (
	"testing"
	"time"
)

func TestHours(t *testing.T) {
	for text, want := range map[string]bool{"1-5 08:00-18:00": true, "7-4 09:30-24:00": true, "1-5 08:00-18:0": false, "0-5 08:00-18:00": false,
		"1-8 08:00-18:00": false, "1-5 18:00-08:00": false, "1-5 08:60-18:00": false, "1-5 08:00-24:01": false, "1-5 08:00-18:00 ": false,
		"lun-vie 8-18": false, "": false, "1-5 -1:00-18:00": false} {
		if h, ok := ParseHours(text); ok != want || ok && h.String() != text {
			t.Errorf("%q gives %v, %v", text, h, ok)
		}
	}
	at := func(day int, clock string) time.Time { // 2 March 2026 is a Monday
		c, err := time.Parse("15:04", clock)
		if err != nil {
			t.Fatal(err)
		}
		return time.Date(2026, 3, 1+day, c.Hour(), c.Minute(), 0, 0, time.UTC)
	}
	gulf, _ := ParseHours("7-4 07:00-14:30")
	for _, c := range []struct {
		h     Hours
		day   int
		clock string
		want  bool
	}{
		{UsualHours, 1, "08:00", true}, {UsualHours, 1, "07:59", false}, {UsualHours, 5, "17:59", true}, {UsualHours, 5, "18:00", false},
		{UsualHours, 6, "10:00", false}, {UsualHours, 7, "10:00", false},
		{gulf, 7, "10:00", true}, {gulf, 1, "10:00", true}, {gulf, 4, "14:29", true}, {gulf, 5, "10:00", false}, {gulf, 6, "10:00", false},
	} {
		if got := c.h.Hold(at(c.day, c.clock)); got != c.want {
			t.Errorf("%s on day %d at %s: %v", c.h, c.day, c.clock, got)
		}
	}
}

func TestClock(t *testing.T) {
	for office, want := range map[string]string{"ESMAD": "Europe/Madrid", "USPAT": "America/New_York", "XXXXX": "UTC", "": "UTC"} {
		if got := Clock(office).String(); got != want {
			t.Errorf("%q goes by %s, want %s", office, got, want)
		}
	}
}
