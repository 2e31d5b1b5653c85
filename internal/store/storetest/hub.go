package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"quipu/internal/change"
	"quipu/internal/id"
	"quipu/internal/store"
)

func testFiling(t *testing.T, db *store.DB) {
	a := store.Filed{Scope: "ESMAD", Seq: 1, Entity: "person/P", Enters: true}
	b := store.Filed{Scope: "ARBUE", Seq: 2, Entity: "person/P", Enters: true}
	c := store.Filed{Scope: "ESMAD", Seq: 2, Entity: "person/P"}
	d := store.Filed{Scope: "*", Seq: 3, Entity: "office/X", Enters: true}
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.File(ctx, nil), tx.File(ctx, []store.Filed{c, a, b, d}), tx.File(ctx, []store.Filed{{Scope: "ESMAD", Seq: 1, Entity: "other"}}))
	})
	at := func(seq int64, entity string) store.Filed { return store.Filed{Seq: seq, Entity: entity} }
	view(t, db, func(tx *store.Tx) error {
		all, err := tx.FiledAfter(ctx, []string{"*", "ARBUE", "ESMAD"}, 0, 9, 9)
		same(t, "all, each once", all, []store.Filed{at(1, "other"), at(1, "person/P"), at(2, "person/P"), at(3, "office/X")})
		one, err2 := tx.FiledAfter(ctx, []string{"ESMAD"}, 1, 9, 9)
		same(t, "of one scope after a place", one, []store.Filed{at(2, "person/P")})
		until, err3 := tx.FiledAfter(ctx, []string{"ARBUE", "ESMAD"}, 0, 1, 1)
		same(t, "until a place", until, []store.Filed{at(1, "other")})
		none, err4 := tx.FiledAfter(ctx, nil, 0, 9, 9)
		same(t, "none", len(none), 0)
		moved, err5 := tx.ScopesMoved(ctx, 1)
		same(t, "scopes moved", moved, []string{"*", "ARBUE", "ESMAD"})
		some, err6 := tx.FiledUntil(ctx, []string{"ESMAD", "*"}, 2, "", 9)
		same(t, "ever filed", some, []string{"other", "person/P"})
		last, err7 := tx.FiledUntil(ctx, []string{"ESMAD", "*"}, 9, "office/X", 1)
		same(t, "a page of it", last, []string{"other"})
		spans, err8 := tx.FiledSpans(ctx, "ESMAD", []string{"office/X", "other", "person/P"})
		same(t, "first and last", spans, map[string]store.FiledSpan{"other": {First: 1, Last: 1}, "person/P": {First: 1, Last: 2}})
		return errors.Join(err, err2, err3, err4, err5, err6, err7, err8)
	})
}

func testMembers(t *testing.T, db *store.DB) {
	var all []store.Member
	for i := range 600 {
		all = append(all, store.Member{Scope: "ESMAD", Entity: fmt.Sprintf("person/P%04d", i), Since: int64(i)})
	}
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutMembers(ctx, all), tx.PutMembers(ctx, []store.Member{{Scope: "ESMAD", Entity: "person/P0000", Since: 77}, {Scope: "campaign/C", Entity: "person/P0000", Since: 5}, {Scope: "ESMAD", Entity: "user/rosa", Since: 6}}))
	})
	view(t, db, func(tx *store.Tx) error {
		of, err := tx.ScopesOf(ctx, []string{"person/P0000", "person/P0001", "nobody"})
		same(t, "scopes", of, map[string][]string{"person/P0000": {"ESMAD", "campaign/C"}, "person/P0001": {"ESMAD"}})
		page, err2 := tx.Members(ctx, []string{"ESMAD", "campaign/C"}, "person/P0597", 2)
		first, err6 := tx.Members(ctx, []string{"ESMAD", "campaign/C"}, "", 2)
		same(t, "pages", [][]string{page, first}, [][]string{{"person/P0598", "person/P0599"}, {"person/P0000", "person/P0001"}})
		since, err3 := tx.Standing(ctx, []string{"person/P0000", "person/P0009", "user/ana"}, []string{"ESMAD", "campaign/C"})
		same(t, "one that came twice is in since it came", since, map[string]int64{"person/P0000": 0, "person/P0009": 9})
		people, err4 := tx.CountMembers(ctx, "ESMAD", "person")
		users, err5 := tx.CountMembers(ctx, "ESMAD", "user")
		same(t, "counted", []int64{people, users}, []int64{600, 1})
		return errors.Join(err, err2, err3, err4, err5, err6)
	})
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.DropMember(ctx, "ESMAD", "person/P0000"), tx.Append(ctx, []change.Change{made("AA", 1, "Q"), made("AA", 2, "P"), made("AA", 3, "Q")}))
	})
	view(t, db, func(tx *store.Tx) error {
		of, err := tx.ScopesOf(ctx, []string{"person/P0000"})
		same(t, "scopes left", of, map[string][]string{"person/P0000": {"campaign/C"}})
		told, err2 := tx.EntitiesAfter(ctx, "", 9)
		same(t, "entities of the log", told, []string{"person/P", "person/Q"})
		after, err3 := tx.EntitiesAfter(ctx, "person/P", 9)
		same(t, "after one", after, []string{"person/Q"})
		return errors.Join(err, err2, err3)
	})
}

