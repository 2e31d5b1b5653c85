package rights_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/conflict/conflicttest"
	"quipu/internal/app/node"
	own "quipu/internal/app/rights"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/id"
	"quipu/internal/registry"
	"quipu/internal/render"
	"quipu/internal/rights"
	"quipu/internal/store"
)

var ctx = context.Background()

// desk is a register with officers, people and a clock that moves when told.
type desk struct {
	*app.App
	t      *testing.T
	dir    string
	now    time.Time
	person string
}

func open(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, dir: filepath.Join(t.TempDir(), "reg"), now: time.Date(2026, 11, 23, 9, 30, 0, 0, time.FixedZone("CET", 3600))}
	d.reopen()
	d.account("rosa", "Rosa Inventada", authz.Window)
	d.account("ana", "Ana Inventada", authz.Head)
	out, err := d.Register(ctx, who("rosa", authz.Window, "ESMAD"), juan(), false)
	if err != nil {
		t.Fatal(err)
	}
	d.person = out.Person
	return d
}

func (d *desk) reopen() {
	d.t.Helper()
	if d.App != nil {
		d.App.Close()
	}
	a, err := app.Open(ctx, d.dir, app.Options{Create: true, Node: "TEST", Now: func() time.Time { return d.now }})
	if err != nil {
		d.t.Fatal(err)
	}
	d.App = a
	d.t.Cleanup(func() { a.Close() })
}

func (d *desk) account(login, name string, role authz.Role) {
	d.t.Helper()
	err := d.CreateAccount(ctx, node.Operator("test", "ESMAD"), account.NewAccount{Login: login, Name: name, Role: role, Office: "ESMAD", Lang: "es", Password: account.DemoPassword})
	if err != nil {
		d.t.Fatal(err)
	}
}

func who(login string, role authz.Role, office string) authz.Actor {
	return authz.Actor{Login: login, Role: role, Office: office, Purpose: "registry"}
}

var (
	window  = who("rosa", authz.Window, "ESMAD")
	head    = who("ana", authz.Head, "ESMAD")
	privacy = who("olga", authz.Privacy, "USPAT")
)

func text(field, value string) registry.Input {
	return registry.Input{Field: field, Value: change.Text(value)}
}

