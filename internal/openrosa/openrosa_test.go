package openrosa_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/app/survey"
	"quipu/internal/authz"
	"quipu/internal/civil"
	"quipu/internal/id"
	"quipu/internal/openrosa"
	"quipu/internal/store"
	"quipu/internal/survey/study"
	"quipu/internal/survey/surveytest"
	"quipu/internal/survey/xform"
)

var ctx = context.Background()

// field is a register that serves OpenRosa, with an open survey and an interviewer.
type field struct {
	*testing.T
	*app.App
	url, token, survey string
	stat               app.Actor
}

const sheets = `
	| survey   | type     | name       | label |
	| | start    | start      | |
	| | end      | end        | |
	| | deviceid | deviceid   | |
	| | select_one_from_file cases.csv | quipu_case | Case |
	| | text     | sexo       | Sexo |
	| | image    | foto       | Foto |
	| settings | form_id | version | form_title |
	| | perfil  | 1       | Perfil |
`

func newField(t *testing.T) *field {
	t.Helper()
	a, err := app.Open(ctx, t.TempDir(), app.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(openrosa.New(a, nil))
	t.Cleanup(func() { srv.Close(); a.Close() })
	f := &field{T: t, App: a, url: srv.URL + "/openrosa", stat: app.Actor{Login: "sara", Role: authz.Statistician, Office: "PELIM"}}
	op := node.Operator("test", "ESMAD")
	f.do(a.CreateAccount(ctx, op, account.NewAccount{Login: "eva", Name: "Eva", Office: "ESMAD", Role: authz.Interviewer, Lang: "es", Password: "tres nudos en un cordel"}))
	f.token = f.newToken(authz.Interview)
	today := civil.FromTime(a.Now())
	f.survey, err = a.Surveys.Plan(ctx, f.stat, study.PlanCmd{Title: "Perfil", Footing: study.Queue, First: today, Last: today.AddDays(9), Posts: []string{"ESMAD"}})
	f.do(err)
	f.do(a.Surveys.PutForm(ctx, f.stat, f.survey, study.Form{Name: "perfil", Version: "1", Title: "Perfil"}, survey.FormFiles{XForm: xform.Write(surveytest.Form(t, sheets))}, id.Change{}))
	f.do(a.Surveys.Move(ctx, f.stat, f.survey, study.Open, id.Change{}))
	return f
}

func (f *field) do(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *field) newToken(scope authz.Action) string {
	secret, _, err := f.CreateToken(ctx, node.Operator("test", "ESMAD"), account.NewToken{Login: "eva", Scopes: []authz.Action{scope}, Days: 30})
	f.do(err)
	return secret
}

// ask sends a request as a client does and returns status, headers and body.
func (f *field) ask(method, url, login, token, contentType string, body []byte) (int, http.Header, string) {
	f.Helper()
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	f.do(err)
	if login != "" {
		req.SetBasicAuth(login, token)
	}
	req.Header.Set("User-Agent", "org.odk.collect.android/v2024.3.3 Dalvik/2.1.0")
	req.Header.Set("X-OpenRosa-Version", "1.0")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := http.DefaultClient.Do(req)
	f.do(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	f.do(err)
	if resp.Header.Get("X-OpenRosa-Version") != "1.0" {
		f.Errorf("%s %s: no version of OpenRosa in the answer", method, url)
	}
	return resp.StatusCode, resp.Header, string(text)
}

func (f *field) get(url string) (int, http.Header, string) {
	return f.ask("GET", url, "eva", f.token, "", nil)
}

// recorded reads a message as a client sent it, with the version and name of the instance.
func recorded(t *testing.T, file, instance string) (contentType string, body []byte) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(raw), "\n\n")
	contentType = strings.TrimPrefix(head, "Content-Type: ")
	rest = strings.ReplaceAll(strings.ReplaceAll(rest, "INSTANCE", instance), "\n", "\r\n")
	return contentType, []byte(rest)
}

func (f *field) send(file, instance string) (int, http.Header, string) {
	f.Helper()
	contentType, body := recorded(f.T, file, instance)
	return f.ask("POST", f.url+"/submission", "eva", f.token, contentType, body)
}

func (f *field) count() (n int64) {
	f.do(f.DB.View(ctx, func(tx *store.Tx) (err error) {
		n, err = tx.CountSubmissions(ctx, store.SubmissionFilter{Survey: f.survey})
		return err
	}))
	return n
}

