package exchange_test

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/app"
	"quipu/internal/app/exchange"
	"quipu/internal/audit"
	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/store"
	"quipu/internal/sync"
)

// student registers somebody whose profile and contact are said in one change.
func (w *world) student(a *app.App, office string) string {
	w.t.Helper()
	out, err := a.Register(ctx, operator(office), registry.RegisterCmd{Office: office, Prov: change.Provenance{Source: "declared"},
		Inputs: []registry.Input{text("surname_paternal", "Nueva"), text("given_names", "Ida"), text("motive", "study"),
			{Field: "phone/", Value: change.Group("number", "+34600111222")}}}, true)
	w.do(err)
	return out.Person
}

// holds says of the three things that student said which are still in the log of a register.
func (w *world) holds(a *app.App, person string) (out string) {
	all := w.bodies(a, person)
	for _, said := range []string{`"Ida"`, `"study"`, `600111222`} {
		if strings.Contains(all, said) {
			out += said
		}
	}
	return out
}

// TestErasuresApart: two registers erase different values of one change, and neither knows of the other.
// Both stay out everywhere, the rest stays in, and every log says so, whoever comes first.
func TestErasuresApart(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		for name, then := range map[string]func(w *world, other string){
			"the hub hears of it first": func(w *world, other string) { w.push("ESMAD-1") },
			"the node hears of it first": func(w *world, other string) {
				if other != "" {
					w.push(other)
				}
				w.pull("ESMAD-1")
				w.sound()
			},
			"the node's answer was lost": func(w *world, other string) {
				if other != "" {
					w.push(other)
				}
				b, _, err := w.nodes["ESMAD-1"].NextBatch(ctx, "test", 0)
				w.do(err)
				w.pull("ESMAD-1")
				_, err = w.hub.Push(ctx, b.Node, b)
				w.do(err)
			},
		} {
			for _, second := range []string{"", "ESMAD-2"} { // the ministry, or another computer of the office
				t.Run(name+" "+second, func(t *testing.T) {
					w := newWorld(t, postgres, "ESMAD")
					mad, other := w.nodes["ESMAD-1"], w.hub
					if second != "" {
						other = w.join(second, "ESMAD")
					}
					p := w.student(mad, "ESMAD")
					w.level()
					w.erase(other, p, "section:contact")
					w.erase(mad, p, "section:profile")
					then(w, second)
					w.level()
					w.level()
					for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": mad, "the other": other} {
						if got := w.holds(a, p); got != `"Ida"` {
							t.Errorf("%s holds %s", name, got)
						}
					}
					w.sound()
				})
			}
		}
	})
}

// TestWhatAnErasureTookIsKnown: a computer erased a part of somebody and then had to forget her, the hub
// was put back to before she came, and the one that wrote it never heard of the erasure and offers it
// whole. Nobody holds what the erasure left; only what it took is taken out.
func TestWhatAnErasureTookIsKnown(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		for _, late := range []bool{false, true} { // the erasure comes before what it took values out of
			w := newWorld(t, postgres, "ESMAD", "ARBUE")
			mad, second := w.nodes["ESMAD-1"], w.join("ESMAD-2", "ESMAD")
			c := w.copy(w.hub)
			p := w.student(second, "ESMAD")
			w.push("ESMAD-2")
			w.level("ESMAD-1")
			w.erase(mad, p, "section:profile")
			w.push("ESMAD-1")
			w.move(p, "ARBUE")
			w.level("ESMAD-1")
			if got := w.holds(mad, p); got != "" {
				t.Fatalf("the one that erased has not forgotten: %s", got)
			}
			w.again(c, postgres)
			if late {
				delete(w.nodes, "ESMAD-2")
				w.do(w.hub.Courier.GoOn(ctx, operator(""), "ESMAD-2", "está de viaje"))
				w.mend()
				w.sound()
				w.nodes["ESMAD-2"] = second
			}
			w.mend()
			w.level()
			for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": mad, "ESMAD-2": second} {
				if got := w.holds(a, p); got != `"Ida"600111222` {
					t.Errorf("the erasure came first: %v; %s holds %s", late, name, got)
				}
			}
			w.sound()
		}
	})
}