func juan() registry.RegisterCmd {
	return registry.RegisterCmd{Office: "ESMAD", Kind: "resident", Channel: "window", Prov: change.Provenance{Source: "document_seen", Confidence: "certain"}, Inputs: []registry.Input{
		text("surname_paternal", "Quispe"), text("surname_maternal", "Mamani"), text("given_names", "Juan Carlos"),
		text("birth_date", "1968-04"), text("sex", "M"), text("nationality_basis", "birth_in_country"), text("residence_country", "ES"),
		text("safe_hours", "solo de 10 a 12"),
		{Field: "document/", Value: change.Group("type", "dni", "number", "10117410", "check", "2", "issuer", "PER", "verification", "seen_original")},
		{Field: "phone/", Value: change.Group("number", "+34600111222")},
		{Field: "address/", Value: change.Group("lines", "Calle Inventada 5", "city", "Madrid", "country", "ES")},
		{Field: "consent/", Value: change.Group("purpose", "alerts", "version", "2026-1", "language", "spa", "granted", "2026-11-23")},
	}}
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// raw is every change of the register as it is stored.
func (d *desk) raw() string {
	d.t.Helper()
	var b strings.Builder
	d.must(d.DB.View(ctx, func(tx *store.Tx) error {
		return tx.Log(ctx, 0, 1<<30, func(e store.Entry) error { b.Write(append(e.Body, '\n')); return nil })
	}))
	return b.String()
}

func (d *desk) ask(kind rights.Kind) string {
	d.t.Helper()
	id, err := d.OpenRequest(ctx, window, rights.RequestCmd{Kind: kind, Person: d.person, Channel: "window", Wants: "que corrijan mi distrito",
		Representative: "María Apoderada", Shown: "carta poder", Received: civil.FromTime(d.now)})
	d.must(err)
	return id
}

func (d *desk) request(id string) *shown {
	d.t.Helper()
	p, err := d.Request(ctx, head, id)
	d.must(err)
	return &shown{p.Request.State, p.Request.Head, p.Clock, len(p.Outcomes)}
}

// shown is what the tests look at of a request.
type shown struct {
	state rights.State
	head  id.Change
	clock rights.Clock
	deeds int
}

func TestRequestsAreAnswered(t *testing.T) {
	d := open(t)
	q := d.ask(rights.Rectification)
	if raw := d.raw(); strings.Contains(raw, "distrito") || strings.Contains(raw, "Apoderada") || !strings.Contains(raw, `"f":"wants"`) {
		t.Error("the words of the request are in the log in clear, or not at all")
	}
	for actor, want := range map[*authz.Actor]bool{&window: true, &head: true, &privacy: true} {
		if lines, err := d.Inbox(ctx, *actor, false, 10); err != nil || len(lines) != 1 || lines[0].Clock.Pace != rights.Running || lines[0].Who.ID != d.person {
			t.Errorf("%s sees %+v, %v; want %v", actor.Role, lines, err, want)
		}
	}
	if lines, err := d.Inbox(ctx, who("pat", authz.Head, "USPAT"), false, 10); err != nil || len(lines) != 0 {
		t.Errorf("another office sees %+v, %v", lines, err)
	}
	before := d.request(q)
	if err := d.AnswerRequest(ctx, window, q, rights.Answer{State: rights.Refused, Reason: "no procede", Told: true}, before.head); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a window clerk answered: %v", err)
	}
	d.must(d.BeginRequest(ctx, head, q, before.head))
	if err := d.ExtendRequest(ctx, head, q, "falta un informe", before.head); !fault.Is(err, "rights.moved") {
		t.Errorf("somebody decided on what another had changed: %v", err)
	}
	d.now = d.now.Add(time.Hour)
	answer := rights.Answer{State: rights.Granted, Reason: "procede", Outcome: id.Change{Node: "TEST", N: 1}}
	if err := d.AnswerRequest(ctx, head, q, answer, id.Change{}); !fault.Is(err, "rights.outcome_other") {
		t.Errorf("a change of something else carried it out: %v", err)
	}
	out, err := d.Edit(ctx, window, d.person, []registry.Input{text("birth_place", "Lima")}, "lo pidió")
	d.must(err)
	answer.Outcome = out.Head
	d.must(d.AnswerRequest(ctx, head, q, answer, id.Change{}))
	if got := d.request(q); got.state != rights.Granted || got.clock.Pace != rights.Met || got.deeds != 1 {
		t.Errorf("the request is %+v", got)
	}
	refused := d.ask(rights.Opposition)
	d.must(d.AnswerRequest(ctx, privacy, refused, rights.Answer{State: rights.Refused, Reason: "es un registro público", Told: true}, id.Change{}))
	waiting := d.ask(rights.Opposition)
	d.must(d.WithdrawRequest(ctx, window, waiting, "ya no lo quiere", id.Change{}))
	counts, err := d.CountRequests(ctx, head)
	d.must(err)
	for _, c := range counts {
		if c.Kind == rights.Opposition && (c.Received != 2 || c.Denied != 1 || c.Attended != 0 || c.Waiting != 0) || c.Kind == rights.Rectification && c.Attended != 1 {
			t.Errorf("the count is %+v", c)
		}
	}
}

