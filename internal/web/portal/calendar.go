package portal

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	app "quipu/internal/app/campaign"
	"quipu/internal/campaign"
	"quipu/internal/civil"
	"quipu/internal/i18n"
	"quipu/internal/place"
)

// calendar writes campaigns as a file for calendars (RFC 5545), an event a day. Times are those
// of the clock on the wall there, without a zone ("floating", section 3.3.5): whoever goes to
// the city has that clock, and an office travels to cities of other zones than its own.
func calendar(lang i18n.Lang, all []app.Line, now time.Time) []byte {
	var b strings.Builder
	line := func(name, value string) { fold(&b, name+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Quipu//mobile consulates//EN")
	for _, l := range all {
		o, _ := place.Network().Office(l.Office)
		what := []string{o.Name(string(lang))}
		for _, s := range l.Services {
			a := act(lang, s)
			what = append(what, a.Name+": "+a.Bring)
		}
		for _, d := range l.Days {
			line("BEGIN", "VEVENT")
			line("UID", l.ID+"-"+d.Date.String()+"@quipu")
			line("DTSTAMP", now.UTC().Format("20060102T150405Z"))
			line("DTSTART", moment(d.Date, d.From))
			line("DTEND", moment(d.Date, d.To))
			line("SUMMARY", text(i18n.T(lang, "portal.mobile.event", "city", l.City)))
			line("LOCATION", text(l.Venue+", "+l.City+", "+country(lang, l.Country)))
			line("DESCRIPTION", text(strings.Join(what, "\n")))
			line("END", "VEVENT")
		}
	}
	line("END", "VCALENDAR")
	return []byte(b.String())
}

// moment is a local time without a zone.
func moment(d civil.Date, minutes int) string {
	return strings.ReplaceAll(d.String(), "-", "") + "T" + strings.ReplaceAll(campaign.Clock(minutes), ":", "") + "00"
}

var escape = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`)

// text is a value of the type TEXT (section 3.3.11).
func text(s string) string { return escape.Replace(strings.Map(printable, s)) }

func printable(r rune) rune {
	if r < ' ' && r != '\n' || r == 0x7f {
		return -1
	}
	return r
}

// mostOctets is how long a line of the file may be, its end not counted (section 3.1).
const mostOctets = 75

// fold writes a line, broken between characters where it is too long.
func fold(b *strings.Builder, s string) {
	room := mostOctets
	for len(s) > room {
		cut := room
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		fmt.Fprint(b, s[:cut], "\r\n ")
		s, room = s[cut:], mostOctets-1
	}
	fmt.Fprint(b, s, "\r\n")
}
