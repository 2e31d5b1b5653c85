// Package linkreport draws what quipu link found as one HTML file: it needs nothing from
// outside, no script, and prints. Values of persons are in it only when they are asked for.
package linkreport

import (
	_ "embed"
	"html/template"
	"io"
	"strings"
	"sync"

	"quipu/internal/i18n"
	"quipu/internal/linkage"
	"quipu/internal/linkage/evaluate"
)

// Report is what is drawn. Truth is nil when nobody knows it.
type Report struct {
	Lang       i18n.Lang
	Files      []File
	List       *linkage.List
	Result     *linkage.Result
	Truth      *Truth
	ShowValues bool // draws the values of sample pairs, which are personal data
}

// File is a list and what its columns were taken for.
type File struct {
	Name    string
	Columns []Column
}

// Column is a column, its kind and the reason, in words.
type Column struct{ Header, Kind, Reason string }

// Truth is what the result is worth.
type Truth struct {
	Pairs, Clusters, BCubed evaluate.Score
	Points                  []evaluate.Point // by falling threshold
	Best                    evaluate.Point
	BlockingRecall          float64
}

//go:embed page.html
var pageText string

var page = sync.OnceValue(func() *template.Template {
	none := func(string, ...any) string { return "" }
	return template.Must(template.New("page").Funcs(template.FuncMap{"t": none, "level": none, "n": func(any) string { return "" },
		"dec": func(float64) string { return "" }}).Parse(pageText))
})

// Write draws the report.
func Write(w io.Writer, r Report) error {
	t, err := page().Clone()
	if err != nil {
		return err
	}
	t.Funcs(template.FuncMap{
		"t":     func(key string, args ...any) string { return i18n.T(r.Lang, key, args...) },
		"level": func(key string) string { return i18n.T(r.Lang, "linkage.level."+key) },
		"n":     func(v any) string { return i18n.Value(r.Lang, v) },
		"dec":   func(x float64) string { return r.decimal(x, 2) },
	})
	return t.Execute(w, r.view())
}

// view is what the page shows.
type view struct {
	Lang                         string
	Files                        []File
	Records, Persons, Duplicates int
	Pairs                        int64
	Threshold                    float64
	Rules                        []linkage.RuleReport
	Lost                         int64
	Weights                      []comparison
	Prior                        bar
	Classes                      []class
	Samples                      []sample
	ShowValues                   bool
	Histogram                    histogram
	Sizes                        []size
	Truth                        *Truth
	Curve                        curve
}

func (r *Report) view() view {
	v := view{Lang: string(r.Lang), Files: r.Files, Records: r.List.Len(), Pairs: r.Result.PairsScored, Threshold: r.Result.Threshold,
		Rules: r.Result.Rules, ShowValues: r.ShowValues, Truth: r.Truth}
	for row, c := range r.Result.Clusters {
		if int(c) == row {
			v.Persons++
		}
	}
	v.Duplicates = v.Records - v.Persons
	for _, rule := range v.Rules {
		v.Lost += rule.Lost
	}
	v.Weights, v.Prior = r.weights()
	v.Classes = r.classes()
	v.Samples = r.samples()
	v.Histogram = r.histogram()
	v.Sizes = r.sizes()
	if r.Truth != nil {
		v.Curve = r.curve()
	}
	return v
}

// decimal writes a number with some decimals, as the language does.
func (r *Report) decimal(x float64, digits int) string {
	text := formatted(x, digits)
	if r.Lang == i18n.Spanish {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}