// TestAnErasureOfAnOlderProgram says by a hash only what it left. It takes out the same.
func TestAnErasureOfAnOlderProgram(t *testing.T) {
	w := newWorld(t, false, "ESMAD", "ESBCN")
	mad := w.nodes["ESMAD-1"]
	p := w.student(mad, "ESMAD")
	w.level()
	w.erase(mad, p, "section:profile")
	b, _, err := mad.NextBatch(ctx, "test", 0)
	w.do(err)
	older := 0
	for i, body := range b.Bodies {
		c, err := change.Decode(body)
		w.do(err)
		for j := range c.Sets {
			if len(change.ErasedBy(&c)) > 0 {
				delete(c.Sets[j].Value.Parts, "gone")
				older++
			}
		}
		b.Bodies[i] = change.Encode(&c)
	}
	if r, err := w.hub.Push(ctx, b.Node, b); err != nil || r.Refusal != nil || older == 0 {
		t.Fatalf("%d lines; refused: %+v, %v", older, r.Refusal, err)
	}
	if got := w.holds(w.hub, p); got != `"Ida"600111222` {
		t.Errorf("the hub holds %s", got)
	}
	w.do(w.hub.DB.View(ctx, func(tx *store.Tx) error {
		said, err := tx.Changes(ctx, change.Ref{Kind: change.Erasure, ID: p})
		if len(said) != 1 || change.ErasedBy(&said[0])[0].Gone != nil {
			t.Errorf("the hub has the erasures %+v", said)
		}
		return err
	}))
}

// forge alters what a batch with an erasure says: the bodies that it left, and each of its lines, which
// names the body by its hash as it is then.
func (w *world) forge(b *sync.Batch, left func(*change.Change), line func(parts map[string]string)) {
	w.t.Helper()
	is := map[string]string{}
	for i, body := range b.Stripped {
		c, err := change.Decode(body)
		w.do(err)
		left(&c)
		b.Stripped[i] = change.Encode(&c)
		is[tlog.RecordHash(body).String()] = tlog.RecordHash(b.Stripped[i]).String()
	}
	for i, body := range b.Bodies {
		c, err := change.Decode(body)
		w.do(err)
		for j := range c.Sets {
			if p := c.Sets[j].Value.Parts; len(change.ErasedBy(&c)) > 0 {
				p["is"] = is[p["is"]]
				line(p)
			}
		}
		b.Bodies[i] = change.Encode(&c)
	}
}

// takes pushes a batch that is to be taken.
func (w *world) takes(b *sync.Batch) {
	w.t.Helper()
	r, err := w.hub.Push(ctx, b.Node, *b)
	if err != nil || r.Refusal != nil {
		w.t.Fatalf("refused, and proves nothing: %+v, %v", r.Refusal, err)
	}
}