func testPeers(t *testing.T, db *store.DB) {
	p := store.Peer{Name: "ESMAD-1", Kind: "office", Label: "Madrid, ventanilla ñ", Office: "ESMAD", State: store.PeerActive, Verify: "v", Seal: "s", Scopes: `[]`,
		LastN: 4, Chain: []byte{0, 255}, Cursor: 5, Within: "person/X", Version: "0.2", Schema: 1, Seen: 6, Drift: -7, Backlog: 8, Oldest: 12, Forgotten: 9,
		Refused: "", Made: 10, MadeBy: "ana", Note: ""}
	q := store.Peer{Name: "ARBUE-1", Kind: "laptop", State: store.PeerActive, Chain: []byte{3}}
	update(t, db, func(tx *store.Tx) error { return errors.Join(tx.PutPeer(ctx, p), tx.PutPeer(ctx, q)) })
	p.State, p.Ended, p.EndedBy, p.Note, p.LastN, p.Refused = store.PeerLost, 11, "ana", "robo", 5, "{}"
	update(t, db, func(tx *store.Tx) error { return tx.PutPeer(ctx, p) })
	view(t, db, func(tx *store.Tx) error {
		got, ok, err := tx.Peer(ctx, "ESMAD-1")
		_, none, err2 := tx.Peer(ctx, "esmad-1")
		all, err3 := tx.Peers(ctx)
		same(t, "peers", []any{got, ok, none, all}, []any{p, true, false, []store.Peer{q, p}})
		return errors.Join(err, err2, err3)
	})
	update(t, db, func(tx *store.Tx) error {
		first, err := tx.NoteCarried(ctx, "h", "ESMAD-1", "batch", 1)
		again, err2 := tx.NoteCarried(ctx, "h", "ESMAD-1", "batch", 2)
		same(t, "a file that came by hand", []bool{first, again}, []bool{true, false})
		return errors.Join(err, err2)
	})
}

