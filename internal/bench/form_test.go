package bench

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const twoForms = `<!doctype html><form action="/buscar" method="post"><input name="q" type="search" value=""><button>Buscar</button></form>
<form action="/registrar" id="r"><input type="hidden" name="once" value="T1">
<input name="given_names" value="ANA"><input name="agree" type="checkbox" value="1"><input name="told" type="checkbox" checked>
<input type="radio" name="sex" value="F"><input type="radio" name="sex" value="M" checked><input name="off" value="x" disabled>
<textarea name="note">
dos
líneas</textarea>
<select name="kind"><option value="">—</option><option value="resident" selected>Residente</option></select>
<select name="basis"><option>Opción</option><option value="b">B</option></select>
<input type="file" name="photo"><button type="button" name="plain" value="p">No</button>
<button name="do" value="mrz">Leer</button></form>
<button form="r" name="do" value="register">Inscribir</button>`

func TestFormsAsABrowserHoldsThem(t *testing.T) {
	all := forms([]byte(twoForms))
	if len(all) != 2 {
		t.Fatalf("%d forms, want 2", len(all))
	}
	f := find(all, func(f *form) bool { return f.has("given_names") })
	if f == nil || f.action != "/registrar" {
		t.Fatalf("found %+v", f)
	}
	want := url.Values{"once": {"T1"}, "given_names": {"ANA"}, "told": {"on"}, "sex": {"M"}, "note": {"dos\nlíneas"},
		"kind": {"resident"}, "basis": {"Opción"}}
	if d := cmp.Diff(want, f.fields); d != "" {
		t.Errorf("fields (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]button{{"do", "mrz"}, {"do", "register"}}, f.buttons); d != "" {
		t.Errorf("buttons (-want +got):\n%s", d)
	}
	f.fill(map[string]string{"given_names": "EVA", "once": "forged", "kind": ""})
	f.press(button{"apart", ""}, button{"do", "register"})
	want.Set("given_names", "EVA")
	want.Set("do", "register")
	if d := cmp.Diff(want, f.fields); d != "" {
		t.Errorf("filled in (-want +got):\n%s", d)
	}
}

func TestButtonWithoutNameAddsNothing(t *testing.T) {
	f := form{fields: url.Values{}, buttons: []button{{"do", "mrz"}, {}}}
	if f.press(button{"do", "save"}); len(f.fields) != 0 {
		t.Errorf("sent %v", f.fields)
	}
	if f.press(button{"do", ""}); f.fields.Get("do") != "mrz" {
		t.Errorf("sent %v", f.fields)
	}
}

func TestPatternHidesIDs(t *testing.T) {
	if got := pattern("/persona/01M89P3HS8VNETA3NTYJCEDV16/editar/contact"); got != "/persona/{id}/editar/contact" {
		t.Error(got)
	}
}
