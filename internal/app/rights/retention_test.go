package rights_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quipu/internal/app"
	own "quipu/internal/app/rights"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/rights"
)

// secrets are words of Juan's record that must be nowhere once it was anonymised.
var secrets = []string{"QUISPE", "Quispe", "Mamani", "Juan Carlos", "10117410", "34600111222", "34600999000", "Inventada 5", "lo pidió por teléfono", "María Apoderada"}

func (d *desk) sleep(years int) { d.now = d.now.AddDate(years, 0, 1) }

// another registers somebody who stays.
func (d *desk) another() string {
	d.t.Helper()
	cmd := juan()
	cmd.Inputs = []registry.Input{text("surname_paternal", "Ramos"), text("given_names", "Elsa"), text("birth_date", "1980"), text("sex", "F"),
		text("nationality_basis", "birth_in_country"), text("residence_country", "ES"), text("safe_hours", "siempre")}
	out, err := d.Register(ctx, window, cmd, false)
	d.must(err)
	return out.Person
}

// worn gives Juan's record a past: a photograph, another telephone, a request, a close.
func (d *desk) worn() {
	d.t.Helper()
	var photo bytes.Buffer
	d.must(png.Encode(&photo, image.NewRGBA(image.Rect(0, 0, 350, 450))))
	_, err := d.SetPhoto(ctx, window, d.person, photo.Bytes())
	d.must(err)
	page, err := d.Person(ctx, head, d.person, time.Time{})
	d.must(err)
	phone := page.Person.Items("phone")[0]
	_, err = d.Edit(ctx, window, d.person, []registry.Input{{Field: "phone/" + phone.ID, Base: phone.Version},
		{Field: "phone/new", Value: change.Group("number", "+34600999000")}}, "lo pidió por teléfono")
	d.must(err)
	q := d.ask(rights.Opposition)
	d.must(d.AnswerRequest(ctx, head, q, rights.Answer{State: rights.Refused, Reason: "es un registro público", Told: true}, id.Change{}))
	_, err = d.CloseRegistration(ctx, window, d.person, "returned", "vuelve con María Apoderada")
	d.must(err)
}

// clean fails the test unless the log proves itself and the lists agree with it.
func (d *desk) clean() {
	d.t.Helper()
	report, err := d.VerifyLog(ctx, head, nil, nil)
	if err != nil || !report.Clean() {
		d.t.Errorf("the log is damaged: %+v, %v", report.Findings, err)
	}
	drift, err := d.VerifyProjections(ctx, head, nil)
	if err != nil || len(drift) != 0 {
		d.t.Errorf("the lists differ from the log: %+v, %v", drift, err)
	}
}

func TestWholeEntryIsErased(t *testing.T) {
	d := open(t)
	elsa := d.another()
	d.worn()
	before := d.now
	d.must(d.KeepCheckpoint(ctx))
	if report, err := d.WhatIsDue(ctx, head, "ESMAD", 10, nil); err != nil || len(report.Lines) != 0 {
		t.Fatalf("due on the first day: %+v, %v", report, err)
	}
	d.sleep(5)
	_, err := d.Confirm(ctx, window, elsa)
	d.must(err)
	report, err := d.WhatIsDue(ctx, head, "ESMAD", 10, nil)
	if err != nil || report.People != 2 || len(report.Lines) != 1 || report.Lines[0].Who.ID != d.person || report.Classes["episode"] != 1 {
		t.Fatalf("due after five years: %+v, %v", report, err)
	}
	if _, err := d.WhatIsDue(ctx, head, "", 0, nil); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a head of post looked everywhere: %v", err)
	}
	if report, err := d.WhatIsDue(ctx, privacy, "", 0, nil); err != nil || report.Classes["episode"] != 1 || len(report.Lines) != 0 {
		t.Errorf("everywhere: %+v, %v", report, err)
	}
	for _, who := range []authz.Actor{window, who("pat", authz.Head, "USPAT")} {
		if _, _, err := d.ProposeRetention(ctx, who, "ESMAD"); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s of %s proposed: %v", who.Role, who.Office, err)
		}
	}
	proposal, people, err := d.ProposeRetention(ctx, head, "ESMAD")
	if err != nil || people != 1 {
		t.Fatalf("proposed %d, %v", people, err)
	}
	if _, _, err := d.ProposeRetention(ctx, privacy, "ESMAD"); !fault.Is(err, "rights.proposal_open") {
		t.Errorf("a second proposal: %v", err)
	}
	if _, err := d.ApproveProposal(ctx, head, proposal, id.Change{}); !fault.Is(err, "rights.own_proposal") {
		t.Errorf("one officer's two eyes were four: %v", err)
	}
	if _, err := d.ApproveProposal(ctx, who("eva", authz.Supervisor, "ESMAD"), proposal, id.Change{}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a supervisor approved: %v", err)
	}
	d.must(d.Index.Load(ctx, nil))
	d.must(d.Index.Save(ctx))
	if n, err := d.ApproveProposal(ctx, privacy, proposal, id.Change{}); err != nil || n != 1 {
		t.Fatalf("erased of %d, %v", n, err)
	}
	if _, err := os.Stat(filepath.Join(d.Dir(), "people.index")); !os.IsNotExist(err) {
		t.Errorf("the file of the index outlived the values: %v", err)
	}
	if hits, err := d.Search(ctx, head, "Cuispe Mamany Juan", 5); err != nil || len(hits) != 0 {
		t.Errorf("who was erased is found: %+v, %v", hits, err)
	}
	made := d.Index.Rebuilt()
	d.must(d.Index.Save(ctx))
	if d.Index.Rebuilt() != made+1 {
		t.Error("the words of who was erased are in the new file")
	}
	d.clean()
	d.gone(elsa, before)
	if _, err := d.ApproveProposal(ctx, privacy, proposal, id.Change{}); !fault.Is(err, "rights.proposal_decided") {
		t.Errorf("approved twice: %v", err)
	}
	if _, _, err := d.ProposeRetention(ctx, head, "ESMAD"); !fault.Is(err, "rights.nothing_due") {
		t.Errorf("something is due again: %v", err)
	}
	checks, err := d.Checkup(ctx, head, 1000, time.Minute)
	d.must(err)
	for _, c := range checks {
		if c.Name == "changes" && c.State != app.Fine {
			t.Errorf("the check-up says %+v", c)
		}
	}
}

