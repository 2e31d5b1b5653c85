package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/code"
	"quipu/internal/id"
)

// filledIn is a path with something in its places.
func filledIn(path string) string {
	someone := string(id.NewEntity(1, [10]byte{7}))
	return strings.NewReplacer("{id}", someone, "{kind}", "user", "{entity}", "rosa", "{conflict}", "7QK3WZ0A7QK3W", "{change}", "LEJOS:9", "{turn}", someone, "{campaign}", someone, "{survey}", someone, "{format}", "csv", "{batch}", someone, "{list}", "sex", "{code}", "ESMAD", "{doubt}", "7QK3WZ0A",
		"{serial}", "7QK3-WZ0A-9TMP", "{purpose}", "photo", "{login}", "rosa", "{request}", someone, "{breach}", someone, "{disclosure}", someone, "{proposal}", someone, "{token}", someone, "{pair}", someone+"-"+string(id.NewEntity(2, [10]byte{7})), "{merge}", someone, "{session}", "9f2c1e5a7b3d4c60").Replace(path)
}

// TestDescribed: every route is in the document, and everything in the document is a route.
func TestDescribed(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(Description())
	if err != nil {
		t.Fatal(err)
	}
	var have, want []string
	for _, rt := range routes() {
		have = append(have, rt.method+" "+rt.path)
		op := doc.Paths.Value(rt.path).GetOperation(rt.method)
		if op == nil {
			t.Errorf("%s %s is not described", rt.method, rt.path)
			continue
		}
		if rt.scope != "" && !strings.Contains(op.Description, string(rt.scope)) {
			t.Errorf("%s %s does not say that it needs %s", rt.method, rt.path, rt.scope)
		}
		for _, p := range rt.query {
			if op.Parameters.GetByInAndName("query", p) == nil {
				t.Errorf("%s %s does not describe %s", rt.method, rt.path, p)
			}
		}
	}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			want = append(want, method+" "+path)
		}
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Errorf("routes\n%v\ndescribed\n%v", have, want)
	}
}

// TestConventions: what all operations have in common is described at each: the purpose
// where people are concerned, the key of what is posted, refusals, an example of a body.
func TestConventions(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(Description())
	if err != nil {
		t.Fatal(err)
	}
	purpose := doc.Components.Parameters["Purpose"].Value
	if codes := code.List("purpose").Items(civil.Date{}); len(purpose.Schema.Value.Enum) != len(codes) {
		t.Errorf("the purposes are %v, and described %v", codes, purpose.Schema.Value.Enum)
	}
	for _, rt := range routes() {
		item := doc.Paths.Value(rt.path)
		op := item.GetOperation(rt.method)
		has := func(in, name string) bool {
			return op.Parameters.GetByInAndName(in, name) != nil || item.Parameters.GetByInAndName(in, name) != nil
		}
		concerns := authz.ReachOf(app.Actor{Role: authz.Head, Purpose: "statistics"}, rt.scope) != authz.ReachOf(app.Actor{Role: authz.Head, Purpose: "registry"}, rt.scope)
		posts := rt.method == "POST" || rt.method == "PATCH"
		switch {
		case concerns && !has("header", "Quipu-Purpose"):
			t.Errorf("%s %s concerns people and takes no purpose", rt.method, rt.path)
		case posts != has("header", "Idempotency-Key"):
			t.Errorf("%s %s and Idempotency-Key", rt.method, rt.path)
		case slices.Contains(rt.query, "cursor") && (!slices.Contains(rt.query, "limit") || op.Responses.Value("200").Value.Headers["Link"] == nil):
			t.Errorf("%s %s has pages without a limit or a link", rt.method, rt.path)
		case op.Responses.Value("4XX") == nil || op.Responses.Value("5XX") == nil || op.Responses.Default() != nil:
			t.Errorf("%s %s does not describe its refusals", rt.method, rt.path)
		case strings.Contains(rt.path, "{") && op.Responses.Value("404") == nil && rt.path != "/me/sessions/{session}":
			t.Errorf("%s %s does not describe what is not there", rt.method, rt.path)
		case rt.carries == aBody && op.RequestBody.Value.Content["application/json"].Example == nil:
			t.Errorf("%s %s has no example", rt.method, rt.path)
		}
	}
}