// testFound: what a hub keeps of changes that it lost goes as they are offered, and with values that
// are taken out.
func testFound(t *testing.T, db *store.DB) {
	said := func(c change.Change) []byte { return change.Encode(&c) }
	one, two, three, four := made("BB", 1, "P"), made("BB", 2, "P"), made("BB", 3, "Q"), made("CC", 1, "Q")
	ids := []id.Change{one.ID, two.ID, three.ID, four.ID, {Node: "DD", N: 1}}
	keep := func(c change.Change, body, left []byte) store.Found {
		return store.Found{Change: c.ID, Entity: c.Entity.String(), Body: body, Left: left, From: "ESMAD-1", At: 7}
	}
	a, b, c, d := keep(one, said(one), nil), keep(two, said(two), []byte(`{"left":"ñ"}`)), keep(three, said(three), nil), keep(four, nil, []byte("{}"))
	kept := func(what string, want ...store.Found) {
		t.Helper()
		view(t, db, func(tx *store.Tx) error {
			got, err := tx.FoundOf(ctx, ids)
			all := map[id.Change][]store.Found{}
			for _, f := range want {
				all[f.Change] = append(all[f.Change], f)
			}
			same(t, what, got, all)
			return err
		})
	}
	erases := func(want bool, f func(tx *store.Tx) error) {
		t.Helper()
		update(t, db, func(tx *store.Tx) error {
			err := f(tx)
			same(t, "values are taken out", tx.Erases(), want)
			return err
		})
	}
	offered := func(upto int64, want ...id.Change) func(tx *store.Tx) error {
		return func(tx *store.Tx) error {
			were, err := tx.Offered(ctx, "BB", upto)
			same(t, "of which something was kept", were, want)
			return err
		}
	}
	erases(false, offered(9))
	update(t, db, func(tx *store.Tx) error { return tx.PutFound(ctx, []store.Found{a, keep(two, said(two), nil), d}) })
	update(t, db, func(tx *store.Tx) error { return tx.PutFound(ctx, []store.Found{b, c}) })
	kept("told", a, b, c, d)
	other := keep(one, []byte(`{"of":"another"}`), nil)
	other.From = "ESBCN-1"
	update(t, db, func(tx *store.Tx) error { return tx.PutFound(ctx, []store.Found{other}) })
	kept("told by two", other, a, b, c, d)
	erases(true, func(tx *store.Tx) error { return tx.StripFound(ctx, one.ID, "ESBCN-1", "ARBUE-1") })
	erases(false, func(tx *store.Tx) error { return tx.StripFound(ctx, one.ID, "ESBCN-1") })
	kept("what one of them told is taken away", a, b, c, d)
	update(t, db, func(tx *store.Tx) error { return tx.AppendReceived(ctx, []store.Pulled{pulled(0, one)}) })
	erases(false, offered(1, one.ID))
	kept("offered whole, as it was told", b, c, d)
	update(t, db, func(tx *store.Tx) error { return tx.AppendReceived(ctx, []store.Pulled{pulled(0, two)}) })
	erases(false, offered(2, two.ID))
	b.Body = nil
	kept("offered, and an erasure may follow", b, c, d)
	erases(true, offered(3, two.ID, three.ID))
	kept("what came into no log", b, d)
	erases(true, func(tx *store.Tx) error {
		return errors.Join(tx.StripFound(ctx, two.ID), tx.StripFound(ctx, four.ID), tx.StripFound(ctx, three.ID))
	})
	kept("when values are taken out")
	erases(false, func(tx *store.Tx) error { return tx.StripFound(ctx, two.ID) })
}

// testFoundFiles: the files of what a hub keeps aside go with it, unless something else names them.
func testFoundFiles(t *testing.T, db *store.DB) {
	two, four := made("BB", 2, "P"), made("CC", 1, "Q")
	keep := func(c change.Change) store.Found {
		return store.Found{Change: c.ID, Entity: c.Entity.String(), Body: change.Encode(&c), From: "ESMAD-1", At: 7}
	}
	begin := func(tx *store.Tx) error {
		return errors.Join(tx.PutFound(ctx, []store.Found{keep(two), keep(four)}),
			tx.NameFiles(ctx, map[string][]string{store.FoundFiles(two.ID): {"h2", "h9"}, store.FoundFiles(four.ID): {"h4"}, "person/P": {"h2", "h8"}}),
			tx.PutAttachment(ctx, "h2", "m", []byte("2")), tx.PutAttachment(ctx, "h4", "m", []byte("4")))
	}
	here := func(what string, want ...bool) {
		t.Helper()
		view(t, db, func(tx *store.Tx) error {
			one, err := tx.HasAttachment(ctx, "h2")
			other, err2 := tx.HasAttachment(ctx, "h4")
			same(t, what, []bool{one, other}, want)
			wanted, err3 := tx.Wanted(ctx, 9)
			same(t, "files that are wanted", wanted, []string{"h8"})
			return errors.Join(err, err2, err3)
		})
	}
	update(t, db, begin)
	here("files that came along", true, true)
	update(t, db, func(tx *store.Tx) error { return errors.Join(tx.StripFound(ctx, two.ID), tx.StripFound(ctx, four.ID)) })
	here("files of what values were taken out of", true, false)
	update(t, db, begin)
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.DropFound(ctx, "person/P"), tx.DropFound(ctx, "person/Q"))
	})
	here("files of an entity that is erased", true, false)
}

