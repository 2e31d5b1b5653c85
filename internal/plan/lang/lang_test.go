package lang

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"quipu/internal/estimate/formula"
	"quipu/internal/fault"
)

// TestMatch: arguments find their names as in R: by the full name, by a beginning that fits one alone
// and stands before "...", then by place.
func TestMatch(t *testing.T) {
	for call, want := range map[string]string{
		"f(1, 2)":             "design=2 x=1",
		"f(design=1, 2)":      "design=1 x=2",
		"f(de=1, 2)":          "design=1 x=2",
		"f(1, 2, 3, k=4)":     "design=2 x=1 ... 3 k=4",
		"f(1, 2, na.rm=TRUE)": "design=2 na.rm=TRUE x=1",
		"f(1, 2, na=TRUE)":    "design=2 x=1 ... na=TRUE",
		"f(x=1, x2=2, 3)":     "design=3 x=1 ... x2=2",
		"f()":                 "",
		"g(1, 2)":             "plan.argument_unknown",
		"g(y=1)":              "plan.argument_unknown",
		"g(al=1)":             "alpha=1",
		"h(al=1)":             "plan.argument_unknown", // two begin so
	} {
		e, err := formula.Parse(call)
		if err != nil {
			t.Fatal(err)
		}
		c := e.(formula.Call)
		a, err := Match(c, map[string][]string{"f": {"x", "design", "...", "na.rm"}, "g": {"alpha"}, "h": {"alpha", "also"}}[c.Fun])
		got := ""
		if err != nil {
			got = fault.As(err).Key
		} else {
			var words []string
			for _, name := range slices.Sorted(maps.Keys(a.Given)) {
				words = append(words, name+"="+a.Given[name].String())
			}
			for i, r := range a.Rest {
				if i == 0 {
					words = append(words, "...")
				}
				if r.Name != "" {
					words = append(words, r.Name+"="+r.Value.String())
					continue
				}
				words = append(words, r.Value.String())
			}
			got = strings.Join(words, " ")
		}
		if got != want {
			t.Errorf("%s: %q, want %q", call, got, want)
		}
	}
}

// TestTheLanguageAlone: a session without tables knows R's language, and no estimator; a table adds
// a function, whose arguments are evaluated when it asks for them.
func TestTheLanguageAlone(t *testing.T) {
	for lines, want := range map[string]string{
		"x <- c(a=3, b=1, 2); x[2:3]":                     "[1 2]",
		"m <- matrix(1:6, nrow=2); m[2, ]":                "[2 4 6]",
		"f <- function(x, y=x*2) { z <- x + y; z }; f(2)": "[6]",
		"l <- list(a=1, b=5); l$b":                        "[5]",
		"z <- 1; f <- function() { z <- 2; z }; f() + z":  "[3]",
		"sapply(c(1, 2), function(k) k^2)":                "[1 4]",
	} {
		v, err := New(nil).Run(lines)
		if err != nil {
			t.Errorf("%s: %v", lines, err)
			continue
		}
		if got := fmt.Sprint(v.(*Vector).Num); got != want {
			t.Errorf("%s: %s, want %s", lines, got, want)
		}
	}
	if _, err := New(nil).Run("svymean(~x, d)"); !fault.Is(err, "formula.unknown_function") {
		t.Errorf("an estimator without its table: %v", err)
	}
	first := Function{[]string{"a", "b"}, func(s *Session, a *Args) (Value, error) { return a.Value("a") }}
	v, err := New(nil, map[string]Function{"first": first}).Run("first(1, nobody)")
	if err != nil || v.(*Vector).Num[0] != 1 {
		t.Errorf("an argument that is not asked for was evaluated: %v %v", v, err)
	}
}