func TestListAndFetch(t *testing.T) {
	f := newField(t)
	cases, err := f.Surveys.Draw(ctx, f.stat, f.survey, "", []study.Drawn{{Stratum: "Madrid", Order: 1, Office: "ESMAD"}, {Stratum: "Madrid", Order: 2, Office: "ESMAD"}}, nil)
	f.do(err)
	f.do(f.Surveys.Assign(ctx, app.Actor{Login: "jefa", Role: authz.Head, Office: "ESMAD"}, cases[:1], "eva"))
	status, h, body := f.get(f.url + "/formList?formID=perfil")
	var list struct {
		Forms []struct {
			ID      string `xml:"formID"`
			Version string `xml:"version"`
			Hash    string `xml:"hash"`
			URL     string `xml:"downloadUrl"`
			More    string `xml:"manifestUrl"`
		} `xml:"xform"`
	}
	if err := xml.Unmarshal([]byte(body), &list); err != nil || status != 200 || len(list.Forms) != 1 || !strings.HasPrefix(h.Get("Content-Type"), "text/xml") {
		t.Fatalf("%d %v %s", status, err, body)
	}
	one := list.Forms[0]
	if one.ID != "perfil" || one.Version != "1" || !strings.HasPrefix(one.Hash, "md5:") {
		t.Errorf("listed: %+v", one)
	}
	if status, _, body := f.get(one.URL); status != 200 || body != string(xform.Write(surveytest.Form(t, sheets))) {
		t.Errorf("fetched %d %q", status, body)
	}
	status, _, body = f.get(one.More)
	if status != 200 || !strings.Contains(body, "cases.csv") {
		t.Errorf("manifest %d %s", status, body)
	}
	if status, _, body := f.get(strings.Replace(one.More, "manifest", "cases.csv", 1)); status != 200 || body != "name,label,stratum\n"+cases[0]+",Madrid 1,Madrid\n" {
		t.Errorf("cases %d %q", status, body)
	}
	if _, _, body := f.get(f.url + "/formList?formID=otro"); strings.Contains(body, "perfil") {
		t.Errorf("a questionnaire that nobody asked for: %s", body)
	}
	f.do(f.Surveys.Move(ctx, f.stat, f.survey, study.Closed, id.Change{}))
	if _, _, body := f.get(f.url + "/formList"); strings.Contains(body, "perfil") {
		t.Errorf("a closed survey is listed: %s", body)
	}
}

func TestSubmission(t *testing.T) {
	f := newField(t)
	if status, h, _ := f.ask("HEAD", f.url+"/submission", "eva", f.token, "", nil); status != 204 || h.Get("X-OpenRosa-Accept-Content-Length") == "" || h.Get("Location") == "" {
		t.Errorf("HEAD: %d %v", status, h)
	}
	for i, want := range []string{"Faltan 1", "recibidas", "recibidas"} { // answers, then with the photograph, then all again
		file := []string{"answers.txt", "photo.txt", "photo.txt"}[i]
		status, _, body := f.send(file, "uuid:aa-1")
		if status != 201 || !strings.Contains(body, want) {
			t.Errorf("message %d: %d %s, want %q", i, status, body, want)
		}
	}
	if n := f.count(); n != 1 {
		t.Errorf("%d submissions are here, one was sent", n)
	}
	_, data, err := f.Surveys.File(ctx, app.Actor{Login: "eva", Role: authz.Interviewer, Office: "ESMAD"}, study.IDOf("uuid:aa-1"), "1700000000000.jpg")
	if err != nil || string(data) != "GIF89a not really" {
		t.Errorf("the photograph reads %q %v", data, err)
	}
}