// testSettle: who has told a hub all that it found, for as long as the hub is the same.
func testSettle(t *testing.T, db *store.DB) {
	waits := func(but, hub, want string) {
		t.Helper()
		view(t, db, func(tx *store.Tx) error {
			got, err := tx.Unsettled(ctx, but, hub)
			same(t, "who has not told", got, want)
			return err
		})
	}
	waits("", "LIMA", "")
	late := store.Peer{Name: "ESMAD-L1", State: store.PeerActive, Chain: []byte{1}, Unawaited: 5}
	update(t, db, func(tx *store.Tx) error {
		var errs []error
		for _, p := range []store.Peer{{Name: "ARBUE-1", State: store.PeerActive}, {Name: "ESBCN-1", State: store.PeerActive}, {Name: "ESMAD-1", State: store.PeerActive},
			{Name: "AAAAA-1", State: store.PeerLost}, late} {
			errs = append(errs, tx.PutPeer(ctx, p))
		}
		return errors.Join(errs...)
	})
	waits("", "LIMA", "ARBUE-1")
	waits("ARBUE-1", "LIMA", "ESBCN-1")
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.Settle(ctx, "ARBUE-1", "LIMA"), tx.Settle(ctx, "ARBUE-1", "LIMA"), tx.Settle(ctx, "ESBCN-1", "LIMA"))
	})
	waits("ESMAD-1", "LIMA", "")
	waits("", "LIMA", "ESMAD-1")
	waits("", "LIMA-2", "ARBUE-1")
	late.Unawaited = 0 // it is waited for again; and writing a peer keeps what it told
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutPeer(ctx, late), tx.PutPeer(ctx, store.Peer{Name: "ARBUE-1", State: store.PeerActive, LastN: 4}), tx.Settle(ctx, "ESMAD-1", "LIMA"))
	})
	waits("", "LIMA", "ESMAD-L1")
}

func testEnrolCodes(t *testing.T, db *store.DB) {
	c := store.EnrolCode{Hash: "h", Peer: "ESMAD-1", Kind: "office", Label: "l", Office: "ESMAD", Scopes: "[]", Made: 1, MadeBy: "ana", Expires: 9}
	update(t, db, func(tx *store.Tx) error { return tx.PutEnrolCode(ctx, c) })
	c.Used = 5
	update(t, db, func(tx *store.Tx) error { return tx.PutEnrolCode(ctx, c) })
	view(t, db, func(tx *store.Tx) error {
		got, ok, err := tx.EnrolCode(ctx, "h")
		_, none, err2 := tx.EnrolCode(ctx, "x")
		same(t, "code", []any{got, ok, none}, []any{c, true, false})
		return errors.Join(err, err2)
	})
	update(t, db, func(tx *store.Tx) error { return tx.DropEnrolCodes(ctx, "ESMAD-1") })
	view(t, db, func(tx *store.Tx) error {
		_, ok, err := tx.EnrolCode(ctx, "h")
		same(t, "dropped", ok, false)
		return err
	})
}

