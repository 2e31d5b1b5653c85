package change

import (
	"fmt"
	"time"
)

// Stamp is a local time as the node claimed it: microseconds since 1970 UTC and the
// offset of the local zone in minutes. It is for display; order comes from the log.
type Stamp struct {
	Micros int64
	Offset int
}

const stampForm = "2006-01-02T15:04:05.000000Z07:00"

// StampOf truncates t to a Stamp.
func StampOf(t time.Time) Stamp {
	_, off := t.Zone()
	return Stamp{t.UnixMicro(), off / 60}
}

// Time returns the stamp in its own zone.
func (s Stamp) Time() time.Time {
	if s.Offset == 0 {
		return time.UnixMicro(s.Micros).UTC()
	}
	return time.UnixMicro(s.Micros).In(time.FixedZone("", s.Offset*60))
}

// String is RFC 3339 with microseconds.
func (s Stamp) String() string { return s.Time().Format(stampForm) }

func (s Stamp) append(b []byte) []byte { return s.Time().AppendFormat(b, stampForm) }

// ParseStamp reads the form of String.
func ParseStamp(text string) (Stamp, error) {
	t, err := time.Parse(stampForm, text)
	if err != nil {
		return Stamp{}, fmt.Errorf("change: %q is not a time stamp: %w", text, err)
	}
	return StampOf(t), nil
}