// TestAnErasureThatSaysSomethingElse: under cover of an erasure a computer sends a body that says another
// name, or other words or evidence, or that still says what it calls gone. What is erased goes, and the
// rest stays what it was.
func TestAnErasureThatSaysSomethingElse(t *testing.T) {
	of := func(field string, f func(*change.Set)) func(*change.Change) {
		return func(c *change.Change) {
			for i := range c.Sets {
				if c.Sets[i].Field == field {
					f(&c.Sets[i])
				}
			}
		}
	}
	for name, left := range map[string]func(*change.Change){
		"another name":   of("given_names", func(s *change.Set) { s.Value = change.Text("Falsa") }),
		"other evidence": of("given_names", func(s *change.Set) { s.Prov.Evidence = "Falsa" }),
		"other words":    func(c *change.Change) { c.Note = "Falsa" },
		"another import": func(c *change.Change) { c.Batch = "Falsa" },
		"what is gone":   of("motive", func(s *change.Set) { s.Value = change.Text("Falsa") }),
	} {
		for _, older := range []bool{false, true} {
			w := newWorld(t, false, "ESMAD")
			mad, second := w.nodes["ESMAD-1"], w.join("ESMAD-2", "ESMAD")
			p := w.student(mad, "ESMAD")
			w.level()
			w.erase(mad, p, "section:profile")
			b, _, err := mad.NextBatch(ctx, "test", 0)
			w.do(err)
			w.forge(&b, left, func(parts map[string]string) {
				if older {
					delete(parts, "gone")
				}
			})
			w.takes(&b)
			delete(w.nodes, "ESMAD-1")
			w.level()
			for at, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-2": second} {
				if all := w.bodies(a, p); strings.Contains(all, "Falsa") || strings.Contains(all, "study") || !strings.Contains(all, "Ida") {
					t.Errorf("%s; the older program: %v; %s holds %s", name, older, at, all)
				}
			}
			w.sound()
		}
	}
}

// TestAnErasureThatSaysMoreThanItTook: a computer says of more positions than it took values out of that
// they are without one. Later erasures count all the same, and so does what the hub says of a body that lies.
func TestAnErasureThatSaysMoreThanItTook(t *testing.T) {
	for name, more := range map[string]string{"those of others": "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", "there are none": "4 98 99", "too large": "4 9223372036854775807"} {
		for _, lies := range []bool{false, true} {
			w := newWorld(t, false, "ESMAD")
			mad := w.nodes["ESMAD-1"]
			p := w.student(mad, "ESMAD")
			w.level()
			w.erase(mad, p, "section:profile")
			b, _, err := mad.NextBatch(ctx, "test", 0)
			w.do(err)
			w.forge(&b, func(c *change.Change) {
				if lies {
					c.Author = "nadie"
				}
			}, func(parts map[string]string) { parts["gone"] = more })
			w.takes(&b)
			delete(w.nodes, "ESMAD-1")
			w.sound()
			if got := w.holds(w.hub, p); strings.Contains(got, "600111222") {
				w.erase(w.hub, p, "section:contact")
			}
			if got := w.holds(w.hub, p); strings.Contains(got, "study") || strings.Contains(got, "600111222") {
				t.Errorf("%s; the body lies: %v; the hub holds %s", name, lies, got)
			}
			w.sound()
		}
	}
}

// TestAnErasureOfSomebodyElse: in an erasure of one person a computer names a change of another, of which
// something was erased before, and that erasure. Neither is touched, and whoever verifies the log is told.
func TestAnErasureOfSomebodyElse(t *testing.T) {
	w := newWorld(t, false, "ESMAD")
	mad := w.nodes["ESMAD-1"]
	p, q := w.student(mad, "ESMAD"), w.student(mad, "ESMAD")
	w.level()
	whole := w.bodiesOf(w.hub, q)[0]
	w.erase(w.hub, q, "section:profile")
	said := func() (c change.Change) {
		w.do(w.hub.DB.View(ctx, func(tx *store.Tx) error {
			es, err := tx.Changes(ctx, change.Ref{Kind: change.Erasure, ID: q})
			c = es[0]
			return err
		}))
		return c
	}
	before := said()
	w.erase(mad, p, "section:profile")
	b, _, err := mad.NextBatch(ctx, "test", 0)
	w.do(err)
	var lines []change.Erased
	for body, gone := range map[string]string{string(whole): "phone/", string(change.Encode(&before)): ""} {
		c, err := change.Decode([]byte(body))
		w.do(err)
		left, _ := change.Redact(&c, audit.Leaf(&c, []byte(body)).String(), func(_ int, s *change.Set) bool { return strings.HasPrefix(s.Field, gone) })
		b.Stripped = append(b.Stripped, change.Encode(&left))
		lines = append(lines, audit.Erased(&c, []byte(body), change.Encode(&left)))
	}
	other := change.Erase(p, lines)
	for i, body := range b.Bodies {
		c, err := change.Decode(body)
		w.do(err)
		if len(change.ErasedBy(&c)) > 0 {
			c.Sets = append(c.Sets, other.Sets...)
			b.Bodies[i] = change.Encode(&c)
		}
	}
	w.takes(&b)
	if got := w.holds(w.hub, q); got != `"Ida"600111222` {
		t.Errorf("of the other one the hub holds %s", got)
	}
	if got := w.holds(w.hub, p); got != `"Ida"600111222` {
		t.Errorf("of her own the hub holds %s", got)
	}
	if now := said(); now.Gone != "" || len(change.ErasedBy(&now)) == 0 {
		t.Errorf("the erasure says %+v", now)
	}
	report, err := w.hub.VerifyLog(ctx, operator(""), nil, nil)
	w.do(err)
	if len(report.Findings) != 2 {
		t.Errorf("whoever verifies the log is told %+v", report.Findings)
	}
}