func testForget(t *testing.T, db *store.DB) {
	a, b := store.Forget{Peer: "", Entity: "person/P", Asked: 4}, store.Forget{Peer: "", Entity: "person/Q", Asked: 5, Done: 9}
	other := store.Forget{Peer: "ESMAD-1", Entity: "person/P", Asked: 4}
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutForgets(ctx, []store.Forget{a, b, other}), tx.Append(ctx, []change.Change{made("AA", 1, "P"), made("AA", 2, "Q")}))
	})
	view(t, db, func(tx *store.Tx) error {
		all, err := tx.Forgets(ctx, "", "", false, false, 9)
		open, err2 := tx.Forgets(ctx, "", "", true, false, 9)
		untold, err3 := tx.Forgets(ctx, "", "", false, true, 9)
		after, err4 := tx.Forgets(ctx, "", "person/P", false, false, 9)
		of, err5 := tx.ForgetsOf(ctx, "ESMAD-1", []string{"person/P", "person/Q"})
		same(t, "lists", []any{all, open, untold, after, of}, []any{[]store.Forget{a, b}, []store.Forget{a}, []store.Forget{b}, []store.Forget{b},
			map[string]store.Forget{"person/P": other}})
		lost, err6 := tx.PeopleWithoutRow(ctx, 9)
		same(t, "people without a row who should have one", lost, []string{"P"})
		at, err7 := tx.LastForgotten(ctx, "")
		never, err8 := tx.LastForgotten(ctx, "ESMAD-1")
		same(t, "forgotten last", []int64{at, never}, []int64{9, 0})
		return errors.Join(err, err2, err3, err4, err5, err6, err7, err8)
	})
	b.Told = 10
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutForgets(ctx, []store.Forget{b}), tx.DropForgets(ctx, "", []string{"person/P"}))
	})
	view(t, db, func(tx *store.Tx) error {
		all, err := tx.Forgets(ctx, "", "", false, false, 9)
		same(t, "what is left", all, []store.Forget{b})
		return err
	})
}

// testDropRows: a person who leaves is found by nothing, and can come back.
func testDropRows(t *testing.T, db *store.DB) {
	one, two := person(1, "QUISPE JUAN", "dni:1"), person(2, "QUISPE ANA", "dni:2")
	putPeople(t, db, one, two)
	var heard []store.Saved
	db.Listen(store.Listener{Saved: func(s store.Saved) { heard = append(heard, s) }})
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutRegistrationTime(ctx, store.RegistrationTime{Person: one.ID, Office: "ESMAD", Seconds: 3, At: 1}), tx.DropRows(ctx, nil))
	})
	update(t, db, func(tx *store.Tx) error { return tx.DropRows(ctx, []string{one.ID, "nobody"}) })
	look := func(rows int, found []store.PersonRow) {
		t.Helper()
		view(t, db, func(tx *store.Tx) error {
			byKey, err := tx.PersonIDs(ctx, []string{"dni:1", "dni:2"})
			same(t, "found by key", len(byKey), rows)
			got, err2 := tx.MatchNames(ctx, []string{"QUISPE"}, 9)
			same(t, "found by name", got, found)
			times, err3 := tx.RegistrationTimes(ctx, "ESMAD", 9)
			same(t, "times", len(times), 0)
			return errors.Join(err, err2, err3)
		})
	}
	look(1, []store.PersonRow{stored(two)})
	same(t, "what was heard", heard, []store.Saved{{People: []store.PersonRow{{Row: 1, ID: one.ID, Number: one.Number, Entry: store.EntryGone}}}})
	one.New = false
	putPeople(t, db, one)
	look(2, []store.PersonRow{stored(one), stored(two)})
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutRequest(ctx, store.RequestRow{ID: "R1"}), tx.PutRequest(ctx, store.RequestRow{ID: "R2"}),
			tx.DropEntities(ctx, "request", []string{"R1"}), tx.DropEntities(ctx, "person", []string{"R2"}))
	})
	view(t, db, func(tx *store.Tx) error {
		left, err := tx.OpenRequests(ctx, "", 9)
		same(t, "requests left", left, []store.RequestRow{{ID: "R2"}})
		return err
	})
}

