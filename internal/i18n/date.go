package i18n

import (
	"strconv"
	"strings"
	"time"
)

// Date puts an EDTF date into words, as far as it is known: "7 de abril de 1968", "abril
// de 1968", "1968", "hacia 1968", "década de 1960", "desconocida". Text that is not of
// this form comes back unchanged.
func Date(lang Lang, edtf string) string {
	core := strings.TrimRight(edtf, "~?%")
	marks := edtf[len(core):]
	text, ok := dateWords(lang, core)
	if !ok {
		return edtf
	}
	if strings.ContainsAny(marks, "~%") {
		text = T(lang, "ui.date.approx", "date", text)
	}
	if strings.ContainsAny(marks, "?%") {
		text = T(lang, "ui.date.uncertain", "date", text)
	}
	return text
}

func dateWords(lang Lang, core string) (string, bool) {
	if core == "" || strings.HasPrefix(core, "XXXX") {
		return T(lang, "ui.date.unknown"), true
	}
	parts := strings.Split(core, "-")
	for len(parts) > 1 && parts[len(parts)-1] == "XX" {
		parts = parts[:len(parts)-1]
	}
	year := parts[0]
	if len(year) != 4 || len(parts) > 3 {
		return "", false
	}
	if len(parts) == 1 {
		return yearWords(lang, year)
	}
	month, err := strconv.Atoi(parts[1])
	if err != nil || month < 1 || month > 12 {
		return "", false
	}
	name := Month(lang, month)
	if len(parts) == 2 {
		return T(lang, "ui.date.month_year", "month", name, "year", year), true
	}
	day, err := strconv.Atoi(parts[2])
	if err != nil || day < 1 || day > 31 {
		return "", false
	}
	return T(lang, "ui.date.full", "day", day, "month", name, "year", year), true
}

func yearWords(lang Lang, year string) (string, bool) {
	if decade, ok := strings.CutSuffix(year, "X"); ok {
		if _, err := strconv.Atoi(decade); err != nil {
			return "", false
		}
		return T(lang, "ui.date.decade", "year", decade+"0"), true
	}
	_, err := strconv.Atoi(year)
	return year, err == nil
}

// Month is the name of month 1 to 12.
func Month(lang Lang, month int) string {
	return T(lang, "ui.month."+strconv.Itoa(month))
}

// DateTime is the moment t on the clocks of tz: "7 de abril de 1968, 09:41".
func DateTime(lang Lang, t time.Time, tz *time.Location) string {
	if t.IsZero() {
		return T(lang, "ui.date.unknown")
	}
	if tz != nil {
		t = t.In(tz)
	}
	return Date(lang, t.Format(time.DateOnly)) + ", " + t.Format("15:04")
}
