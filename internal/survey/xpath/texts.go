package xpath

import (
	"math"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"quipu/internal/fault"
)

var texts = map[string]*function{
	"string": {0, 1, "string(value)", func(s scope, c call) value {
		if len(c.args) == 0 {
			return s.at.Value()
		}
		return s.text(c, 0)
	}, false, false},
	"concat": {0, -1, "concat(text, ...)", func(s scope, c call) value {
		return strings.Join(words(s.all(c, 0)), "")
	}, false, false},
	"join": {1, -1, "join(separator, text, ...)", func(s scope, c call) value {
		return strings.Join(words(s.all(c, 1)), s.text(c, 0))
	}, false, false},
	"string-length": {0, 1, "string-length(text)", func(s scope, c call) value {
		if len(c.args) == 0 {
			return float64(utf8.RuneCountInString(s.at.Value()))
		}
		return float64(utf8.RuneCountInString(s.text(c, 0)))
	}, false, false},
	"substr":             {2, 3, "substr(text, start, end)", substr, false, false},
	"substring-before":   {2, 2, "substring-before(text, mark)", cutBefore, false, false},
	"substring-after":    {2, 2, "substring-after(text, mark)", cutAfter, false, false},
	"contains":           {2, 2, "contains(text, part)", textual(strings.Contains), false, false},
	"starts-with":        {2, 2, "starts-with(text, part)", textual(strings.HasPrefix), false, false},
	"ends-with":          {2, 2, "ends-with(text, part)", textual(strings.HasSuffix), false, false},
	"translate":          {3, 3, "translate(text, from, to)", translate, false, false},
	"normalize-space":    {0, 1, "normalize-space(text)", squeeze, false, false},
	"regex":              {2, 2, "regex(text, pattern)", matches, false, false},
	"uuid":               {0, 1, "uuid()", varies("uuid"), true, true},
	"thousandsep":        {2, 2, "thousandsep(separator, number)", thousands, false, false},
	"encode-uri":         {1, 1, "encode-uri(text)", varies("encode-uri"), true, false},
	"string-from-double": {1, 1, "string-from-double(number)", func(s scope, c call) value { return s.text(c, 0) }, false, false},
}

func words(vs []value) []string {
	out := make([]string, len(vs))
	for i, v := range vs {
		out[i] = toString(v)
	}
	return out
}

func textual(f func(s, part string) bool) func(scope, call) value {
	return func(s scope, c call) value { return f(s.text(c, 0), s.text(c, 1)) }
}

// varies is a function whose result on the client cannot be had again.
func varies(name string) func(scope, call) value {
	return func(scope, call) value {
		panic(failure{fault.New(fault.Invalid, "xpath.unsupported", "name", name)})
	}
}

// substr counts from 0, the end is not taken; negative places count from the end.
func substr(s scope, c call) value {
	r := []rune(s.text(c, 0))
	place := func(f float64) int {
		if math.IsNaN(f) {
			return 0
		}
		if f < 0 {
			f += float64(len(r))
		}
		return int(min(max(f, 0), float64(len(r))))
	}
	from, to := place(s.number(c, 1)), len(r)
	if len(c.args) == 3 {
		to = place(s.number(c, 2))
	}
	if from >= to {
		return ""
	}
	return string(r[from:to])
}

func cutBefore(s scope, c call) value {
	before, _, found := strings.Cut(s.text(c, 0), s.text(c, 1))
	if !found {
		return ""
	}
	return before
}

func cutAfter(s scope, c call) value {
	_, after, _ := strings.Cut(s.text(c, 0), s.text(c, 1))
	return after
}

// translate puts for each letter of the second text the one at its place in the third.
func translate(s scope, c call) value {
	from, to := []rune(s.text(c, 1)), []rune(s.text(c, 2))
	return strings.Map(func(r rune) rune {
		for i, f := range from {
			if f == r {
				if i < len(to) {
					return to[i]
				}
				return -1
			}
		}
		return r
	}, s.text(c, 0))
}

func squeeze(s scope, c call) value {
	t := s.at.Value()
	if len(c.args) > 0 {
		t = s.text(c, 0)
	}
	return strings.Join(strings.Fields(t), " ")
}

// matches reports whether the whole text fits the pattern, as clients (Java, JavaScript) do.
func matches(s scope, c call) value {
	re, err := patterns.find(s.text(c, 1))
	if err != nil {
		panic(failure{fault.New(fault.Invalid, "xpath.pattern", "pattern", s.text(c, 1))})
	}
	return re.MatchString(s.text(c, 0))
}

// Pattern reads a regular expression of a form, which has to fit the whole text.
func Pattern(p string) (*regexp.Regexp, error) { return regexp.Compile(`^(?:` + p + `)$`) }

// mostPatterns bounds what is remembered: a form has some, but an answer may be one, too.
const mostPatterns = 500

// patterns are those that were read.
var patterns kept

type kept struct {
	sync.RWMutex
	all map[string]*regexp.Regexp
}

func (k *kept) find(p string) (*regexp.Regexp, error) {
	k.RLock()
	re := k.all[p]
	k.RUnlock()
	if re != nil {
		return re, nil
	}
	re, err := Pattern(p)
	if err != nil {
		return nil, err
	}
	k.Lock()
	defer k.Unlock()
	if k.all == nil || len(k.all) >= mostPatterns {
		k.all = map[string]*regexp.Regexp{}
	}
	k.all[p] = re
	return re, nil
}

func thousands(s scope, c call) value {
	whole, rest, dot := strings.Cut(s.text(c, 1), ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + s.text(c, 0) + whole[i:]
	}
	if dot {
		return sign + whole + "." + rest
	}
	return sign + whole
}