func testContested(t *testing.T, db *store.DB) {
	row := func(entity, field string, n int64, office string) store.ContestedRow {
		return store.ContestedRow{Entity: entity, Field: field, Change: id.Change{Node: "AA", N: n}, Reason: "base", Office: office, At: 100 - n}
	}
	a, b, c := row("person/P", "sex", 1, "ESMAD"), row("person/P", "", 2, "ESMAD"), row("person/Q", "sex", 3, "ARBUE")
	update(t, db, func(tx *store.Tx) error {
		return tx.PutContested(ctx, []string{"person/P", "person/Q"}, []store.ContestedRow{a, b, c})
	})
	view(t, db, func(tx *store.Tx) error {
		all, err := tx.Contested(ctx, "", 9)
		madrid, err2 := tx.Contested(ctx, "ESMAD", 1)
		of, err3 := tx.ContestedOf(ctx, "person/P")
		n, err4 := tx.CountContested(ctx, "")
		one, err5 := tx.CountContested(ctx, "ESMAD")
		same(t, "contested", []any{all, madrid, of, n, one}, []any{[]store.ContestedRow{c, b, a}, []store.ContestedRow{b}, []store.ContestedRow{b, a}, int64(2), int64(1)})
		return errors.Join(err, err2, err3, err4, err5)
	})
	update(t, db, func(tx *store.Tx) error { return tx.PutContested(ctx, []string{"person/P"}, nil) })
	view(t, db, func(tx *store.Tx) error {
		all, err := tx.Contested(ctx, "", 9)
		same(t, "left", all, []store.ContestedRow{c})
		return err
	})
}

func testAttached(t *testing.T, db *store.DB) {
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutAttached(ctx, []store.Attached{{Hash: "h1", Entity: "person/P"}, {Hash: "h1", Entity: "person/Q"}, {Hash: "h2", Entity: "person/P"}, {Hash: "h3", Entity: "person/Q"}, {Hash: "h1", Entity: "person/P"}}),
			tx.PutAttachment(ctx, "h1", "image/jpeg", []byte("1")), tx.PutAttachment(ctx, "h2", "image/jpeg", []byte("2")))
	})
	view(t, db, func(tx *store.Tx) error {
		to, err := tx.AttachedTo(ctx, "h1")
		wanted, err2 := tx.Wanted(ctx, 9)
		same(t, "named and wanted", []any{to, wanted}, []any{[]string{"person/P", "person/Q"}, []string{"h3"}})
		return errors.Join(err, err2)
	})
	update(t, db, func(tx *store.Tx) error { return tx.DropAttached(ctx, []string{"person/P"}) })
	view(t, db, func(tx *store.Tx) error {
		_, one, there, err := tx.Attachment(ctx, "h1")
		_, _, gone, err2 := tx.Attachment(ctx, "h2")
		to, err3 := tx.AttachedTo(ctx, "h1")
		same(t, "what another names stays", []any{bytes.Equal(one, []byte("1")), there, gone, to}, []any{true, true, false, []string{"person/Q"}})
		return errors.Join(err, err2, err3)
	})
}

func testNameFiles(t *testing.T, db *store.DB) {
	update(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.PutAttachment(ctx, "h1", "image/jpeg", []byte("1")), tx.PutAttachment(ctx, "h2", "image/jpeg", []byte("2")),
			tx.NameFiles(ctx, map[string][]string{"person/P": {"h1", "h2"}, "person/Q": {"h2"}, "person/R": nil}),
			tx.NameFiles(ctx, map[string][]string{"person/P": {"h3"}}))
	})
	view(t, db, func(tx *store.Tx) error {
		_, _, one, err := tx.Attachment(ctx, "h1")
		_, _, two, err2 := tx.Attachment(ctx, "h2")
		to, err3 := tx.AttachedTo(ctx, "h2")
		wanted, err4 := tx.Wanted(ctx, 9)
		same(t, "files that are named", []any{one, two, to, wanted}, []any{false, true, []string{"person/Q"}, []string{"h3"}})
		p, err5 := tx.PeopleByNumber(ctx, []string{"00000000007", "00000000008"})
		same(t, "people by number", p, map[string]string{})
		return errors.Join(err, err2, err3, err4, err5)
	})
}
