package oversight_test

import (
	"testing"
	"time"

	"quipu/internal/access"
	"quipu/internal/app"
	"quipu/internal/app/oversight"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/store"
)

func TestOverseeDay(t *testing.T) {
	a, c := open(t)
	rosa, marta := officer("rosa", authz.Window, "ESMAD"), officer("marta", authz.Head, "ESMAD")
	c.t = time.Date(2026, 11, 22, 22, 59, 0, 0, time.UTC) // one minute before midnight in Madrid
	registered(t, a, rosa, "Flores", "Huamán", "10117410")
	c.t = c.t.Add(2 * time.Minute)
	people := []string{registered(t, a, rosa, "Quispe", "Mamani", "40404040")}
	c.t = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	people = append(people, registered(t, a, marta, "Ríos", "Soto", "41414141"), registered(t, a, rosa, "Paz", "Luna", "42424242"))
	for i, seconds := range []int64{100, 0, 161} {
		who := rosa
		if i == 1 {
			who = marta
		}
		if err := a.NoteRegistrationTime(ctx, who, people[i], seconds); err != nil {
			t.Fatal(err)
		}
	}
	look(t, a, marta, people[0])                                     // reserved values
	look(t, a, officer("carlos", authz.Head, "USPAT"), people[0])    // from elsewhere, before his office opens
	look(t, a, officer("luz", authz.Supervisor, "USPAT"), people[1]) // and another
	run := func(id string, ago time.Duration) store.ImportRun {
		return store.ImportRun{ID: id, Office: "ESMAD", File: id + ".csv", State: "running", Started: c.t.Add(-ago).UnixMicro()}
	}
	err := a.DB.Update(ctx, func(tx *store.Tx) error {
		for _, r := range []store.ImportRun{run("young", time.Minute), run("old", time.Hour)} {
			if err := tx.PutImportRun(ctx, r); err != nil {
				return err
			}
		}
		return tx.PutSession(ctx, store.Session{Token: "s", Login: "nobody", Expires: c.t.Add(time.Hour).UnixMicro()})
	})
	if err != nil {
		t.Fatal(err)
	}
	day, err := a.OverseeDay(ctx, marta)
	if err != nil {
		t.Fatal(err)
	}
	if len(day.Registrations) != 3 || day.Registrations[0].Person != people[0] || !day.Begins.Equal(time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC)) {
		t.Errorf("registrations since %s: %+v", day.Begins, day.Registrations)
	}
	if day.Timed != 2 || day.Median != 130500*time.Millisecond {
		t.Errorf("median %s of %d", day.Median, day.Timed)
	}
	if day.Marked[access.Reserved] != 1 || day.Marked[access.Outside] != 2 || day.Marked[access.Hours] != 2 {
		t.Errorf("marked %v", day.Marked)
	}
	if len(day.Imports) != 2 || day.Imports[0].ID != "young" || day.Imports[0].Cut || !day.Imports[1].Cut {
		t.Errorf("imports %+v", day.Imports)
	}
	if m, err := a.Morning(ctx, rosa); err != nil || m != (oversight.Morning{Registrations: 3, Own: 2}) {
		t.Errorf("the window's morning: %+v, %v", m, err)
	}
	if _, err := a.Morning(ctx, officer("amelia", authz.Auditor, "ESMAD")); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an auditor's morning: %v", err)
	}
	for _, who := range []app.Actor{rosa, officer("amelia", authz.Auditor, "ESMAD")} {
		if _, err := a.OverseeDay(ctx, who); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s sees it: %v", who.Role, err)
		}
	}
}

// TestMedian: half of the times are at most the median, and half at least.
func TestMedian(t *testing.T) {
	a, _ := open(t)
	marta := officer("marta", authz.Head, "ESMAD")
	if day, err := a.OverseeDay(ctx, marta); err != nil || day.Median != 0 || day.Timed != 0 {
		t.Errorf("of no times: %s, %v", day.Median, err)
	}
	for i := range 30 { // the first ten are older than the last twenty
		err := a.DB.Update(ctx, func(tx *store.Tx) error {
			return tx.PutRegistrationTime(ctx, store.RegistrationTime{Person: string(rune('A' + i)), Author: "rosa", Office: "ESMAD", Seconds: int64(100 - i), At: int64(1000 + i)})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if day, err := a.OverseeDay(ctx, marta); err != nil || day.Median != 80500*time.Millisecond || day.Timed != 20 {
		t.Errorf("of the times 71 to 90: %s of %d, %v", day.Median, day.Timed, err)
	}
}
