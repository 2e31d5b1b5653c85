package codebook

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// shortNames gives names of letters, digits and underscores, none longer than most and none
// twice, for programs that take no others. They begin with a letter.
func (b *Book) shortNames(most int) []string {
	seen, out := map[string]bool{}, make([]string, len(b.Variables))
	for i := range b.Variables {
		name := strings.Map(func(r rune) rune {
			if r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
				return r
			}
			return '_'
		}, b.Variables[i].Name)
		if name[0] < 'A' || name[0] == '_' {
			name = "x" + name
		}
		short := clipped(name, most)
		for k := 2; seen[strings.ToLower(short)]; k++ {
			tail := "_" + strconv.Itoa(k)
			short = clipped(name, most-len(tail)) + tail
		}
		seen[strings.ToLower(short)] = true
		out[i] = short
	}
	return out
}

// quotedStata is a text that holds quotes and no macros.
func quotedStata(s string, most int) string {
	return "`\"" + clipped(strings.NewReplacer("`", "'", "$", "\\$", "\"'", "\" '").Replace(s), most) + "\"'"
}

// The longest labels of Stata, in bytes.
const (
	stataName, stataLabel, stataValue = 32, 80, 200
)

// Stata writes a .do file that reads the table with labels and declares the design. Stata takes
// the weights as they are: it does not know of the calibration.
func (b *Book) Stata(s Script) []byte {
	var w strings.Builder
	for _, c := range s.Comments {
		fmt.Fprintf(&w, "* %s\n", c)
	}
	fmt.Fprintf(&w, "version 14\nimport delimited using %q, varnames(nonames) rowrange(2) stringcols(_all) encoding(\"UTF-8\") clear\n", s.File)
	names, known := b.shortNames(stataName), map[string]string{}
	for i := range b.Variables {
		v, name, raw := &b.Variables[i], names[i], "v"+strconv.Itoa(i+1)
		known[v.Name] = name
		if !v.Categorical() {
			fmt.Fprintf(&w, "generate double %s = real(%s)\n", name, raw)
		} else {
			fmt.Fprintf(&w, "generate long %s = .\n", name)
			for k, x := range v.Values {
				code := k + 1
				if v.Kind == Tick {
					code = k // no is 0
				}
				fmt.Fprintf(&w, "replace %s = %d if %s == %s\nlabel define %s %d %s, modify\n", name, code, raw, quotedStata(x.Code, 2000), clipped(name, 30), code, quotedStata(plainText(x.Label, s.Language), stataValue))
			}
			if len(v.Values) > 0 {
				fmt.Fprintf(&w, "label values %s %s\n", name, clipped(name, 30))
			}
		}
		fmt.Fprintf(&w, "label variable %s %s\ndrop %s\n", name, quotedStata(plainText(v.Label, s.Language), stataLabel), raw)
	}
	unit := known[s.PSU]
	if unit == "" {
		unit = "_n"
	}
	fmt.Fprintf(&w, "svyset %s [pweight=%s]", unit, known[s.Weight])
	if s.Stratum != "" {
		fmt.Fprintf(&w, ", strata(%s)", known[s.Stratum])
		if s.FPC != "" {
			fmt.Fprintf(&w, " fpc(%s)", known[s.FPC])
		}
	}
	w.WriteString("\n")
	return []byte(w.String())
}

// The longest labels of SPSS, in bytes.
const (
	spssName, spssLabel, spssValue = 64, 255, 120
)

func quotedSPSS(s string, most int) string {
	return "'" + strings.ReplaceAll(clipped(s, most), "'", "''") + "'"
}

// SPSS writes a .sps file that reads the table with labels and weights by the final weights.
func (b *Book) SPSS(s Script) []byte {
	var w strings.Builder
	for _, c := range s.Comments {
		fmt.Fprintf(&w, "* %s.\n", strings.TrimSuffix(c, "."))
	}
	fmt.Fprintf(&w, "GET DATA /TYPE=TXT /FILE=%s /ENCODING='UTF8' /ARRANGEMENT=DELIMITED /DELIMITERS=',' /QUALIFIER='\"' /FIRSTCASE=2 /VARIABLES=\n", quotedSPSS(s.File, 1000))
	names := b.shortNames(spssName)
	weight := ""
	for i := range b.Variables {
		v, format := &b.Variables[i], "F20.10"
		if v.Categorical() {
			longest := 1
			for _, x := range v.Values {
				longest = max(longest, len(x.Code))
			}
			format = "A" + strconv.Itoa(longest)
		}
		if v.Name == s.Weight {
			weight = names[i]
		}
		fmt.Fprintf(&w, "  %s %s\n", names[i], format)
	}
	w.WriteString(".\n")
	for i := range b.Variables {
		v := &b.Variables[i]
		fmt.Fprintf(&w, "VARIABLE LABELS %s %s.\n", names[i], quotedSPSS(plainText(v.Label, s.Language), spssLabel))
		if len(v.Values) == 0 {
			continue
		}
		fmt.Fprintf(&w, "VALUE LABELS %s", names[i])
		for _, x := range v.Values {
			fmt.Fprintf(&w, "\n  %s %s", quotedSPSS(x.Code, 1000), quotedSPSS(plainText(x.Label, s.Language), spssValue))
		}
		w.WriteString(".\n")
	}
	fmt.Fprintf(&w, "WEIGHT BY %s.\nEXECUTE.\n", weight)
	return []byte(w.String())
}