// TestDoors walks every route without a token, with a wrong one, one that was revoked, one
// that expired, one of an account that has gone, and one without the scope.
func TestDoors(t *testing.T) {
	d := open(t)
	old := d.token("saul", all...)
	revoked, tk, err := d.app.CreateToken(t.Context(), node.Operator("test", ""), account.NewToken{Login: "saul", Scopes: all, Days: 90})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.app.RevokeToken(t.Context(), node.Operator("test", ""), tk.ID); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.AddDate(0, 0, 30)
	for _, rt := range routes() {
		path := filledIn(rt.path)
		d.send("", rt.method, path, "").want(http.StatusUnauthorized, "api.no_token")
		d.send("qp_nobody", rt.method, path, "").want(http.StatusUnauthorized, "api.token_unknown")
		d.send(revoked, rt.method, path, "").want(http.StatusUnauthorized, "api.token_revoked")
		a := d.send(old, rt.method, path, "").want(http.StatusUnauthorized, "api.token_expired")
		if a.header.Get("WWW-Authenticate") == "" {
			t.Error("the 401 does not say how to come in")
		}
		if rt.scope != "" {
			others := slices.DeleteFunc(slices.Clone(all), func(s authz.Action) bool { return s == rt.scope })
			d.send(d.token("saul", others...), rt.method, path, "").want(http.StatusForbidden, "api.scope")
		}
	}
	d.send("", "GET", "/nowhere", "").want(http.StatusUnauthorized)
	d.send("", "GET", "/me", "", headers{"Authorization": "Basic " + old}).want(http.StatusUnauthorized, "api.no_token")
	if strings.Contains(d.log.String(), "7QK3WZ0A") || strings.Contains(d.log.String(), old) {
		t.Error("the log of requests holds paths or tokens")
	}
}

// TestUnknownMembers: no operation takes a body with a member that it does not know, whatever
// else stands in it and whatever it is about.
func TestUnknownMembers(t *testing.T) {
	d := open(t)
	tokens := []string{d.token("saul", all...), d.token("amelia", all...)}
	asked := 0
	for _, rt := range routes() {
		if rt.carries != aBody && rt.carries != maybe {
			continue
		}
		asked++
		var last answered
		for _, tk := range tokens { // the head of an office, or the auditor
			if last = d.send(tk, rt.method, filledIn(rt.path), `{"nonsense":1}`, headers{"If-Match": "*"}); last.status != http.StatusForbidden {
				break
			}
		}
		if last.status != http.StatusBadRequest {
			t.Errorf("%s %s: %d %s", rt.method, rt.path, last.status, last.raw)
		}
	}
	if asked < 40 {
		t.Errorf("only %d operations were asked", asked)
	}
}

// TestRole: a token gives no more than its officer has, and what he has now.
func TestRole(t *testing.T) {
	d := open(t)
	person := d.register()
	window := d.token("rosa", all...)
	d.send(window, "GET", "/audit/head", "").want(http.StatusForbidden, "authz.refused")
	d.send(window, "GET", "/imports", "").want(http.StatusForbidden, "authz.refused")
	d.send(window, "GET", "/persons/"+person, "", headers{"Quipu-Purpose": "election"}).want(http.StatusOK)
	d.send(window, "GET", "/persons/"+person, "", headers{"Quipu-Purpose": "statistics"}).want(http.StatusForbidden, "authz.purpose")
	d.send(window, "GET", "/persons/"+person, "", headers{"Quipu-Purpose": "curiosity"}).want(http.StatusBadRequest, "api.purpose")
	other := d.token("pat", all...)
	d.send(other, "POST", "/persons/"+person+"/confirm", "").want(http.StatusForbidden, "authz.refused")
	d.send(other, "PATCH", "/persons/"+person, `{"provenance":{"source":"declared"},"fields":[{"field":"sex","text":"F"}]}`).want(http.StatusForbidden, "authz.refused")
	me := d.send(window, "GET", "/me", "").want(http.StatusOK)
	if scopes, _ := me.members["scopes"].([]any); len(scopes) != 11 || me.text("office") != "ESMAD" {
		t.Errorf("Rosa is told %s", me.raw)
	}
}

// TestScopesNarrow: without read_detail and read_sealed a token shows neither, whatever
// the officer may see.
func TestScopesNarrow(t *testing.T) {
	d := open(t)
	person := d.register()
	for _, c := range []struct {
		scopes      []authz.Action
		phone, safe bool
	}{
		{[]authz.Action{authz.Read}, false, false},
		{[]authz.Action{authz.Read, authz.ReadDetail}, true, false},
		{all, true, true},
	} {
		tk := d.token("saul", c.scopes...)
		for _, path := range []string{"", "/history"} {
			a := d.send(tk, "GET", "/persons/"+person+path, "").want(http.StatusOK)
			if strings.Contains(a.raw, "600111222") != c.phone || strings.Contains(a.raw, "10 a 12") != c.safe {
				t.Errorf("with %v %s shows %s", c.scopes, path, a.raw)
			}
		}
	}
}

