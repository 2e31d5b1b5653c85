package portal_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"quipu/internal/app/node"
	"quipu/internal/campaign"
	"quipu/internal/i18n"
	"quipu/internal/web/webtest"
)

// plan plans a campaign whose first day lies so many days ahead.
func (c *counter) plan(office, country, city string, ahead, days int, announced bool) string {
	c.t.Helper()
	first := c.app.Today().AddDays(ahead)
	span, err := campaign.Span("first", first, first.AddDays(days-1), "09:00", "13:30")
	if err != nil {
		c.t.Fatal(err)
	}
	at, err := c.app.Campaigns.Plan(c.t.Context(), node.Operator("test", office), campaign.PlanCmd{Office: office, Country: country, City: city,
		Venue: "Local de " + city, Note: "llevar la impresora", Days: span, Services: []campaign.Service{"dni", "registry"}, Capacity: 50, Announced: announced})
	if err != nil {
		c.t.Fatal(err)
	}
	return at
}

const mobile = "/publico/consulados-moviles"

// TestMobile: everybody sees what was announced for the next ninety days, by country and city,
// and nothing else of it; and takes it along as a file for calendars.
func TestMobile(t *testing.T) {
	c := newCounter(t)
	c.do(http.MethodGet, mobile, nil).says(t, "no hay visitas anunciadas")
	at := c.plan("ESMAD", "", "Zaragoza", 3, 2, true)
	c.plan("ESMAD", "", "Teruel", 3, 1, false)
	c.plan("ESMAD", "", "Soria", 120, 1, true)
	edge := c.plan("ESMAD", "", "Ávila", 90, 2, true)
	c.plan("ESMAD", "PT", "Oporto", 5, 1, true)
	page := c.do(http.MethodGet, mobile, nil)
	page.says(t, "Zaragoza", "Local de Zaragoza", "de 09:00 a 13:30", "Ávila", "España", "Portugal", "Oporto", "Qué llevar", "Tu DNI anterior", mobile+"/"+at+"/calendario.ics")
	for _, hidden := range []string{"Teruel", "Soria", "impresora", "50 personas"} {
		if strings.Contains(page.text, hidden) {
			t.Errorf("everybody reads %q", hidden)
		}
	}
	only := c.do(http.MethodGet, mobile+"?pais=pt", nil)
	if only.says(t, "Oporto"); strings.Contains(only.text, "Zaragoza") {
		t.Error("Portugal has Zaragoza")
	}
	c.do(http.MethodGet, mobile+"?pais=XX", nil).says(t, "Zaragoza")
	file := c.do(http.MethodGet, mobile+"/"+at+"/calendario.ics", nil)
	if n := strings.Count(file.text, "BEGIN:VEVENT"); n != 2 || !strings.HasPrefix(file.header.Get("Content-Type"), "text/calendar") || strings.Contains(file.text, "Oporto") {
		t.Errorf("the file of a campaign of two days has %d events, is %s", n, file.header.Get("Content-Type"))
	}
	if n := strings.Count(c.do(http.MethodGet, mobile+"/"+edge+"/calendario.ics", nil).text, "BEGIN:VEVENT"); n != 1 {
		t.Errorf("%d days of a campaign that goes beyond the ninety are told, want 1", n)
	}
	if n := strings.Count(c.do(http.MethodGet, mobile+"/calendario.ics", nil).text, "BEGIN:VEVENT"); n != 4 {
		t.Errorf("the file of all has %d events, want 4", n)
	}
	for _, path := range []string{"/01ARZ3NDEKTSV4RRFFQ69G5FAV/calendario.ics", "/x/calendario.ics"} {
		if a := c.do(http.MethodGet, mobile+path, nil); a.status != http.StatusNotFound {
			t.Errorf("%s gives %d", path, a.status)
		}
	}
	p, err := c.app.Campaigns.Open(t.Context(), node.Operator("test", "ESMAD"), at)
	if err != nil {
		t.Fatal(err)
	}
	seen := p.Campaign.Head
	for _, to := range []campaign.State{campaign.UnderWay, campaign.Closed} {
		if err := c.app.Campaigns.Move(t.Context(), node.Operator("test", "ESMAD"), at, to, seen); err != nil {
			t.Fatal(err)
		}
		if p, err = c.app.Campaigns.Open(t.Context(), node.Operator("test", "ESMAD"), at); err != nil {
			t.Fatal(err)
		}
		seen = p.Campaign.Head
	}
	if a := c.do(http.MethodGet, mobile, nil); strings.Contains(a.text, "Zaragoza") {
		t.Error("a closed campaign is still announced")
	}
}

// TestMobileInBrowser: the page at both widths, in both languages.
func TestMobileInBrowser(t *testing.T) {
	c := newCounter(t)
	c.plan("ESMAD", "", "Zaragoza", 3, 3, true)
	c.plan("ESMAD", "PT", "Vila Nova de Famalicão, freguesia de Requião e Ruivães", 5, 1, true)
	ctx := webtest.Browser(t)
	for _, lang := range i18n.Langs {
		webtest.Open(t, ctx, c.srv.URL+"/idioma/"+string(lang)+"?volver="+mobile, 390, 900)
		until(t, ctx, `location.pathname === "`+mobile+`"`)
		webtest.NoViolations(t, ctx, c.srv.URL+mobile)
		webtest.Open(t, ctx, c.srv.URL+mobile, 390, 900)
		for _, bad := range webtest.Reflow(t, ctx) {
			t.Error(bad)
		}
		if n, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.querySelectorAll("script[src]").length`)); err != nil || n > 1 {
			t.Errorf("%d scripts, %v", n, err)
		}
		if dir := os.Getenv("QUIPU_SCREENSHOTS"); dir != "" {
			webtest.Open(t, ctx, c.srv.URL+mobile, 390, 900)
			webtest.Screenshot(t, ctx, filepath.Join(dir, "publico-moviles-"+string(lang)+"-390.png"))
			webtest.Open(t, ctx, c.srv.URL+mobile, 1280, 900)
			webtest.Screenshot(t, ctx, filepath.Join(dir, "publico-moviles-"+string(lang)+"-1280.png"))
		}
	}
}