// gone fails the test when something of Juan is left, or something of Elsa is not.
func (d *desk) gone(elsa string, before time.Time) {
	d.t.Helper()
	raw := d.raw()
	d.must(d.Scrub(ctx, privacy))
	for _, file := range []string{"quipu.db", "quipu.db-wal"} {
		data, err := os.ReadFile(filepath.Join(d.dir, file))
		if err != nil && file == "quipu.db" {
			d.t.Fatal(err)
		}
		raw += string(data)
	}
	for _, s := range secrets {
		if strings.Contains(raw, s) {
			d.t.Errorf("%q is still in the register", s)
		}
	}
	// An item's name is made of what it says, and could be tried out.
	for _, it := range []struct{ field, item string }{{"document", registry.ItemField(registry.Lookup("document"), map[string]string{"type": "dni", "number": "10117410", "issuer": "PER"})},
		{"phone", registry.ItemField(registry.Lookup("phone"), map[string]string{"number": "+34600111222"})}} {
		if strings.Contains(raw, it.item) {
			d.t.Errorf("%s is still in the register", it.item)
		}
	}
	for _, asOf := range []time.Time{{}, before} {
		page, err := d.Person(ctx, head, d.person, asOf)
		d.must(err)
		for f, h := range page.Person.Fields {
			if !h.Value.Empty() && f != "number" && f != "entry" && !strings.HasPrefix(f, "registration/") {
				d.t.Errorf("as of %v %s says %+v", asOf, f, h.Value)
			}
		}
		if asOf.IsZero() && (registry.Status(&page.Person, d.Today()) != registry.StateErased || page.Person.Items("registration")[0].Value.Part("opened") != "2026") {
			d.t.Errorf("the entry is not counted: %+v", page.Person.Fields)
		}
		if len(page.Changes) < 4 || page.Changes[0].Author != "rosa" || page.Changes[0].Action != "register" {
			d.t.Errorf("it is not known any more who wrote: %+v", page.Changes)
		}
	}
	for _, q := range []string{"Quispe Mamani", "10117410", "+34600999000"} {
		if hits, err := d.Search(ctx, head, q, 5); err != nil || len(hits) != 0 {
			d.t.Errorf("%q finds %+v, %v", q, hits, err)
		}
	}
	erased, err := d.Person(ctx, head, d.person, time.Time{})
	d.must(err)
	if hits, err := d.Search(ctx, head, erased.Person.Text("number"), 5); err != nil || len(hits) != 0 {
		d.t.Errorf("the number finds %+v, %v", hits, err)
	}
	page, err := d.Person(ctx, head, elsa, time.Time{})
	if err != nil || page.Person.Text("surname_paternal") != "Ramos" || page.Person.Text("safe_hours") != "siempre" {
		d.t.Errorf("Elsa reads %+v, %v", page.Person.Fields, err)
	}
	data, err := d.HandOut(ctx, head, d.person, own.FormatJSON, "", i18n.Spanish)
	if err != nil || data.Photo != nil || len(data.Requests) != 1 || data.Requests[0].Wants != "" {
		d.t.Errorf("own data still says %+v, %v", data, err)
	}
	body, err := json.Marshal(data)
	d.must(err)
	fits(d.t, body)
	d.reopen()
	d.clean()
}

