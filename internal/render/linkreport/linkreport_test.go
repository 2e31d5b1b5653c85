package linkreport_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"quipu/internal/i18n"
	"quipu/internal/linkage"
	"quipu/internal/linkage/cluster"
	"quipu/internal/linkage/evaluate"
	"quipu/internal/render/linkreport"
	"quipu/internal/web/webtest"
)

// report is of 60 invented persons, every third of whom is registered twice.
func report(t testing.TB, lang i18n.Lang, show bool) string {
	t.Helper()
	l := linkage.NewList([]linkage.Field{{Name: "Nombres <b>", Kind: linkage.GivenNames}, {Name: "Apellido", Kind: linkage.Surname}, {Name: "Nacido", Kind: linkage.Date}})
	var who []string
	for i := range 60 {
		row := []string{fmt.Sprintf("Zu%cana", 'a'+i%20), fmt.Sprintf("Quis%cpe & Co", 'a'+i/3), fmt.Sprintf("19%02d-%02d-%02d", 40+i, 1+i%12, 1+i%28)}
		l.Append(row)
		who = append(who, fmt.Sprint(i))
		if i%3 == 0 {
			row[0] += "h"
			l.Append(row)
			who = append(who, fmt.Sprint(i))
		}
	}
	res, err := linkage.Link(l, linkage.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	truth := evaluate.TruthOf(who, nil)
	var edges []cluster.Edge
	for _, p := range res.Pairs {
		edges = append(edges, cluster.Edge{A: p.A, B: p.B, Weight: p.Weight})
	}
	sweep := truth.Sweep(edges)
	var b bytes.Buffer
	err = linkreport.Write(&b, linkreport.Report{Lang: lang, List: l, Result: res, ShowValues: show,
		Files: []linkreport.File{{Name: "lista.csv", Columns: []linkreport.Column{{Header: "Nombres <b>", Kind: "nombres", Reason: "lo dice su encabezado"}}}},
		Truth: &linkreport.Truth{Points: sweep.Points, Best: sweep.BestPairs, BlockingRecall: 1}})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTheReportNeedsNothingFromOutside(t *testing.T) {
	text := report(t, i18n.English, true)
	if found := regexp.MustCompile(`(?i)<script|<link|<img|<iframe|src=|href=|url\(|@import|https?:`).FindString(text); found != "" {
		t.Errorf("the report has %q", found)
	}
	if strings.Contains(text, "<b>") || !strings.Contains(text, "Nombres &lt;b&gt;") {
		t.Error("a heading is not escaped")
	}
	for _, want := range []string{"<polyline", "class=\"mark\"", "log2(m/u)", "Right above the threshold"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") || strings.Contains(text, "linkreport.") || strings.Contains(text, "linkage.level.") {
		t.Error("the report shows what is no number, or a key without its words")
	}
}

func TestValuesAreShownOnlyWhenAskedFor(t *testing.T) {
	value := regexp.MustCompile(`Zu.ana|Quis.pe|19\d\d-\d\d-\d\d`)
	if found := value.FindString(report(t, i18n.Spanish, false)); found != "" {
		t.Errorf("%q is in a report that is to hold no values", found)
	}
	if !value.MatchString(report(t, i18n.Spanish, true)) {
		t.Error("no value is in a report that is to show them")
	}
}

func TestTheSameListGivesTheSameReport(t *testing.T) {
	first := report(t, i18n.English, false)
	if again := report(t, i18n.English, false); again != first {
		t.Error("two reports of one list differ")
	}
}

func TestAListWithoutPairsIsDrawn(t *testing.T) {
	l := linkage.NewList([]linkage.Field{{Name: "n", Kind: linkage.FullName}})
	l.Append([]string{"Ana Quispe"})
	res, err := linkage.Link(l, linkage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := linkreport.Write(&b, linkreport.Report{Lang: i18n.English, List: l, Result: res, Truth: &linkreport.Truth{}}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "No pair looks like one person") {
		t.Error("the report of a list of one does not say that there is no pair")
	}
}

func TestTheReportIsAccessible(t *testing.T) {
	ctx := webtest.Browser(t)
	for _, lang := range []i18n.Lang{i18n.Spanish, i18n.English} {
		text := report(t, lang, true)
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, text)
		}))
		webtest.NoViolations(t, ctx, s.URL)
		s.Close()
	}
}
