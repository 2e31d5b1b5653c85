package web_test

import (
	"net/http"
	"testing"
	"time"

	"quipu/internal/app/account"
)

// TestWhatEndsSessions: a session of another computer ends when the password, a factor or the
// role changes, and when the account is closed; it goes on when only the name does.
func TestWhatEndsSessions(t *testing.T) {
	g := newGate(t, false)
	own := g.browser()
	secret, _ := g.enrol(own, "window")
	boss := g.browser()
	g.enrol(boss, "head")
	password := account.DemoPassword
	elsewhere := func() *browser {
		t.Helper()
		g.later(time.Minute)
		b := g.browser()
		b.post("/entrar", "login", "window", "password", password)
		if p := b.post("/entrar/codigo", "code", g.code(secret)); p.path != "/" {
			t.Fatalf("at %s, %d", p.path, p.status)
		}
		return b
	}
	edit := func(pairs ...string) func() page {
		form := append([]string{"name", "Persona window", "role", "window", "office", "ESMAD", "lang", "es", "state", "active"}, pairs...)
		at := map[string]string{}
		for i := 0; i < len(form); i += 2 {
			at[form[i]] = form[i+1]
		}
		var flat []string
		for k, v := range at {
			flat = append(flat, k, v)
		}
		return func() page { return boss.post("/cuentas/window", flat...) }
	}
	const next = "otra frase bien larga y rara"
	var second string
	for _, c := range []struct {
		what       string
		do         func() page
		ends, mine bool // of the other computer; of the own
	}{
		{"another name", edit("name", "Otra Persona"), false, false},
		{"a new second factor", func() page {
			m := secretOf.FindStringSubmatch(own.get("/entrar/inscribir").text)
			if m == nil {
				t.Fatal("no secret is shown")
			}
			return own.post("/entrar/inscribir", "name", "tableta", "code", g.code(m[1]))
		}, true, false},
		{"new recovery codes", func() page { return own.post("/mi-cuenta/codigos") }, true, false},
		{"a factor less", func() page {
			all := own.get("/mi-cuenta").fields()["factor"]
			if len(all) != 2 {
				t.Fatalf("%d factors are listed", len(all))
			}
			second = all[1]
			return own.post("/mi-cuenta/factor", "factor", second)
		}, true, false},
		{"another password", func() page {
			p := own.post("/mi-cuenta/clave", "old", password, "password", next, "again", next)
			password = next
			return p
		}, true, false},
		{"another role", edit("role", "supervisor"), true, true},
		{"the end of the account", edit("role", "supervisor", "state", "closed"), true, true},
	} {
		other := elsewhere()
		if !other.inside() {
			t.Fatalf("before %s the other session is closed", c.what)
		}
		if own.get("/buscar").path != "/buscar" {
			own = elsewhere()
		}
		if p := c.do(); p.status != http.StatusOK {
			t.Errorf("%s gives %d at %s", c.what, p.status, p.path)
		}
		if other.inside() == c.ends {
			t.Errorf("after %s the other session is open: %v", c.what, !c.ends)
		}
		if own.inside() == c.mine {
			t.Errorf("after %s the own session is open: %v", c.what, !c.mine)
		}
	}
}