func TestContactIsErased(t *testing.T) {
	d := open(t)
	d.must(firstErr(d.Edit(ctx, window, d.person, []registry.Input{{Field: "phone/new", Value: change.Group("number", "+34600999000")}}, "lo pidió por teléfono")))
	d.sleep(2)
	proposal, people, err := d.ProposeRetention(ctx, head, "ESMAD")
	if err != nil || people != 1 {
		t.Fatalf("proposed %d, %v", people, err)
	}
	page, err := d.Proposal(ctx, privacy, proposal)
	if err != nil || !page.May.Approve || page.Proposal.Items[0].Classes[0] != "contact" || page.People[d.person].SurnamePaternal != "Quispe" {
		t.Fatalf("the proposal shows %+v, %v", page, err)
	}
	if _, err := d.ApproveProposal(ctx, privacy, proposal, page.Proposal.Head); err != nil {
		t.Fatal(err)
	}
	d.clean()
	raw := d.raw()
	for _, s := range []string{"34600111222", "34600999000", "Inventada 5", "lo pidió por teléfono"} {
		if strings.Contains(raw, s) {
			t.Errorf("%q is still in the log", s)
		}
	}
	p, err := d.Person(ctx, head, d.person, time.Time{})
	if err != nil || p.Person.Text("surname_paternal") != "Quispe" || len(p.Person.Items("document")) != 1 || len(p.Person.Items("phone")) != 0 || p.Person.Text("safe_hours") != "" {
		t.Errorf("the record is %+v, %v", p.Person.Fields, err)
	}
	past := registry.History(p.Changes, "")
	erased := 0
	for _, h := range past {
		if h.Erased {
			erased++
		}
	}
	if erased < 4 {
		t.Errorf("the history does not say what was erased: %+v", past)
	}
	// The person gives a telephone again, and it is kept.
	d.must(firstErr(d.Edit(ctx, window, d.person, []registry.Input{{Field: "phone/new", Value: change.Group("number", "+34600111222")}}, "")))
	d.clean()
}

func firstErr(_ app.Outcome, err error) error { return err }

func TestErasedAtTheirRequest(t *testing.T) {
	d := open(t)
	d.must(firstErr(d.Edit(ctx, window, d.person, []registry.Input{text("civil_status", "married"), text("motive", "work")}, "")))
	q := d.ask(rights.Cancellation)
	if _, err := d.ProposeErasure(ctx, head, q, "person", "lo pide"); !fault.Is(err, "rights.still_registered") {
		t.Errorf("somebody registered would be anonymised: %v", err)
	}
	if _, err := d.ProposeErasure(ctx, head, q, "section:identity", "lo pide"); !fault.Is(err, "rights.choose") {
		t.Errorf("the identity of somebody registered would be erased: %v", err)
	}
	proposal, err := d.ProposeErasure(ctx, head, q, "section:profile photo", "lo pide")
	d.must(err)
	if n, err := d.ApproveProposal(ctx, privacy, proposal, id.Change{}); err != nil || n != 1 {
		t.Fatalf("erased of %d, %v", n, err)
	}
	d.clean()
	if raw := d.raw(); strings.Contains(raw, "married") || !strings.Contains(raw, "Quispe") {
		t.Error("not what was asked for was erased")
	}
	page, err := d.Request(ctx, head, q)
	d.must(err)
	if len(page.Outcomes) != 1 || page.Outcomes[0].Action != registry.ActionRetention || len(page.Erasures) != 1 || page.Request.Wants == "" {
		t.Fatalf("the request shows %+v, %+v", page.Outcomes, page.Erasures)
	}
	d.must(d.AnswerRequest(ctx, head, q, rights.Answer{State: rights.Granted, Reason: "borrado", Outcome: page.Outcomes[0].Change}, id.Change{}))

	_, err = d.CloseRegistration(ctx, window, d.person, "asked_out", "")
	d.must(err)
	q = d.ask(rights.Cancellation)
	proposal, err = d.ProposeErasure(ctx, head, q, "person", "ya no está inscrito")
	d.must(err)
	d.must(d.RejectProposal(ctx, head, proposal, "mejor otro día", id.Change{}))
	proposal, err = d.ProposeErasure(ctx, head, q, "person", "ya no está inscrito")
	d.must(err)
	if n, err := d.ApproveProposal(ctx, privacy, proposal, id.Change{}); err != nil || n != 1 {
		t.Fatalf("erased of %d, %v", n, err)
	}
	d.clean()
	if raw := d.raw(); strings.Contains(raw, "Quispe") {
		t.Error("the name is still in the log")
	}
	if _, err := d.ProposeErasure(ctx, head, q, "person", "otra vez"); !fault.Is(err, "rights.nothing_held") {
		t.Errorf("an anonymised entry would be erased again: %v", err)
	}
	if _, err := d.ProposeErasure(ctx, head, q, "", "otra vez"); !fault.Is(err, "rights.choose") {
		t.Errorf("nothing would be erased: %v", err)
	}
	page, err = d.Request(ctx, head, q)
	if err != nil || page.Request.Wants == "" || page.Who.SurnamePaternal != "" {
		t.Errorf("the request that asked for it reads %+v, %v", page, err)
	}
}
