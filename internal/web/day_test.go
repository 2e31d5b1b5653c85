package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"quipu/internal/authz"
)

// testPurpose: the purpose that was chosen goes with every read, and closes what it does
// not allow, with words that say what to do.
func testPurpose(t *testing.T, s *site) {
	rosa, path := s.as("rosa"), s.someone("ESMAD")
	last := func() string {
		t.Helper()
		reads, err := s.app.Reads(context.Background(), authz.Actor{Role: authz.Auditor, Office: "ESMAD"}, 0, 1)
		if err != nil || len(reads) != 1 {
			t.Fatal(err)
		}
		return strings.Join([]string{reads[0].Author, reads[0].Action, reads[0].Purpose, reads[0].Person}, " ")
	}
	id := strings.TrimPrefix(path, "/persona/")
	rosa.get(path).has(t, "Trabajas para", `<option value="registry" selected>`)
	if got := last(); got != "rosa read registry "+id {
		t.Errorf("the read is noted as %q", got)
	}
	back := rosa.post("/finalidad", "finalidad", "election", "volver", path)
	defer rosa.post("/finalidad", "finalidad", "registry")
	if back.path != path {
		t.Errorf("after choosing at %s", back.path)
	}
	back.has(t, "Ahora trabajas para: Elecciones", `<option value="election" selected>`, "q-purpose--marked")
	if got := last(); got != "rosa read election "+id {
		t.Errorf("the read is noted as %q", got)
	}
	rosa.post("/buscar", "q", "Maria")
	if got := last(); got != "rosa search election " {
		t.Errorf("the search is noted as %q", got)
	}
	for _, p := range []page{rosa.get("/registrar"), rosa.post(path + "/confirmar")} {
		if p.status != http.StatusForbidden {
			t.Errorf("%s gives %d for an election", p.path, p.status)
		}
		p.has(t, "Ahora trabajas para «Elecciones»", "Registro, Actuación, Asistencia y protección", "cambia arriba «Trabajas para»", `name="finalidad"`)
	}
	if p := rosa.get("/"); strings.Contains(p.text, `href="/registrar"`) {
		t.Error("the menu leads where the purpose does not allow")
	}
	for _, bad := range []string{"statistics", "curiosity", ""} {
		if p := rosa.post("/finalidad", "finalidad", bad); p.status != http.StatusUnprocessableEntity {
			t.Errorf("%q as a purpose gives %d", bad, p.status)
		}
	}
	if p := rosa.post("/finalidad", "finalidad", "act", "volver", "//evil.example/"); p.path != "/" || p.status != http.StatusOK {
		t.Errorf("sent to %s, %d", p.path, p.status)
	}
	if p := s.as("carlos").get("/"); !strings.Contains(p.text, `<option value="registry" selected>`) {
		t.Error("another officer's purpose changed")
	}
	if p := s.as("amelia").get("/codigos"); strings.Contains(p.text, "/finalidad") {
		t.Error("who works with no people is asked for what")
	}
}
