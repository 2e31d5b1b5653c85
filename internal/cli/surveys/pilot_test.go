package surveys_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"log/slog"
	"math"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/cli/surveys"
	"quipu/internal/estimate/formula"
	"quipu/internal/estimate/remit"
	"quipu/internal/registry"
	"quipu/internal/survey/pack"
	"quipu/internal/web"
	"quipu/internal/web/webtest"
)

// pilot is a register of two offices with the pilot survey of a demonstration.
func pilot(t *testing.T, people, interviews int) (*app.App, app.Actor, string) {
	t.Helper()
	ctx := context.Background()
	a, err := app.Open(ctx, filepath.Join(t.TempDir(), "reg"), app.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	for i := range people {
		office := []string{"ESMAD", "USPAT"}[i%2]
		in := func(f, v string) registry.Input { return registry.Input{Field: f, Value: change.Text(v)} }
		_, err := a.Register(ctx, node.Operator("t", office), registry.RegisterCmd{Office: office, Channel: "window", Prov: change.Provenance{Source: "declared", Confidence: "certain"},
			Inputs: []registry.Input{in("surname_paternal", "Prueba"), in("given_names", fmt.Sprintf("Persona%d", i)), in("birth_date", fmt.Sprintf("19%02d-03-04", 50+i%50)), in("sex", "F"),
				in("nationality_basis", "birth_in_country")}}, true)
		if err != nil {
			t.Fatal(err)
		}
	}
	stat := app.Actor{Login: "tomas", Role: authz.Statistician, Office: "ESMAD"}
	d := surveys.Demo{App: a, Seed: 5, Interviews: interviews, Now: a.Now(), Password: account.DemoPassword, Statistics: stat, Progress: func(int64, int64) {}}
	if err := d.Make(ctx); err != nil {
		t.Fatal(err)
	}
	list, err := a.Surveys.List(ctx, stat)
	if err != nil || len(list) != 2 {
		t.Fatal(len(list), err)
	}
	return a, stat, list[0].ID
}

// TestTheWholeWay walks in a browser from the questionnaire to the profile, as somebody new would.
func TestTheWholeWay(t *testing.T) {
	b := webtest.Browser(t)
	a, _, _ := pilot(t, 120, 60)
	err := a.CreateAccount(context.Background(), node.Operator("t", "ESMAD"), account.NewAccount{Login: "tomas", Name: "Tomás", Office: "ESMAD", Role: authz.Statistician, Lang: "es", Password: account.DemoPassword})
	if err != nil {
		t.Fatal(err)
	}
	h, err := web.New(a, web.Options{Demo: true, Unpaced: true, Log: slog.New(slog.DiscardHandler), DemoLogins: []web.DemoLogin{{Login: "tomas"}}})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	defer srv.Close()
	text := func() string {
		t.Helper()
		got, err := chromedp.Run(b, chromedp.Evaluate[string]("document.body.innerText"))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	follow := func(link string) {
		t.Helper()
		href, err := chromedp.Run(b, chromedp.Evaluate[string](`(Array.from(document.querySelectorAll("main a")).find(a => a.textContent.trim().startsWith(`+strconv.Quote(link)+`)) || {href: ""}).href`))
		if err != nil || href == "" {
			t.Fatalf("no link %q on\n%s", link, text())
		}
		webtest.Open(t, b, href, 1280, 900)
	}
	webtest.Open(t, b, srv.URL+"/entrar", 1280, 900)
	if err := chromedp.Do(b, chromedp.Evaluate[chromedp.Void](`const f = document.querySelector("form[data-q-main]"); f.login.value = "tomas"; f.password.value = `+
		strconv.Quote(account.DemoPassword)+`; f.querySelector("button").click()`)); err != nil {
		t.Fatal(err)
	}
	webtest.Arrive(t, b, "/codigos")
	webtest.Open(t, b, srv.URL+"/encuestas", 1280, 900)
	for _, step := range []struct{ link, shows string }{{"Encuesta piloto", "Personas inventadas"}, {"Cuestionario", "piloto-pe"}, {"Muestra", "ESMAD"}, {"Campo", "Completa"},
		{"Respuestas", "60"}, {"Ponderación", "60"}, {"Perfil", "Son en su mayoría mujeres"}} {
		follow(step.link)
		if got := text(); !strings.Contains(strings.ToLower(got), strings.ToLower(step.shows)) {
			t.Errorf("%s does not show %q:\n%.1500s", step.link, step.shows, got)
		}
	}
	got := text()
	for _, want := range []string{"con 95 % de confianza", "¿Eres mujer u hombre?", "muestra sacada al azar", "250 o menos", "Consulado General del Perú en Paterson", "EE "} {
		if !strings.Contains(got, want) {
			t.Errorf("the profile does not say %q:\n%s", want, got)
		}
	}
	at, err := chromedp.Run(b, chromedp.Evaluate[string]("location.href"))
	if err != nil {
		t.Fatal(err)
	}
	webtest.NoViolations(t, b, at)
	if dir := os.Getenv("QUIPU_SCREENSHOTS"); dir != "" {
		webtest.Screenshot(t, b, filepath.Join(dir, "perfil.png"))
	}
}

// TestSameFiguresAsR writes the answers with their design, and lets R's survey work the profile's
// shares out of them: estimate, error and interval agree to 8 digits.
func TestSameFiguresAsR(t *testing.T) {
	r, err := exec.LookPath("Rscript")
	if err == nil {
		err = exec.Command(r, "-e", "library(survey)").Run() //nolint:gosec // found just before
	}
	if err != nil {
		if os.Getenv("QUIPU_REQUIRE_R") == "1" {
			t.Fatal("R with its package survey is required: ", err)
		}
		t.Skip("R with its package survey is not there (Debian: r-cran-survey): ", err)
	}
	a, stat, id := pilot(t, 240, 150)
	w, err := a.Surveys.Weighted(context.Background(), stat, id)
	if err != nil {
		t.Fatal(err)
	}
	p, err := a.Surveys.Profile(context.Background(), stat, id)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	export(t, &w, filepath.Join(dir, "a.csv"))
	script, want := program(t, p)
	if err := os.WriteFile(filepath.Join(dir, "a.R"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(r, "a.R") //nolint:gosec // found just before
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, script)
	}
	compared := 0
	for _, line := range strings.Split(string(out), "\n") {
		f := strings.Fields(line)
		if len(f) != 6 || f[0] != "figure" {
			continue
		}
		for k, ours := range want[f[1]] {
			theirs, err := strconv.ParseFloat(f[2+k], 64)
			if err != nil || math.Abs(theirs-ours) > 1e-8*max(math.Abs(theirs), 1e-3) {
				t.Errorf("%s, figure %d: %.10g, R says %s", f[1], k, ours, f[2+k])
			}
			compared++
		}
	}
	if compared < 4*len(want) || len(want) < 40 {
		t.Fatalf("%d figures of %d indicators were compared:\n%s", compared, len(want), out)
	}
}

// program asks R for the shares of a profile by the pack's own expressions.
func program(t *testing.T, p *survey.Profiled) (script string, want map[string][]float64) {
	t.Helper()
	var b strings.Builder
	b.WriteString("suppressMessages(library(survey)); options(digits = 15)\nx <- read.csv('a.csv', stringsAsFactors = FALSE)\n" +
		"d <- svydesign(ids = ~1, strata = ~stratum, weights = ~weight, fpc = ~fpc, data = x)\n")
	want = map[string][]float64{}
	for i, ind := range p.Profile.Indicators {
		f := p.Profile.All.Figures[i]
		// Near 0 and 1 the interval is another one (Korn and Graubard's).
		if ind.Statistic != pack.Median && (ind.Statistic != pack.Share || f.Estimate < .05 || f.Estimate > .95) {
			continue
		}
		e, err := formula.Parse(ind.Value)
		if err != nil {
			t.Fatal(err)
		}
		in := "TRUE"
		if ind.Domain != "" {
			in = "(" + ind.Domain + ")"
		}
		for _, n := range formula.Names(e) {
			in += " & !is.na(" + n + ")"
		}
		want[ind.Key] = []float64{f.Estimate, f.SE, f.Low, f.High}
		if ind.Statistic == pack.Median {
			fmt.Fprintf(&b, "q <- svyquantile(~I(as.numeric(%s)), subset(d, %s), .5)\ncat('figure', '%s', sprintf('%%.15g', c(coef(q), SE(q), confint(q))), '\\n')\n", ind.Value, in, ind.Key)
			continue
		}
		fmt.Fprintf(&b, "s <- subset(d, %s); m <- svymean(~I(as.numeric(%s)), s); q <- confint(svyciprop(~I(as.numeric(%s)), s, method = 'logit'))\n"+
			"cat('figure', '%s', sprintf('%%.15g', c(coef(m), SE(m), q[1], q[2])), '\\n')\n", in, ind.Value, ind.Value, ind.Key)
	}
	remittances(t, &b, p, want)
	return b.String(), want
}

// remittances asks R for the money of a year, the shares of small amounts and the deciles.
func remittances(t *testing.T, b *strings.Builder, p *survey.Profiled, want map[string][]float64) {
	t.Helper()
	of := map[pack.Statistic]string{}
	all, err := pack.Profile("peru")
	if err != nil {
		t.Fatal(err)
	}
	for _, ind := range all {
		of[ind.Statistic] = ind.Value
	}
	fmt.Fprintf(b, "x$a <- x$amount_usd; x$f <- with(x, %s); x$y <- x$a * x$f; x$m <- x$y / 12; x$one <- 1\n"+
		"d <- svydesign(ids = ~1, strata = ~stratum, weights = ~weight, fpc = ~fpc, data = x); s <- subset(d, !is.na(a) & !is.na(f) & a > 0 & f > 0)\n"+
		"say <- function(name, v) cat('figure', name, sprintf('%%.15g', rep(v, 2)), '\\n')\n", of[pack.RemitFrequency])
	put := func(name string, base remit.Base, k int, r string) {
		table, ok := p.Remit.Table(name, base)
		if !ok || len(table.Result.Estimates) <= k {
			return
		}
		e := table.Result.Estimates[k]
		key := fmt.Sprintf("%s-%s-%d", name, base, k)
		want[key] = []float64{e.Estimate, e.SE, e.Estimate, e.SE}
		fmt.Fprintf(b, "r <- %s; say('%s', c(coef(r), SE(r)))\n", r, key)
	}
	put("total", "", 0, "svytotal(~y, s)")
	put("heavy_mean", "", 0, "svymean(~y, s)")
	for base, v := range map[remit.Base][2]string{remit.OfSenders: {"a", "one"}, remit.OfMonths: {"m", "one"}, remit.OfSendings: {"a", "f"}, remit.OfMoney: {"a", "y"}} {
		put("small", base, 0, fmt.Sprintf("svyratio(~I(%s * (%s <= 250)), ~%s, s)", v[1], v[0], v[1]))
		put("small", base, 1, fmt.Sprintf("svyratio(~I(%s * (%s < 250)), ~%s, s)", v[1], v[0], v[1]))
	}
	for _, q := range p.Remit.Quantiles {
		for k, at := range q.At {
			key := fmt.Sprintf("decile-%s-%d", q.Base, k)
			want[key] = []float64{at.Quantile, at.SE, at.Quantile, at.SE}
			fmt.Fprintf(b, "r <- svyquantile(~%s, s, %g, interval.type = 'xlogit'); say('%s', c(coef(r), SE(r)))\n", map[remit.Base]string{remit.OfSenders: "a", remit.OfMonths: "m"}[q.Base], at.P, key)
		}
	}
}

// export writes the table of answers as a file that R reads.
func export(t *testing.T, w *survey.Weighted, file string) {
	t.Helper()
	f, err := os.Create(file) //nolint:gosec // of the test
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // flushed below
	out := csv.NewWriter(f)
	names := w.Frame.Names()
	rows := [][]string{names}
	for i := range w.Frame.N() {
		row := make([]string, len(names))
		for k, n := range names {
			c, err := w.Frame.Col(n)
			if err != nil {
				t.Fatal(err)
			}
			if !c.IsMissing(i) {
				row[k] = c.Text(i)
			} else {
				row[k] = "NA"
			}
		}
		rows = append(rows, row)
	}
	if err := out.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
}