// TestMakingTokens: who may make a token, and what it may be.
func TestMakingTokens(t *testing.T) {
	d := open(t)
	rosa := app.Actor{Login: "rosa", Role: authz.Window, Office: "ESMAD", Purpose: "registry"}
	make := func(who app.Actor, login string, days int, scopes ...authz.Action) error {
		_, _, err := d.app.CreateToken(t.Context(), who, account.NewToken{Login: login, Scopes: scopes, Days: days})
		return err
	}
	head := app.Actor{Login: "saul", Role: authz.Head, Office: "ESMAD", Purpose: "registry"}
	byToken := rosa
	byToken.Scopes = all
	for name, c := range map[string]struct {
		err  error
		good bool
	}{
		"own": {make(rosa, "rosa", 366, authz.Read), true}, "another's": {make(head, "rosa", 1, authz.Read), false},
		"by a token": {make(byToken, "rosa", 1, authz.Read), false}, "too long": {make(rosa, "rosa", 367, authz.Read), false},
		"no day": {make(rosa, "rosa", 0, authz.Read), false}, "no scope": {make(rosa, "rosa", 1), false},
		"odd scope": {make(rosa, "rosa", 1, "everything"), false}, "nobody's": {make(node.Operator("t", ""), "nadie", 1, authz.Read), false},
	} {
		if (c.err == nil) != c.good {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	pat := app.Actor{Login: "pat", Role: authz.Head, Office: "USPAT", Purpose: "registry"}
	if mine, err := d.app.Tokens(t.Context(), pat, ""); err != nil || len(mine) != 0 {
		t.Errorf("the head of another office sees %v, %v", mine, err)
	}
	mine, err := d.app.Tokens(t.Context(), head, "")
	if err != nil || len(mine) != 1 {
		t.Fatalf("the head of the office sees %v, %v", mine, err)
	}
	if err := d.app.RevokeToken(t.Context(), pat, mine[0].ID); err == nil {
		t.Error("another office revoked a token")
	}
	if err := d.app.RevokeToken(t.Context(), head, mine[0].ID); err != nil {
		t.Error(err)
	}
}

func TestMethods(t *testing.T) {
	d := open(t)
	tk := d.token("saul", all...)
	a := d.send(tk, "DELETE", "/persons", "").want(http.StatusMethodNotAllowed, "api.method")
	if a.header.Get("Allow") != "POST" {
		t.Errorf("allows %q", a.header.Get("Allow"))
	}
	a = d.send(tk, "PUT", filledIn("/persons/{id}"), "").want(http.StatusMethodNotAllowed, "api.method")
	if a.header.Get("Allow") != "GET, PATCH" {
		t.Errorf("allows %q", a.header.Get("Allow"))
	}
	for _, path := range []string{"/nowhere", "/persons/", "//me", "/../x", "/persons/x/y/z"} {
		d.send(tk, "GET", path, "").want(http.StatusNotFound, "api.not_found")
	}
	if doc := d.send(tk, "GET", "/openapi.yaml", "").want(http.StatusOK); doc.raw != string(Description()) {
		t.Error("the document is another")
	}
}

// TestRate: a token that asks too often waits; another does not.
func TestRate(t *testing.T) {
	d := open(t)
	one, other := d.token("rosa", authz.Read), d.token("rosa", authz.Read)
	for range usual.Burst {
		d.send(one, "GET", "/me", "").want(http.StatusOK)
	}
	if a := d.send(one, "GET", "/me", "").want(http.StatusTooManyRequests, "api.rate"); a.header.Get("Retry-After") != "1" {
		t.Errorf("is told to wait %q", a.header.Get("Retry-After"))
	}
	fresh := d.send(other, "GET", "/me", "").want(http.StatusOK)
	if p, l := fresh.header.Get("RateLimit-Policy"), fresh.header.Get("RateLimit"); p != `"token";q=100;w=5` || l != `"token";r=99;t=1` {
		t.Errorf("is told the policy %s and that it has %s", p, l)
	}
	d.now = d.now.Add(time.Second / time.Duration(usual.PerSecond))
	d.send(one, "GET", "/me", "").want(http.StatusOK)
	d.send(one, "GET", "/me", "").want(http.StatusTooManyRequests, "api.rate")
}

// TestRefusalIsWrittenDown: who asked for what he may not do stands in the log of reads.
func TestRefusalIsWrittenDown(t *testing.T) {
	d := open(t)
	person := d.register()
	d.send(d.token("pat", all...), "POST", "/persons/"+person+"/confirm", "").want(http.StatusForbidden, "authz.refused")
	d.send(d.token("rosa", authz.Read), "GET", "/audit/head", "").want(http.StatusForbidden, "api.scope")
	a := d.send(d.token("amelia", all...), "GET", "/audit/reads", "").want(http.StatusOK)
	found := map[string]bool{}
	for _, r := range a.each("reads") {
		if r["action"] == "refused" {
			found[fmt.Sprint(r["author"], " ", r["detail"], " ", r["person"])] = true
		}
	}
	for _, want := range []string{"pat authz.refused POST /api/v1/persons/{id}/confirm " + person, "rosa api.scope GET /api/v1/audit/head "} {
		if !found[want] {
			t.Errorf("no line %q in %v", want, found)
		}
	}
}
