package civil

import (
	"iter"
	"strings"
)

// OrderOf decides the order of day and month for a whole column of dates: one part above
// 12 tells it for all. A few odd cells do not outvote the rest. It says, too, whether the
// column's bare numbers are a spreadsheet's days.
func OrderOf(cells iter.Seq[string]) (Order, Serials) {
	var day, month, serial, all int
	for s := range cells {
		all++
		a, b, ok := firstParts(s)
		switch {
		case len(s) == 5 && s >= "10000" && s <= "60000" && isDigits(s):
			serial++
		case ok && a > 12 && a <= 31 && b <= 12:
			day++
		case ok && b > 12 && b <= 31 && a <= 12:
			month++
		}
	}
	serials := NoSerials
	if serial > 0 && 2*serial >= all {
		serials = Serials1900
	}
	switch {
	case month > 10*day:
		return MDY, serials
	case day > 0 && month*10 <= day:
		return DMY, serials
	}
	return OrderUnknown, serials
}

// firstParts are the first two numbers of a date of three parts that begins with one or
// two digits, "7/4/1968", or of eight digits that end in a year, "07041968"; ok is false
// for any other text.
func firstParts(s string) (a, b int, ok bool) {
	if len(s) == 8 && isDigits(s) {
		if s[4:6] < "18" || s[4:6] > "21" {
			return 0, 0, false // "19680407" begins with its year
		}
		a, _ = digits(s[:2])
		b, _ = digits(s[2:4])
		return a, b, true
	}
	parts := strings.FieldsFunc(s, func(c rune) bool { return c == '/' || c == '-' || c == '.' || c == ' ' })
	if len(parts) < 3 || len(parts[0]) > 2 || len(parts[1]) > 2 || !isDigits(parts[0]) || !isDigits(parts[1]) {
		return 0, 0, false
	}
	if len(parts) > 3 && !strings.Contains(parts[3], ":") {
		return 0, 0, false // a fourth part can only be a time of day
	}
	a, _ = digits(parts[0])
	b, _ = digits(parts[1])
	return a, b, true
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
