package i18n

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"quipu/internal/civil"
)

// value shows one argument. A year is a name and not a quantity, so it is never grouped.
func value(lang Lang, name string, v any) string {
	n, ok := whole(v)
	switch {
	case ok && name == "year":
		return strconv.FormatInt(n, 10)
	case ok:
		return Number(lang, n)
	}
	return Value(lang, v)
}

// Value shows v as a reader of lang expects: whole numbers grouped, fractions with the
// language's decimal mark, dates in words, what has a method In(Lang) as that says,
// everything else as it prints itself.
func Value(lang Lang, v any) string {
	if n, ok := whole(v); ok {
		return Number(lang, n)
	}
	switch v := v.(type) {
	case interface{ In(Lang) string }: // it has words of its own
		return v.In(lang)
	case string:
		return v
	case civil.Date:
		return Date(lang, v.String())
	case float64:
		return fraction(lang, v)
	}
	return fmt.Sprint(v)
}

func whole(v any) (int64, bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case int32:
		return int64(v), true
	case uint32:
		return int64(v), true
	}
	return 0, false
}

// Number groups thousands: 12.345 in Spanish, where four digits stay together (1234), and
// 12,345 in English.
func Number(lang Lang, n int64) string {
	sign, digits := "", strconv.FormatInt(n, 10)
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	least, mark := 5, "."
	if lang == English {
		least, mark = 4, ","
	}
	if len(digits) < least {
		return sign + digits
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(mark)
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

func fraction(lang Lang, v float64) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if lang == English {
		return s
	}
	return strings.Replace(s, ".", ",", 1)
}

// Decimal shows a number with so many places after the decimal mark, thousands grouped.
func Decimal(lang Lang, v float64, places int) string {
	s := strconv.FormatFloat(math.Abs(v), 'f', places, 64)
	whole, rest, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	out := Number(lang, n)
	if rest != "" {
		out += map[bool]string{true: ".", false: ","}[lang == English] + rest
	}
	if v < 0 && strings.Trim(s, "0.") != "" {
		out = "-" + out
	}
	return out
}
