// Package uitest checks the screens of a package: that each fits its data type, is
// light enough, and stays so in every language.
package uitest

import (
	"bytes"
	"compress/gzip"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"quipu/internal/i18n"
	"quipu/internal/web/ui"
)

// Budget is the most bytes a page may take on the line: what fits the first flight of a
// TCP connection, so that it needs one round trip.
const Budget = 14 << 10

// Check proves that each screen can be made from data of the type given for it, whatever
// the values: screens maps a screen's name to (a pointer to) its data.
func Check(t *testing.T, set *ui.Set, screens map[string]ui.Framed) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(screens)) {
		tmpl := set.Template(i18n.Spanish, name)
		if tmpl == nil {
			t.Errorf("no screen %q", name)
			continue
		}
		if err := templatecheck.CheckHTMLStrict(tmpl, screens[name]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

var inline = regexp.MustCompile(`(?i)\sstyle=|\son[a-z]+=|<style|<script>|javascript:`)

// Page makes one page and checks what holds for every page: weight, no message missing,
// no style or script in the page itself. It returns the text.
func Page(t *testing.T, set *ui.Set, name string, page ui.Framed) string {
	t.Helper()
	html, err := set.HTML(name, page)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(html)
	z.Close()
	if b.Len() > Budget {
		t.Errorf("%s weighs %d bytes compressed, more than %d", name, b.Len(), Budget)
	}
	text := string(html)
	if i := strings.Index(text, "⟦"); i >= 0 {
		t.Errorf("%s shows a missing message: %.60s", name, text[i:])
	}
	if bad := inline.FindString(text); bad != "" {
		t.Errorf("%s holds %q, which the content security policy refuses", name, bad)
	}
	if strings.Contains(text, "ZgotmplZ") {
		t.Errorf("%s has a value that html/template refused", name)
	}
	return text
}
