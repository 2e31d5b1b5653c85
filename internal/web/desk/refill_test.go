package desk

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"pgregory.net/rapid"
)

const formPage = `<!DOCTYPE html><html><body>
<form action="/salir" method="post"><button>Salir</button></form>
<form action="/a" method="post"><input type="hidden" name="q-once" value="new"><input type="hidden" name="v:x" value="2">
<input name="x" type="text" value="now"><input name="x" type="tel"><details><summary>más</summary><textarea name="note">old</textarea></details>
<input type="checkbox" name="c" value="1"><input type="checkbox" name="c" value="2" checked>
<input type="radio" name="r" value="a" checked><input type="radio" name="r" value="b">
<select name="s"><option value="">-</option><option value="k" selected>K</option><option value="l">L</option></select>
<input type="password" name="p"><input type="file" name="f"><button name="do" value="go">Ya</button></form></body></html>`

// answers reads a form as a browser would send it, without its buttons.
func answers(t interface{ Fatal(...any) }, page []byte) url.Values {
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	out := url.Values{}
	for n := range bestForm(doc, "/a", nil).Descendants() {
		name := attribute(n, "name")
		switch {
		case name == "":
		case n.DataAtom == atom.Textarea:
			text := ""
			for c := range n.Descendants() {
				text += c.Data
			}
			out.Add(name, text)
		case n.DataAtom == atom.Select:
			for o := range n.Descendants() {
				if o.DataAtom == atom.Option && slices.ContainsFunc(o.Attr, func(a html.Attribute) bool { return a.Key == "selected" }) {
					out.Add(name, attribute(o, "value"))
				}
			}
		case n.DataAtom == atom.Input:
			kind := attribute(n, "type")
			checked := slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "checked" })
			if (kind != "checkbox" && kind != "radio" || checked) && kind != "file" && kind != "password" {
				out.Add(name, attribute(n, "value"))
			}
		}
	}
	return out
}

// TestRefillIsWhatWasSent: whatever was typed, the form with it in sends the same again.
func TestRefillIsWhatWasSent(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("aé<>&\"'\n {}´%")), 0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		form := url.Values{"q-once": {"old"}, "v:x": {"1"}, "x": {text.Draw(t, "x"), text.Draw(t, "x2")}, "note": {text.Draw(t, "note")},
			"s": {rapid.SampledFrom([]string{"", "k", "l", "gone"}).Draw(t, "s")}}
		if c := rapid.SampledFrom([][]string{nil, {"1"}, {"2"}, {"1", "2"}}).Draw(t, "c"); c != nil {
			form["c"] = c
		}
		if r := rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "r"); r != "" {
			form["r"] = []string{r}
		}
		if more := text.Draw(t, "more"); more != "" {
			form["gone"] = []string{more, more}
		}
		page, ok, err := refill([]byte(formPage), "/a", form, "y además")
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if got := answers(t, page); got.Encode() != form.Encode() {
			t.Fatalf("sent %v, and again %v", form, got)
		}
		if form.Has("gone") != strings.Contains(string(page), "y además") {
			t.Fatal("what the form does not ask any more must be seen")
		}
		if open := strings.Contains(string(page), `<details open=""`); open != (form.Get("note") != "") {
			t.Fatal("what hides an answer must be open", open)
		}
	})
}

func TestRefillLeavesOut(t *testing.T) {
	page, ok, err := refill([]byte(formPage), "/a", url.Values{"do": {"go"}, "p": {"secreto"}, "f": {"x.csv"}}, "y además")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	for _, bad := range []string{"secreto", "x.csv", "y además", `name="do" value="go"/>`} {
		if strings.Contains(string(page), bad) {
			t.Errorf("%q was filled in", bad)
		}
	}
	if _, ok, err := refill([]byte(formPage), "/b", url.Values{}, ""); ok || err != nil {
		t.Error("a form that is not there was found")
	}
}
