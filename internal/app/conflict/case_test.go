package conflict_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/conflict"
	"quipu/internal/app/conflict/conflicttest"
	"quipu/internal/app/node"
	"quipu/internal/app/review"
	"quipu/internal/authz"
	"quipu/internal/campaign"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/id"
	"quipu/internal/registry/same"
	"quipu/internal/rights"
	"quipu/internal/store"
	"quipu/internal/store/pgtest"
)

var head = authz.Actor{Login: "jefa", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}

// both runs a test on SQLite and on PostgreSQL.
func both(t *testing.T, f func(t *testing.T, a *app.App)) {
	t.Run("sqlite", func(t *testing.T) { f(t, open(t)) })
	t.Run("postgres", func(t *testing.T) {
		a, err := app.Open(ctx, filepath.Join(t.TempDir(), "reg"), app.Options{Create: true, Node: "TEST", Engine: node.Postgres, URL: pgtest.URL(t), Now: func() time.Time { return noon }})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { a.Close() })
		f(t, a)
	})
}

func folded(t *testing.T, a *app.App, ref change.Ref) (r change.Record) {
	t.Helper()
	err := a.DB.View(ctx, func(tx *store.Tx) error {
		changes, err := tx.Changes(ctx, ref)
		r = change.Fold(changes)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// matters are one of each kind that can be decided: how it is made, what is written here and
// what somebody wrote there without seeing it.
func matters(t *testing.T, a *app.App) map[change.Kind]struct {
	id    string
	here  func() error
	there map[string]string
} {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	person, other := enter(t, a), enter(t, a)
	_, err := a.InviteAccount(ctx, head, account.NewAccount{Login: "pedro", Name: "Pedro Inventado", Office: "ESMAD", Role: authz.Window})
	must(err)
	request, err := a.OpenRequest(ctx, head, rights.RequestCmd{Kind: rights.Access, Person: person, Channel: "window", Received: civil.FromTime(noon)})
	must(err)
	pair, err := a.Suspect(ctx, head, person, other)
	must(err)
	day := campaign.Day{Date: civil.FromTime(noon).AddDays(3), From: 540, To: 1020}
	plan := campaign.PlanCmd{Office: "ESMAD", City: "Sevilla", Venue: "Biblioteca", Days: []campaign.Day{day}, Services: []campaign.Service{"registry"}, Capacity: 100}
	camp, err := a.Campaigns.Plan(ctx, head, plan)
	must(err)
	return map[change.Kind]struct {
		id    string
		here  func() error
		there map[string]string
	}{
		change.User: {"pedro", func() error {
			return a.EditUser(ctx, head, "pedro", account.UserEdit{Name: "Pedro Inventado", Office: "ESMAD", Lang: "es", Role: authz.Supervisor, Active: true})
		}, map[string]string{"role": "head"}},
		rights.KindRequest: {request, func() error { return a.WithdrawRequest(ctx, head, request, "ya no lo necesita", id.Change{}) },
			map[string]string{"state": "refused", "reason": "no se puede", "closed": "2026-11-23"}},
		same.KindPair: {pair, func() error {
			_, err := a.Decide(ctx, head, pair, review.DecideCmd{Verdict: same.Different, Reason: "son dos primas"})
			return err
		}, map[string]string{"verdict": "unsure", "reason": "no lo sé todavía"}},
		campaign.KindCampaign: {camp, func() error {
			plan.Venue = "Escuela"
			return a.Campaigns.Revise(ctx, head, camp, plan, id.Change{})
		}, map[string]string{"venue": "Estadio"}},
	}
}

// TestCases: every kind of matter is listed, opened, refused to whom it is refused, and decided
// in each of the three ways, and the tables follow.
func TestCases(t *testing.T) {
	both(t, func(t *testing.T, a *app.App) {
		far := &conflicttest.Far{Node: "FAR", Office: "ESMAD", Login: "luis"}
		all := matters(t, a)
		for kind, m := range all {
			ref := change.Ref{Kind: kind, ID: m.id}
			for _, verdict := range []change.Verdict{change.Kept, change.Taken} {
				seen := folded(t, a, ref)
				if verdict == change.Kept {
					if err := m.here(); err != nil {
						t.Fatalf("%s: %v", kind, err)
					}
				}
				var sets []change.Set
				for f, text := range m.there {
					base := seen.Version(f)
					if verdict == change.Taken {
						base = id.Change{Node: "FAR", N: 999}
					}
					if f == "reason" || f == "note" {
						text = sealedAt(t, a, m.id, f, text)
					}
					sets = append(sets, change.Set{Field: f, Value: change.Text(text), Base: base})
				}
				c := far.Tell(t, a.Node, a.Exchange.Project, ref, noon, "edit", sets...)
				one := conflict.CaseID(c.ID)
				open, _, err := a.OpenConflicts(ctx, head)
				if err != nil || len(open) != 1 || open[0].ID != one || !open[0].Opens() || len(open[0].Fields) != len(m.there) {
					t.Fatalf("%s is listed as %+v, %v", kind, open, err)
				}
				if open, _, err := a.OpenConflicts(ctx, luis); err == nil && len(open) > 0 {
					t.Errorf("another office sees %+v", open)
				}
				page, err := a.Case(ctx, head, ref, one)
				if err != nil || len(page.Lines) != len(m.there) || !page.MayTake {
					t.Fatalf("%s: %+v, %v", kind, page, err)
				}
				if _, err := a.Case(ctx, luis, ref, one); fault.KindOf(err) != fault.Forbidden {
					t.Errorf("%s opened by another office: %v", kind, err)
				}
				cmd := conflict.CaseCmd{Verdict: verdict, Seen: page.Head}
				if err := a.DecideCase(ctx, head, ref, one, cmd); !fault.Is(err, "registry.settle_note") {
					t.Errorf("%s without a reason: %v", kind, err)
				}
				cmd.Note, cmd.Seen = "visto con la oficina", id.Change{Node: "FAR", N: 777}
				if err := a.DecideCase(ctx, head, ref, one, cmd); !fault.Is(err, "conflict.moved") {
					t.Errorf("%s upon another version: %v", kind, err)
				}
				cmd.Seen = page.Head
				if err := a.DecideCase(ctx, head, ref, one, cmd); err != nil {
					t.Fatalf("%s %s: %v", kind, verdict, err)
				}
				is := folded(t, a, ref)
				for _, l := range page.Lines {
					want := l.Stands.Value.Text
					if verdict == change.Taken {
						want = l.Beside.Value.Text
					}
					if got := is.Text(l.Field.Name); got != want && !sealedText(got) {
						t.Errorf("%s %s: %s is %q, not %q", kind, verdict, l.Field.Name, got, want)
					}
				}
				if err := a.DecideCase(ctx, head, ref, one, cmd); !fault.Is(err, "registry.settled_already") {
					t.Errorf("%s twice: %v", kind, err)
				}
				open, decided, err := a.OpenConflicts(ctx, head)
				if err != nil || len(open) != 0 || len(decided) == 0 {
					t.Errorf("%s decided: %+v, %+v, %v", kind, open, decided, err)
				}
			}
		}
		drift, err := a.VerifyProjections(ctx, authz.Actor{Login: "ana", Role: authz.Auditor, Purpose: "registry"}, nil)
		if err != nil || len(drift) > 0 {
			t.Errorf("%+v %v", drift, err)
		}
	})
}

// sealedAt is a text as it is logged under the key of an entity, which travels with it.
func sealedAt(t *testing.T, a *app.App, entity, field, text string) (out string) {
	t.Helper()
	err := a.DB.Update(ctx, func(tx *store.Tx) error {
		key, err := a.NewSealKey(ctx, tx, entity)
		if err == nil {
			out = key.Seal(field, text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func sealedText(s string) bool { return len(s) > 3 && s[:3] == "s1:" }

// TestCaseRules: another value is held against the rules, what follows from a decision is written
// with it, and nobody decides about his own account or gives what he could not give.
func TestCaseRules(t *testing.T) {
	a, far := open(t), &conflicttest.Far{Node: "FAR", Office: "ESMAD", Login: "luis"}
	all := matters(t, a)
	tell := func(kind change.Kind, pairs ...string) (change.Ref, string, id.Change) {
		ref := change.Ref{Kind: kind, ID: all[kind].id}
		var sets []change.Set
		for i := 0; i < len(pairs); i += 2 {
			sets = append(sets, change.Set{Field: pairs[i], Value: change.Text(pairs[i+1]), Base: id.Change{Node: "FAR", N: 999}})
		}
		c := far.Tell(t, a.Node, a.Exchange.Project, ref, noon, "edit", sets...)
		return ref, conflict.CaseID(c.ID), folded(t, a, ref).Head
	}
	say := func(who authz.Actor, ref change.Ref, one string, seen id.Change, v change.Verdict, pairs ...string) error {
		cmd := conflict.CaseCmd{Verdict: v, Note: "visto", Seen: seen, Values: map[string]string{}}
		for i := 0; i < len(pairs); i += 2 {
			cmd.Values[pairs[i]] = pairs[i+1]
		}
		return a.DecideCase(ctx, who, ref, one, cmd)
	}
	ref, one, seen := tell(change.User, "role", "admin", "name", "Otro")
	if err := say(head, ref, one, seen, change.Taken); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a head of post gives the role of an administrator: %v", err)
	}
	pedro := head
	pedro.Login = "pedro"
	if err := say(pedro, ref, one, seen, change.Kept); !fault.Is(err, "app.own_account") {
		t.Errorf("one decides about his own account: %v", err)
	}
	if err := say(head, ref, one, seen, change.Other, "role", "king"); !fault.Is(err, "values.form") {
		t.Errorf("a role that there is not: %v", err)
	}
	if err := say(head, ref, one, seen, change.Other); !fault.Is(err, "registry.settle_same") {
		t.Errorf("another value that stands: %v", err)
	}
	if err := say(head, ref, one, seen, change.Other, "role", "supervisor"); err != nil {
		t.Errorf("another role: %v", err)
	}
	if r := folded(t, a, ref); r.Text("role") != "supervisor" || r.Text("name") != "Pedro Inventado" || len(r.Decisions()) != 2 {
		t.Errorf("%+v", r)
	}
	ref, one, seen = tell(same.KindPair, "verdict", "same", "merge", "01ARZ3NDEKTSV4RRFFQ69G5FAV")
	if err := say(head, ref, one, seen, change.Taken); !fault.Is(err, "conflict.pair_apart") {
		t.Errorf("two who are not merged are said to be: %v", err)
	}
	if err := say(head, ref, one, seen, change.Kept); err != nil {
		t.Errorf("kept: %v", err)
	}
	if err := all[rights.KindRequest].here(); err != nil {
		t.Fatal(err)
	}
	ref, one, seen = tell(rights.KindRequest, "state", "in_progress")
	if err := say(head, ref, one, seen, change.Taken); err != nil {
		t.Fatal(err)
	}
	if q := folded(t, a, ref); q.Text("state") != "in_progress" || q.Text("closed") != "" || q.Text("reason") != "" {
		t.Errorf("a request that is open again has %+v", q.Fields)
	}
	ref, one, _ = tell(campaign.KindCampaign, "state", "open", "capacity", "50")
	if err := errors.Join(a.Campaigns.Move(ctx, head, ref.ID, campaign.UnderWay, id.Change{}), a.Campaigns.Move(ctx, head, ref.ID, campaign.Closed, id.Change{})); err != nil {
		t.Fatal(err)
	}
	seen = folded(t, a, ref).Head
	if err := say(head, ref, one, seen, change.Taken); !fault.Is(err, "conflict.blocked.closed") {
		t.Errorf("a campaign that is closed opens again: %v", err)
	}
	if err := say(head, ref, one, seen, change.Kept); err != nil {
		t.Errorf("kept: %v", err)
	}
}
