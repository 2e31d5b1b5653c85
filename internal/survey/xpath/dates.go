package xpath

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// stamp is how a moment is written in an instance.
const stamp = "2006-01-02T15:04:05.000-07:00"

var dates = map[string]*function{
	"today": {0, 0, "today()", func(s scope, _ call) value { return s.env.Now.Format(time.DateOnly) }, false, true},
	"now":   {0, 0, "now()", func(s scope, _ call) value { return s.env.Now.Format(stamp) }, false, true},
	"date":  {1, 1, "date(value)", toDate, false, false},
	"date-time": {1, 1, "date-time(value)", func(s scope, c call) value {
		t, _, ok := s.moment(c, 0)
		if !ok {
			return ""
		}
		return t.Format(stamp)
	}, false, false},
	"decimal-date-time": {1, 1, "decimal-date-time(value)", func(s scope, c call) value {
		t, _, ok := s.moment(c, 0)
		if !ok {
			return math.NaN()
		}
		return float64(t.UnixMilli()) / 86_400_000
	}, false, false},
	"decimal-time": {1, 1, "decimal-time(time)", func(s scope, c call) value {
		h, m, sec, ok := clock(s.text(c, 0))
		if !ok {
			return math.NaN()
		}
		return (float64(h)*3600 + float64(m)*60 + sec) / 86400
	}, false, false},
	"format-date":      {2, 2, "format-date(date, '%Y-%n-%e')", formatted, false, false},
	"format-date-time": {2, 2, "format-date-time(moment, '%H:%M')", formatted, false, false},
}

// moment reads an argument as a moment in the zone of the interview; a number counts days.
func (s scope) moment(c call, i int) (t time.Time, date, ok bool) {
	v := s.arg(c, i)
	loc := s.env.Now.Location()
	if f, isNum := v.(float64); isNum {
		if math.IsNaN(f) || math.Abs(f) > 1e7 {
			return t, false, false
		}
		whole := math.Floor(f)
		t = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(whole)).Add(time.Duration((f - whole) * 86400 * 1e9))
		if f == whole {
			return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, loc), true, true
		}
		return t.In(loc), false, true
	}
	text := strings.TrimSpace(toString(v))
	if t, date, ok = moment(text, loc); !ok || !date {
		return t, date, ok
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, loc), true, true
}

func toDate(s scope, c call) value {
	t, _, ok := s.moment(c, 0)
	if !ok {
		return ""
	}
	return t.Format(time.DateOnly)
}

// clock reads hh:mm:ss, with fractions and a zone that it does not look at.
func clock(s string) (h, m int, sec float64, ok bool) {
	if len(s) < 5 || s[2] != ':' {
		return 0, 0, 0, false
	}
	h, err1 := strconv.Atoi(s[:2])
	m, err2 := strconv.Atoi(s[3:5])
	if len(s) >= 8 && s[5] == ':' {
		n := 6
		for n < len(s) && (s[n] >= '0' && s[n] <= '9' || s[n] == '.') {
			n++
		}
		sec, _ = strconv.ParseFloat(s[6:n], 64)
	}
	return h, m, sec, err1 == nil && err2 == nil && h >= 0 && h < 24 && m >= 0 && m < 60
}

// formatted writes a moment by the signs of XForms. Names of months and days are the English
// short ones; a client writes those of its language.
func formatted(s scope, c call) value {
	t, _, ok := s.moment(c, 0)
	if !ok {
		return ""
	}
	var b strings.Builder
	pattern := s.text(c, 1)
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '%' || i+1 == len(pattern) {
			b.WriteByte(pattern[i])
			continue
		}
		i++
		b.WriteString(part(t, pattern[i]))
	}
	return b.String()
}

func part(t time.Time, sign byte) string {
	switch sign {
	case 'Y':
		return fmt.Sprintf("%04d", t.Year())
	case 'y':
		return fmt.Sprintf("%02d", t.Year()%100)
	case 'm':
		return fmt.Sprintf("%02d", t.Month())
	case 'n':
		return strconv.Itoa(int(t.Month()))
	case 'b':
		return t.Format("Jan")
	case 'd':
		return fmt.Sprintf("%02d", t.Day())
	case 'e':
		return strconv.Itoa(t.Day())
	case 'a':
		return t.Format("Mon")
	case 'H':
		return fmt.Sprintf("%02d", t.Hour())
	case 'h':
		return strconv.Itoa(t.Hour())
	case 'M':
		return fmt.Sprintf("%02d", t.Minute())
	case 'S':
		return fmt.Sprintf("%02d", t.Second())
	case '3':
		return fmt.Sprintf("%03d", t.Nanosecond()/1e6)
	}
	return "%" + string(sign)
}