// TestRefusals: each gets its status and words, and nothing is lost of what was good.
func TestRefusals(t *testing.T) {
	f := newField(t)
	contentType, whole := recorded(t, "answers.txt", "uuid:b")
	change := func(from, to string) []byte { return bytes.Replace(whole, []byte(from), []byte(to), 1) }
	for name, c := range map[string]struct {
		login, token, kind string
		body               []byte
		status             int
		words              string
	}{
		"nobody":          {"", "", contentType, whole, 401, "usuario"},
		"a wrong code":    {"eva", "qp_wrong", contentType, whole, 401, ""},
		"another's":       {"luz", f.token, contentType, whole, 401, "otra persona"},
		"no right":        {"eva", f.newToken(authz.Search), contentType, whole, 403, ""},
		"cut short":       {"eva", f.token, contentType, whole[:len(whole)-60], 400, "cortado"},
		"no multipart":    {"eva", f.token, "text/xml", []byte("<data/>"), 400, "multipart"},
		"no answers":      {"eva", f.token, contentType, change("xml_submission_file", "something_else"), 400, "xml_submission_file"},
		"unknown version": {"eva", f.token, contentType, change(`version="1"`, `version="7"`), 404, "versiones son: 1"},
		"unknown form":    {"eva", f.token, contentType, change(`id="perfil"`, `id="otro"`), 404, "otro"},
		"no XML":          {"eva", f.token, contentType, change("<start>", "<star"), 400, "XML"},
		"a document type": {"eva", f.token, contentType, change("<data", `<!DOCTYPE d [<!ENTITY a "b">]><data`), 400, "XML"},
	} {
		status, h, body := f.ask("POST", f.url+"/submission", c.login, c.token, c.kind, c.body)
		if status != c.status || !strings.Contains(body, c.words) || !strings.Contains(body, "OpenRosaResponse") {
			t.Errorf("%s: %d %s", name, status, body)
		}
		if status == 401 && !strings.HasPrefix(h.Get("WWW-Authenticate"), "Basic") {
			t.Errorf("%s: no word of how to come in", name)
		}
	}
	if n := f.count(); n != 0 {
		t.Errorf("%d submissions are here of those that were refused", n)
	}
	if status, _, _ := f.send("answers.txt", "uuid:b"); status != 201 {
		t.Errorf("the good one afterwards: %d", status)
	}
	if status, _, body := f.ask("POST", f.url+"/submission", "eva", f.token, contentType, change("<sexo>F", "<sexo>M")); status != 409 || !strings.Contains(body, "deprecatedID") {
		t.Errorf("other answers under the same name: %d %s", status, body)
	}
	if n := f.count(); n != 1 {
		t.Errorf("%d submissions, want the good one", n)
	}
	f.do(f.Surveys.Move(ctx, f.stat, f.survey, study.Closed, id.Change{}))
	if status, _, body := f.send("answers.txt", "uuid:late"); status != 201 || !strings.Contains(body, "revisarlas") {
		t.Errorf("what was collected and came late is kept as doubtful: %d %s", status, body)
	}
	tokens, err := f.Tokens(ctx, node.Operator("test", "ESMAD"), "eva")
	f.do(err)
	for _, tk := range tokens {
		f.do(f.RevokeToken(ctx, node.Operator("test", "ESMAD"), tk.ID))
	}
	if status, _, _ := f.get(f.url + "/formList"); status != 401 {
		t.Errorf("somebody whose right ended fetches questionnaires: %d", status)
	}
}

func TestNothingElseIsThere(t *testing.T) {
	f := newField(t)
	for _, path := range []string{"/", "/forms/x/y/form.xml", "/forms/" + f.survey + "/nothing/form.xml", "/view/submissionList"} {
		if status, _, body := f.get(f.url + path); status != 404 {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if status, _, _ := f.ask("PUT", f.url+"/submission", "eva", f.token, "", nil); status != 404 && status != 405 {
		t.Errorf("PUT: %d", status)
	}
}

// TestLargeMessagesDoNotWaitForOneAnother: more of them than there is room for come at once, and
// each has its turn.
func TestLargeMessagesDoNotWaitForOneAnother(t *testing.T) {
	enter := openrosa.Room()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var all sync.WaitGroup
	for i := range 32 {
		all.Go(func() {
			leave, err := enter(ctx, int64(20+5*i)<<20)
			if err != nil {
				t.Errorf("message %d: %v", i, err)
				return
			}
			time.Sleep(time.Millisecond)
			leave()
		})
	}
	all.Wait()
}

func FuzzRead(f *testing.F) {
	for _, file := range []string{"answers.txt", "photo.txt"} {
		raw, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			f.Fatal(err)
		}
		head, rest, _ := strings.Cut(string(raw), "\n\n")
		f.Add(strings.TrimPrefix(head, "Content-Type: "), []byte(strings.ReplaceAll(rest, "\n", "\r\n")))
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		in, err := openrosa.Read(bytes.NewReader(body), kind)
		if err == nil && in.Instance == nil {
			t.Error("a message without answers is taken")
		}
		for _, up := range in.Files {
			if strings.Contains(up.Name, "/") && up.Name != "/" {
				t.Errorf("a file is called %q", up.Name)
			}
		}
		if fmt.Sprint(err) == "" {
			t.Error("an error without words")
		}
	})
}