func TestOwnDataSaysEverything(t *testing.T) {
	d := open(t)
	q := d.ask(rights.Access)
	_, err := d.Person(ctx, window, d.person, time.Time{})
	d.must(err)
	_, err = d.Edit(ctx, head, d.person, []registry.Input{text("motive", "work")}, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.HandOut(ctx, window, d.person, own.FormatJSON, q, i18n.Spanish); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a window clerk handed own data out: %v", err)
	}
	data, err := d.HandOut(ctx, head, d.person, own.FormatJSON, q, i18n.Spanish)
	d.must(err)
	body, err := json.Marshal(data)
	d.must(err)
	for _, want := range []string{`"quipu_own_data":1`, "Quispe", "10117410", "+34600111222", "solo de 10 a 12", "Calle Inventada 5", "Ventanilla", "Jefe/a de oficina",
		"document_seen", `"read_in":"spa"`, "desastre", "que corrijan mi distrito", "Recibida", "Consulado General", `"purpose":{"code":"registry","name":"Registro"}`} {
		if !strings.Contains(string(body), want) {
			t.Errorf("own data does not say %s", want)
		}
	}
	fits(t, body)
	for _, never := range []string{"Rosa Inventada", "Ana Inventada", "s1:", `"rosa"`} {
		if strings.Contains(string(body), never) {
			t.Errorf("own data says %s", never)
		}
	}
	// Every field that the record holds is there, whatever the dictionary calls it.
	page, err := d.Person(ctx, who("ana", authz.Head, "ESMAD"), d.person, time.Time{})
	d.must(err)
	for f, h := range page.Person.Fields {
		if !h.Value.Empty() && !strings.Contains(string(body), `"field":"`+f+`"`) {
			t.Errorf("own data lacks %s", f)
		}
	}
	reads, err := d.Reads(ctx, head, 0, 2)
	d.must(err)
	if reads[1].Action != "own_data" || reads[1].Person != d.person {
		t.Errorf("the log of reads says %+v", reads[1])
	}
	page2, err := d.Request(ctx, head, q)
	d.must(err)
	if len(page2.Handed) != 1 || len(page2.Outcomes) != 1 || page2.Outcomes[0].Action != "hand_out" {
		t.Fatalf("the request shows %+v, %+v", page2.Handed, page2.Outcomes)
	}
	d.must(d.AnswerRequest(ctx, head, q, rights.Answer{State: rights.Granted, Reason: "entregado", Outcome: page2.Outcomes[0].Change}, id.Change{}))

	settings := filepath.Join(d.dir, "quipu.toml")
	was, err := os.ReadFile(settings)
	d.must(err)
	d.must(os.WriteFile(settings, append(was, "officers_named = true\n"...), 0o600))
	d.reopen()
	data, err = d.HandOut(ctx, head, d.person, own.FormatJSON, "", i18n.English)
	d.must(err)
	if !slices.ContainsFunc(data.Reads, func(r own.OwnRead) bool { return r.Officer == "Rosa Inventada" && r.Function == "Window clerk" }) {
		t.Errorf("with the setting the officers are not named: %+v", data.Reads)
	}
}

// TestOwnDataSaysWhatIsContested: what somebody wrote of the person that did not come into force is
// hers, too, sealed values with it.
func TestOwnDataSaysWhatIsContested(t *testing.T) {
	d := open(t)
	far := conflicttest.Far{Node: "LEJOS", Office: "USPAT", Login: "carlos"}
	far.Write(t, d.Node, d.person, d.now, change.Set{Field: "surname_paternal", Value: change.Text("Kispe"), Prov: change.Provenance{Source: "document"}})
	data, err := d.HandOut(ctx, head, d.person, own.FormatJSON, "", i18n.Spanish)
	d.must(err)
	if len(data.Contested) != 1 || data.Contested[0].Value != "Kispe" || data.Contested[0].Why.Code != change.ReasonStale || data.Contested[0].Office.Code != "USPAT" {
		t.Fatalf("%+v", data.Contested)
	}
	body, err := json.Marshal(data)
	d.must(err)
	fits(t, body)
	pdf, err := render.OwnData(data)
	d.must(err)
	data.Contested = nil
	less, err := render.OwnData(data)
	d.must(err)
	if len(less) >= len(pdf) {
		t.Errorf("the PDF leaves it out: %d and %d bytes", len(pdf), len(less))
	}
}

// fits holds own data against the schema that docs/own-data.md names.
func fits(t *testing.T, body []byte) {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("../../../docs/own-data.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("own data is not what its schema says: %v", err)
	}
}

