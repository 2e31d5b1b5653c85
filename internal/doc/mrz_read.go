package doc

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"quipu/internal/fault"
)

// noise maps what keyboards, web pages and character recognition make of "<". Scanners
// type as if on a US keyboard; where the layout is Spanish, "<" arrives as ";".
var noise = strings.NewReplacer("&lt;", "<", "&LT;", "<", "«", "<<", "《", "<<", "‹", "<", "〈", "<", ";", "<",
	"\r\n", "\n", "\r", "\n", "\u2028", "\n", "\v", "\n", "\f", "\n")

// scrub leaves A-Z, 0-9, "<", spaces and line breaks. Accents are dropped from letters,
// everything else goes.
func scrub(text string) string {
	text = norm.NFKD.String(noise.Replace(text))
	return strings.Map(func(r rune) rune {
		r = unicode.ToUpper(r)
		switch {
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '<', r == '\n':
			return r
		case r == ' ', r == '\t':
			return ' '
		}
		return -1
	}, text)
}

// readZone finds the zone's lines. Lines of exact length win over lines that must be
// padded; in each case spaces are first taken for strays and then for fillers.
func readZone(text string) ([]string, layout, error) {
	const enough = 20_000 // longer text is not a scan of a document
	if len(text) > enough {
		text = text[:enough]
	}
	clean := scrub(text)
	for _, find := range []func([]string) ([]string, layout, bool){exactLines, joinedLines, paddedLines} {
		for _, filler := range []string{"", "<"} {
			if found, l, ok := find(splitLines(clean, filler)); ok {
				return found, l, nil
			}
		}
	}
	if v := strings.Join(splitLines(clean, ""), ""); strings.HasPrefix(v, "V") && (len(v) == 88 || len(v) == 72) {
		return nil, layout{}, fault.New(fault.Invalid, "doc.mrz_visa").On("mrz")
	}
	return nil, layout{}, unreadable(clean)
}

func unreadable(clean string) error {
	lines := splitLines(clean, "")
	n := 0
	for _, s := range lines {
		n += len(s)
	}
	return fault.New(fault.Invalid, "doc.mrz_unreadable", "lines", len(lines), "characters", n).On("mrz")
}

func splitLines(clean, filler string) []string {
	var out []string
	for s := range strings.SplitSeq(clean, "\n") {
		if s = strings.ReplaceAll(strings.Trim(s, " "), " ", filler); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// starts reports whether a line can open a zone: a passport or a card, not a visa.
func starts(line string) bool {
	return strings.ContainsRune("ACIP", rune(line[0])) && strings.Contains(line, "<")
}

func exactLines(lines []string) ([]string, layout, bool) {
	return window(lines, func(l layout, i int, s string) (string, bool) { return s, len(s) == l.width })
}

// paddedLines accepts lines that end in fillers with some of them missing or too many. A
// line that ends in a check digit must have its exact length.
func paddedLines(lines []string) ([]string, layout, bool) {
	return window(lines, func(l layout, i int, s string) (string, bool) {
		if i == 1 {
			return s, len(s) == l.width
		}
		short := strings.TrimRight(s, "<")
		if len(short) > l.width || i == 0 && len(short) < 6 {
			return "", false
		}
		return short + strings.Repeat("<", l.width-len(short)), true
	})
}

// window looks for consecutive lines that fit a layout.
func window(lines []string, fit func(l layout, i int, s string) (string, bool)) ([]string, layout, bool) {
	for _, l := range layouts {
	next:
		for at := 0; at+l.lines <= len(lines); at++ {
			if !starts(lines[at]) {
				continue
			}
			found := make([]string, l.lines)
			for i := range found {
				var ok bool
				if found[i], ok = fit(l, i, lines[at+i]); !ok {
					continue next
				}
			}
			return found, l, true
		}
	}
	return nil, layout{}, false
}

// joinedLines cuts a zone whose line breaks were lost: the three formats differ in their
// number of characters.
func joinedLines(lines []string) ([]string, layout, bool) {
	all := strings.Join(lines, "")
	for _, l := range layouts {
		if len(all) != l.lines*l.width || !starts(all) {
			continue
		}
		out := make([]string, l.lines)
		for i := range out {
			out[i] = all[i*l.width : (i+1)*l.width]
		}
		return out, l, true
	}
	return nil, layout{}, false
}
