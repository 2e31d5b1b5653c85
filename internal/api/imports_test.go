package api

import (
	"net/http"
	"strings"
	"testing"
)

const csv = "DNI;Apellido paterno;Apellido materno;Nombres;Fecha de nacimiento;Sexo;Situación migratoria\n" +
	"10117410;Quispe;Mamani;Juan Carlos;07/04/1968;M;regular\n" +
	"10288632;Huamán;Ñaupari;Rosa;31/02/1970;F;regular\n" +
	";Condori;;María;1975;F;irregular\n"

func TestImport(t *testing.T) {
	d := open(t)
	saul, rosa := d.token("saul", all...), d.token("rosa", all...)
	body, h := form(`{"dry_run":true}`, "lista.csv", csv)
	d.send(rosa, "POST", "/imports", body, h).want(http.StatusForbidden)
	dry := d.send(saul, "POST", "/imports", body, h).want(http.StatusOK)
	if dry.members["new"] != 2.0 || dry.members["refused"] != 1.0 || dry.text("batch") != "" || d.people() != 0 {
		t.Fatalf("the rehearsal says %s", dry.raw)
	}
	if r := dry.each("refused_rows"); len(r) != 1 || r[0]["line"] != 3.0 || r[0]["message"] == "" {
		t.Errorf("refused %v", r)
	}
	if c := dry.each("refused_columns"); len(c) != 1 || c[0]["reason"] != "migration" {
		t.Errorf("refused columns %v", c)
	}
	d.send(rosa, "POST", "/imports", body, h).want(http.StatusForbidden)
	whole, hw := form(`{"all_or_nothing":true}`, "lista.csv", csv)
	if a := d.send(saul, "POST", "/imports", whole, hw).want(http.StatusUnprocessableEntity, "app.all_or_nothing"); d.people() != 0 || a.members["import"] == nil {
		t.Errorf("all or nothing: %s", a.raw)
	}
	key := headers{"Idempotency-Key": "list"}
	body, h = form("", "lista.csv", csv)
	in := d.send(saul, "POST", "/imports", body, h, key).want(http.StatusCreated)
	body, h = form("", "lista.csv", csv) // another boundary
	if again := d.send(saul, "POST", "/imports", body, h, key).want(http.StatusCreated); again.text("batch") != in.text("batch") || d.people() != 2 {
		t.Errorf("sent again: %s", again.raw)
	}
	body, h = form("", "otra.csv", csv)
	d.send(saul, "POST", "/imports", body, h, key).want(http.StatusUnprocessableEntity, "api.key_reused")
	if in.header.Get("Location") != Prefix+"/imports/"+in.text("batch") {
		t.Errorf("is at %q", in.header.Get("Location"))
	}
	run := d.send(saul, "GET", "/imports/"+in.text("batch"), "").want(http.StatusOK)
	if run.text("state") != "done" || run.text("file") != "lista.csv" || run.text("sha256") != in.text("sha256") {
		t.Errorf("the run is %s", run.raw)
	}
	if runs := d.send(saul, "GET", "/imports?limit=10", "").want(http.StatusOK).each("imports"); len(runs) != 2 {
		t.Errorf("%d imports", len(runs))
	}
	d.send(d.token("pat", all...), "GET", "/imports/"+in.text("batch"), "").want(http.StatusForbidden)
	undone := d.send(saul, "POST", "/imports/"+in.text("batch")+"/undo", "").want(http.StatusOK)
	if undone.members["withdrawn"] != 2.0 || d.people() != 0 {
		t.Errorf("undone %s", undone.raw)
	}
	d.send(saul, "POST", "/imports/"+in.text("batch")+"/undo", "").want(http.StatusConflict, "app.undone_already")
	d.send(saul, "POST", "/imports/nothing/undo", "").want(http.StatusNotFound)
	d.send(saul, "GET", "/imports/0123456789ABCDEFGHJKMNPQRS", "").want(http.StatusNotFound)
}

func TestBadLists(t *testing.T) {
	d := open(t)
	saul := d.token("saul", all...)
	mapped, h := form(`{"map":{"DNI":"nothing.at.all"}}`, "lista.csv", csv)
	if a := d.send(saul, "POST", "/imports", mapped, h).want(http.StatusUnprocessableEntity); a.pointer() != "#/map/DNI" {
		t.Errorf("points at %q: %s", a.pointer(), a.raw)
	}
	for name, c := range map[string]struct {
		options, data, key string
		status             int
	}{
		"klingon": {`{"encoding":"klingon"}`, csv, "tabular.encoding", 422}, "other office": {`{"office":"USPAT"}`, csv, "authz.refused", 403},
		"every office": {`{"any_office":true}`, csv, "authz.refused", 403}, "unknown option": {`{"dryrun":true}`, csv, "api.json_unknown", 400},
		"not JSON": {`dry_run`, csv, "api.json_syntax", 400}, "nothing": {`{}`, "", "api.upload_missing", 400},
		"not a list": {`{}`, "\x00\x01\x02\x03", "", 422}, "a broken workbook": {`{}`, "PK\x03\x04 and so on", "", 422},
	} {
		body, h := form(c.options, "lista.csv", c.data)
		d.wrongOnPurpose = true
		a := d.send(saul, "POST", "/imports", body, h)
		if a.status != c.status || c.key != "" && a.text("type") != "urn:quipu:fault:"+c.key {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
	body, h := form("{}", `..\..\evil/../lista.csv`, csv)
	if a := d.send(saul, "POST", "/imports", body, h).want(http.StatusCreated); a.text("file") != "lista.csv" {
		t.Errorf("the file is %q", a.text("file"))
	}
	d.wrongOnPurpose = true
	d.send(saul, "POST", "/imports", strings.Replace(body, `name="list"`, `name="file"`, 1), h).want(http.StatusBadRequest, "api.upload_part")
	d.wrongOnPurpose = true
	d.send(saul, "POST", "/imports", body[:len(body)-20], h).want(http.StatusBadRequest, "api.cut")
	body, h = form("{}", "lista.csv.exe", csv)
	d.send(saul, "POST", "/imports", body, h).want(http.StatusUnprocessableEntity, "tabular.name")
	big, h := form("{}", "lista.csv", strings.Repeat("a;b\n", maxList/4+1))
	d.wrongOnPurpose = true
	d.send(saul, "POST", "/imports", big, h).want(http.StatusRequestEntityTooLarge, "api.too_large")
}
