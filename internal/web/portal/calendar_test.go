package portal

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	app "quipu/internal/app/campaign"
	"quipu/internal/campaign"
	"quipu/internal/civil"
	"quipu/internal/i18n"
)

// TestCalendar: a file for calendars is what RFC 5545 asks, whatever an officer typed.
func TestCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := app.Line{ID: "01ARZ3NDEKTSV4RRFFQ69G5FAV", Office: "ESMAD", Country: "ES", City: rapid.String().Draw(t, "city"), Venue: rapid.String().Draw(t, "venue"),
			Services: []campaign.Service{"dni", "other"}, Days: []campaign.Day{{Date: civil.Date{Year: 2026, Month: 12, Day: 5}, From: 9 * 60, To: 17*60 + 30}}}
		file := string(calendar(i18n.Spanish, []app.Line{l}, time.Date(2026, 11, 26, 2, 0, 0, 0, time.UTC)))
		if !utf8.ValidString(file) || !strings.HasSuffix(file, "END:VCALENDAR\r\n") {
			t.Fatalf("the file is %q", file)
		}
		for _, line := range strings.Split(strings.TrimSuffix(file, "\r\n"), "\r\n") {
			if len(line) > mostOctets || strings.ContainsAny(line, "\r\n\x00") {
				t.Fatalf("line of %d octets: %q", len(line), line)
			}
		}
		names := map[string]string{}
		for _, line := range strings.Split(strings.ReplaceAll(file, "\r\n ", ""), "\r\n") {
			name, value, ok := strings.Cut(line, ":")
			if line != "" && !ok {
				t.Fatalf("a line without a name: %q", line)
			}
			names[name] = value
		}
		if names["DTSTART"] != "20261205T090000" || names["DTEND"] != "20261205T173000" || names["UID"] != l.ID+"-2026-12-05@quipu" {
			t.Fatalf("the event is %v", names)
		}
		want := strings.Map(printable, l.Venue+", "+l.City+", España")
		if got := unescape(names["LOCATION"]); got != want {
			t.Fatalf("%q came out as %q", want, got)
		}
	})
}

// unescape reads a value of the type TEXT.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		if i++; s[i] == 'n' || s[i] == 'N' {
			b.WriteByte('\n')
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