// TestTwoErasuresOfWhatTheHubLost: two computers erased different values of somebody apart and had to forget
// her, the hub was put back to before she came, and who wrote her offers her whole after both. Neither
// value comes back.
func TestTwoErasuresOfWhatTheHubLost(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESMAD", "ARBUE")
		mad, second, third := w.nodes["ESMAD-1"], w.join("ESMAD-2", "ESMAD"), w.join("ESMAD-3", "ESMAD")
		c := w.copy(w.hub)
		p := w.student(second, "ESMAD")
		w.push("ESMAD-2")
		w.level("ESMAD-1", "ESMAD-3")
		w.erase(mad, p, "section:profile")
		w.erase(third, p, "section:contact")
		w.level("ESMAD-1", "ESMAD-3")
		w.move(p, "ARBUE")
		w.level("ESMAD-1", "ESMAD-3")
		if got := w.holds(mad, p) + w.holds(third, p); got != "" {
			t.Fatalf("those that erased have not forgotten: %s", got)
		}
		w.again(c, postgres)
		delete(w.nodes, "ESMAD-2")
		w.do(w.hub.Courier.GoOn(ctx, operator(""), "ESMAD-2", "está de viaje"))
		w.mend()
		w.nodes["ESMAD-2"] = second
		w.mend()
		w.level()
		for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-1": mad, "ESMAD-2": second, "ESMAD-3": third} {
			if got := w.holds(a, p); got != `"Ida"` {
				t.Errorf("%s holds %s", name, got)
			}
		}
		w.sound()
	})
}

// TestWhatIsToldIsWithoutWhatWasErased: the hub knows of an erasure, and a computer that does not tells
// what another one left. What the hub keeps aside is without what either took.
func TestWhatIsToldIsWithoutWhatWasErased(t *testing.T) {
	w := newWorld(t, false, "ESMAD")
	mad, second, lap := w.nodes["ESMAD-1"], w.join("ESMAD-2", "ESMAD"), w.join("ESMAD-L1", "ESMAD")
	c := w.copy(w.hub)
	p := w.student(lap, "ESMAD")
	w.push("ESMAD-L1")
	w.level("ESMAD-1", "ESMAD-2")
	body := w.bodiesOf(w.hub, p)[0]
	w.erase(mad, p, "section:profile")
	w.again(c, false)
	delete(w.nodes, "ESMAD-L1")
	delete(w.nodes, "ESMAD-2")
	w.do(w.hub.Courier.GoOn(ctx, operator(""), "ESMAD-L1", "está de viaje"))
	w.mend()
	was, err := change.Decode(body)
	w.do(err)
	left, _ := change.Redact(&was, tlog.RecordHash(body).String(), func(_ int, s *change.Set) bool { return strings.HasPrefix(s.Field, "phone/") })
	w.nodes["ESMAD-2"] = second
	w.pull("ESMAD-2")
	w.tells("ESMAD-2", [][]byte{change.Encode(&left)})
	if got := w.kept("ESMAD-2", []id.Change{was.ID}); got != 1 {
		t.Errorf("of what was told %d are kept", got)
	}
	for _, f := range w.kepts(w.hub) {
		if all := string(f.Body) + string(f.Left); strings.Contains(all, "study") || f.From == "ESMAD-2" && strings.Contains(all, "600111222") {
			t.Errorf("of what %s told is kept %s", f.From, all)
		}
	}
}

