package exchange_test

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"quipu/internal/app"
	"quipu/internal/app/exchange"
	"quipu/internal/change"
	"quipu/internal/registry"
	"quipu/internal/store"
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

// TestAnErasureThatSaysSomethingElse: under cover of an erasure a computer sends a body that says another
// name. What is erased goes, and the name stays what it was.
func TestAnErasureThatSaysSomethingElse(t *testing.T) {
	for _, older := range []bool{false, true} {
		w := newWorld(t, false, "ESMAD")
		mad, second := w.nodes["ESMAD-1"], w.join("ESMAD-2", "ESMAD")
		p := w.student(mad, "ESMAD")
		w.level()
		w.erase(mad, p, "section:profile")
		b, _, err := mad.NextBatch(ctx, "test", 0)
		w.do(err)
		was := map[string]string{}
		for i, body := range b.Stripped {
			c, err := change.Decode(body)
			w.do(err)
			for j := range c.Sets {
				if c.Sets[j].Field == "given_names" {
					c.Sets[j].Value = change.Text("Falsa")
				}
			}
			b.Stripped[i] = change.Encode(&c)
			was[tlog.RecordHash(body).String()] = tlog.RecordHash(b.Stripped[i]).String()
		}
		for i, body := range b.Bodies {
			c, err := change.Decode(body)
			w.do(err)
			for j := range c.Sets {
				if len(change.ErasedBy(&c)) == 0 {
					continue
				}
				if c.Sets[j].Value.Parts["is"] = was[c.Sets[j].Value.Part("is")]; older {
					delete(c.Sets[j].Value.Parts, "gone")
				}
			}
			b.Bodies[i] = change.Encode(&c)
		}
		if r, err := w.hub.Push(ctx, b.Node, b); err != nil || r.Refusal != nil {
			t.Fatalf("refused, and proves nothing: %+v, %v", r.Refusal, err)
		}
		delete(w.nodes, "ESMAD-1")
		w.level()
		for name, a := range map[string]*app.App{"LIMA": w.hub, "ESMAD-2": second} {
			if all := w.bodies(a, p); strings.Contains(all, "Falsa") || strings.Contains(all, "study") || strings.Contains(all, "Ida") == older {
				t.Errorf("the older program: %v; %s holds %s", older, name, all)
			}
		}
		w.sound()
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
