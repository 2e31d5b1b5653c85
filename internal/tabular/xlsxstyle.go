package tabular

import (
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// style says how a number in a cell is meant.
type style struct {
	date, clock bool
	zeros       int // width of a format that is all zeros: 00000000 shows a DNI with its first zero
}

// builtinStyle knows the formats that a file names by number alone (ECMA-376 part 1,
// 18.8.30; 27–36 and 50–58 are the East Asian dates).
func builtinStyle(id int) style {
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return style{date: true}
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id >= 45 && id <= 47, id == 55, id == 56:
		return style{clock: true}
	case id == 22:
		return style{date: true, clock: true}
	}
	return style{}
}

// formatStyle reads a format code, of which only the part for positive numbers counts.
func formatStyle(code string) style {
	if strings.EqualFold(code, "general") {
		return style{}
	}
	if n := len(code); n >= 2 && strings.Trim(code, "0") == "" {
		return style{zeros: min(n, 30)}
	}
	var st style
	month := false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case ';':
			i = len(code)
		case '\\', '_', '*': // the next sign is literal
			i++
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return st
			}
			i += 1 + end
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return st
			}
			if inner := strings.ToLower(code[i+1 : i+end]); strings.Trim(inner, "hms") == "" {
				st.clock = true // [h]:mm
			}
			i += end
		case 'y', 'Y', 'd', 'D':
			st.date = true
		case 'h', 'H', 's', 'S':
			st.clock = true
		case 'm', 'M':
			month = true
		}
	}
	if month && !st.clock {
		st.date = true
	}
	return st
}

// readStyles gives the style of each cell format of styles.xml.
func readStyles(r io.Reader) ([]style, error) {
	s := newXMLScanner(r)
	custom := map[int]style{}
	var out []style
	inCells := false
	for {
		err := s.next()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch {
		case s.is(xmlStart, "numFmt") && !inCells && len(custom) < 1<<16:
			id, _ := strconv.Atoi(string(s.value("numFmtId")))
			custom[id] = formatStyle(s.str("formatCode"))
		case s.kind != xmlText && string(s.name) == "cellXfs":
			inCells = s.kind == xmlStart
		case inCells && s.is(xmlStart, "xf") && len(out) < 1<<16:
			id, _ := strconv.Atoi(string(s.value("numFmtId")))
			st, ok := custom[id]
			if !ok {
				st = builtinStyle(id)
			}
			out = append(out, st)
		}
	}
}

// number writes the number of a cell as a person would read it: a date as ISO 8601,
// anything else in plain digits without exponent.
func (st style) number(raw string, since1904 bool) (string, Doubt) {
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return raw, 0
	}
	if st.date || st.clock {
		if text, ok := st.moment(f, since1904); ok {
			if text == "" {
				return "", DoubtCell
			}
			return text, 0
		}
	}
	if math.Abs(f) >= 1e300 {
		return raw, 0
	}
	text := raw
	if !plainInteger(raw) {
		text = strconv.FormatFloat(f, 'f', -1, 64)
	}
	if n := len(text); st.zeros > n && f >= 0 && plainInteger(text) {
		text = strings.Repeat("0", st.zeros-n) + text
	}
	if math.Abs(f) >= 1e15 {
		return text, DoubtDigits
	}
	return text, 0
}

func plainInteger(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// moment turns a serial number into a date, a time or both. Day 0 is what a spreadsheet
// shows as 0 January 1900, an empty date: the text is empty then. ok is false when no
// date can be meant.
func (st style) moment(f float64, since1904 bool) (text string, ok bool) {
	if f < 0 || f >= 2958466 { // 10000-01-01
		return "", false
	}
	seconds := int64(math.Round(f * 86400))
	day, second := seconds/86400, seconds%86400
	if !st.date {
		return clock(seconds), true
	}
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case since1904:
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case day == 0:
		return "", true
	case day < 60: // Excel counts a 29 February 1900 that there never was
		day++
	}
	text = base.AddDate(0, 0, int(day)).Format("2006-01-02")
	if st.clock && second != 0 {
		text += "T" + clock(second)
	}
	return text, true
}

func clock(s int64) string {
	two := func(n int64) string {
		if n < 10 {
			return "0" + strconv.FormatInt(n, 10)
		}
		return strconv.FormatInt(n, 10)
	}
	return two(s/3600) + ":" + two(s/60%60) + ":" + two(s%60)
}