func TestOtherPeoplesRequests(t *testing.T) {
	d := open(t)
	cmd := rights.DisclosureCmd{Person: d.person, Asker: rights.HostAuthority, AskerName: "Oficina inventada", Aim: rights.Enforcement, Wants: "su dirección", Received: civil.FromTime(d.now)}
	if _, err := d.OpenDisclosure(ctx, window, cmd); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a window clerk took it in: %v", err)
	}
	x, err := d.OpenDisclosure(ctx, head, cmd)
	d.must(err)
	if err := d.AnswerDisclosure(ctx, head, x, rights.Granted, "lo pide por ley", "la dirección", id.Change{}); !fault.Is(err, "rights.never_given") {
		t.Errorf("data was given for enforcement: %v", err)
	}
	d.must(d.AnswerDisclosure(ctx, head, x, rights.Refused, "no se entrega para eso", "", id.Change{}))
	list, err := d.Disclosures(ctx, privacy, 10)
	if err != nil || len(list) != 1 || list[0].Disclosure.State != rights.Refused || list[0].Disclosure.AskerName != "Oficina inventada" {
		t.Errorf("the register of them is %+v, %v", list, err)
	}
	data, err := d.HandOut(ctx, head, d.person, own.FormatJSON, "", i18n.Spanish)
	d.must(err)
	if len(data.Disclosures) < 1 || !slices.ContainsFunc(data.Disclosures, func(o own.OwnDisclosure) bool { return o.Name == "Oficina inventada" && o.State.Code == "refused" }) {
		t.Errorf("the person is not told who asked: %+v", data.Disclosures)
	}
	if _, err := d.OpenDisclosure(ctx, head, rights.DisclosureCmd{Person: "01ARZ3NDEKTSV4RRFFQ69G5FAV", Asker: rights.Press, AskerName: "Diario", Aim: rights.Publicity, Wants: "datos", Received: civil.FromTime(d.now)}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("it names a person that is not there: %v", err)
	}
}

func TestBreaches(t *testing.T) {
	d := open(t)
	noticed := change.StampOf(d.now.Add(-50 * time.Hour))
	cmd := rights.BreachCmd{What: "se perdió una memoria", Noticed: noticed, Data: []registry.Section{registry.Contact}, Certainty: rights.Unknown}
	if _, err := d.OpenBreach(ctx, window, cmd); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a window clerk opened it: %v", err)
	}
	b, err := d.OpenBreach(ctx, head, cmd)
	d.must(err)
	list, err := d.Breaches(ctx, privacy, 10)
	if err != nil || len(list) != 1 || list[0].Clocks.Authority.Pace != rights.Overdue || list[0].Clocks.Authority.Left != 2 {
		t.Fatalf("the register says %+v, %v", list, err)
	}
	seen := list[0].Breach.Head
	d.must(d.NotifyAuthority(ctx, privacy, b, change.StampOf(d.now), "N-1", "se supo el fin de semana", seen))
	cmd.Measures = "se cambiaron las claves"
	if err := d.UpdateBreach(ctx, head, b, cmd, seen); !fault.Is(err, "rights.moved") {
		t.Errorf("one overwrote what another wrote: %v", err)
	}
	d.must(d.UpdateBreach(ctx, head, b, cmd, id.Change{}))
	d.must(d.ExcuseBreach(ctx, head, b, true, "estaba cifrada", id.Change{}))
	d.must(d.CloseBreach(ctx, head, b, id.Change{}))
	page, err := d.Breach(ctx, head, b)
	if err != nil || len(page.Changes) != 5 || page.Clocks.Authority.Pace != rights.Late || !page.Breach.Closed.Known() {
		t.Errorf("the history is %+v, %v", page, err)
	}
	report, err := d.VerifyLog(ctx, head, nil, nil)
	if err != nil || !report.Clean() {
		t.Errorf("the log is %+v, %v", report, err)
	}
}