// TestAnErasureAfterOneThatCame: of two erasures of somebody by a computer that is gone the hub has taken
// one in, and hears of the other: it takes that in, too, and both hold.
func TestAnErasureAfterOneThatCame(t *testing.T) {
	w := newWorld(t, false, "ESMAD")
	mad, other := w.nodes["ESMAD-1"], w.join("ESMAD-2", "ESMAD")
	p := w.student(other, "ESMAD")
	w.level()
	c := w.copy(w.hub)
	w.erase(mad, p, "section:profile")
	w.erase(mad, p, "section:contact")
	w.level()
	w.again(c, false)
	delete(w.nodes, "ESMAD-1")
	w.mend()
	w.do(w.hub.Courier.GoOn(ctx, operator(""), "ESMAD-1", "se quemó"))
	w.mend()
	var told []store.Found
	w.do(w.hub.DB.Update(ctx, func(tx *store.Tx) error {
		err := tx.MissingOf(ctx, "ESMAD-1", func(f store.Found) error {
			if f.Entity == "erasure/"+p {
				told = append(told, f)
			}
			return nil
		})
		if err != nil || len(told) != 2 {
			t.Fatalf("told are %+v, %v", told, err)
		}
		return errors.Join(tx.DropFound(ctx, "erasure/"+p), tx.PutFound(ctx, told[:1]))
	}))
	for i, want := range []string{`"Ida"600111222`, `"Ida"`} {
		_, err := w.hub.TakeIn(ctx, operator(""), exchange.TakeIn{Author: "ESMAD-1", Words: "se quemó en Vigo"})
		w.do(err)
		if got := w.holds(w.hub, p); got != want {
			t.Errorf("after %d taken in the hub holds %s", i+1, got)
		}
		w.do(w.hub.DB.Update(ctx, func(tx *store.Tx) error { return tx.PutFound(ctx, told) }))
	}
	w.level()
	w.level()
	if got := w.holds(other, p); got != `"Ida"` {
		t.Errorf("the other holds %s", got)
	}
	w.sound()
}

// TestWhoMovesThroughTwoErasures: somebody is registered at one office, a part of her is erased at the next
// and another at the one after that, and she moves on; the hub is put back to before all that. Only the last
// office holds what both erasures left of her registration, and that comes back.
func TestWhoMovesThroughTwoErasures(t *testing.T) {
	both(t, func(t *testing.T, postgres bool) {
		w := newWorld(t, postgres, "ESBCN", "ESMAD", "USNYC", "ARBUE")
		c := w.copy(w.hub)
		p := w.student(w.nodes["ESBCN-1"], "ESBCN")
		w.level()
		w.leaves(p, "ESBCN-1", "ESMAD")
		w.erase(w.nodes["ESMAD-1"], p, "section:profile")
		w.level()
		w.leaves(p, "ESMAD-1", "USNYC")
		w.erase(w.nodes["USNYC-1"], p, "section:contact")
		w.level()
		w.leaves(p, "USNYC-1", "ARBUE")
		w.again(c, postgres)
		w.mend()
		w.level()
		for name, a := range map[string]*app.App{"LIMA": w.hub, "ARBUE-1": w.nodes["ARBUE-1"]} {
			if got := w.holds(a, p); got != `"Ida"` {
				t.Errorf("%s holds %s", name, got)
			}
		}
		for _, name := range []string{"ESBCN-1", "ESMAD-1", "USNYC-1"} {
			if got := w.holds(w.nodes[name], p); got != "" {
				t.Errorf("%s, which she left, holds %s", name, got)
			}
		}
		w.sound()
	})
}
