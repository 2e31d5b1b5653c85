package web_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/registry"
	"quipu/internal/web"
)

// hostilePaths asks at every address with such names in it.
func hostilePaths(t *testing.T, s *site) {
	b := s.as("marta")
	wild := regexp.MustCompile(`\{[^$}]*\}`)
	routes, err := web.Routes(s.app)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range routes {
		method, path, ok := strings.Cut(r.Pattern, " ")
		if !ok || !wild.MatchString(path) {
			continue
		}
		for _, text := range append(some(i), "..", ".", "%2e%2e", "con", strings.Repeat("x", 20000)) {
			req, err := http.NewRequest(method, s.srv.URL+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.URL.Opaque = "//" + req.URL.Host + wild.ReplaceAllLiteralString(path, url.PathEscape(text))
			a := b.tell(r.Pattern+" with "+clip(text), req)
			a.shows(t, r.Pattern, text)
			if method == http.MethodGet && a.status == http.StatusOK && strings.Contains(path, "{id}") {
				t.Errorf("%s shows somebody for %q", r.Pattern, clip(text))
			}
		}
	}
	for _, path := range []string{"/?" + strings.Repeat("a=b&", 20000), "/buscar?q=%zz", "/oficinas?pais=%00", "/codigos/country?q=%ff", "/idioma/es?volver=//evil.example", "/idioma/es?volver=/%0d%0aSet-Cookie:x=1",
		"/idioma/es?volver=https://evil.example", `/idioma/es?volver=/\evil.example`, "/idioma/%3Cscript%3E", "/persona/..%2f..%2fetc%2fpasswd", "/static/..%2f..%2fgo.mod", "/static/../web.go", "//evil.example/", "/./../x",
		"/persona/01ARZ3NDEKTSV4RRFFQ69G5FAV?dia=" + strings.Repeat("9", 5000), "/vencen?desde=%27;--", "/dudas?desde=9223372036854775808", "/accesos?antes=-1", "/healthz?x", "/publico/..%2f..%2fx"} {
		req, err := http.NewRequest(http.MethodGet, s.srv.URL+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.URL.Opaque = "//" + req.URL.Host + path
		if a := b.tell(clip(path), req); strings.Contains(a.text, "root:") || strings.Contains(a.text, "module quipu") {
			t.Errorf("%s gives a file of the disk", path)
		}
	}
}

// hostileMethods asks in ways that no page has.
func hostileMethods(t *testing.T, s *site) {
	b := s.as("marta")
	for _, to := range append(s.targets(b, http.MethodGet), s.targets(b, http.MethodPost)...) {
		for _, method := range []string{"PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "CONNECT", "PROPFIND", "QUIPU", "get"} {
			req, err := http.NewRequest(method, s.srv.URL+to.path, strings.NewReader("q=Maria"))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-Secret", "echo-me")
			a := b.tell(method+" "+to.path, req)
			if a.status < 400 && a.status != http.StatusSeeOther || strings.Contains(a.text, "echo-me") {
				t.Errorf("%s %s gives %d", method, to.path, a.status)
			}
			for name := range a.header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s %s says %s", method, to.path, name)
				}
			}
		}
	}
}

// hostileHeaders writes into what browsers say of themselves.
func hostileHeaders(t *testing.T, s *site) {
	b := s.as("marta")
	for name, values := range map[string][]string{
		"Accept-Language":   {"<script>", strings.Repeat("es,", 5000), "\xff", "es;q=NaN", strings.Repeat("x-", 300) + "x"},
		"Accept-Encoding":   {"gzip;q=NaN", strings.Repeat("gzip,", 5000), "br;q=1.0, *;q=0"},
		"Cookie":            {"quipu=" + strings.Repeat("x", 4000), "quipu-lang=<script>", `quipu="a;b"`, "quipu=../../x", strings.Repeat("a=b; ", 2000)},
		"User-Agent":        {"<script>alert(1)</script>", strings.Repeat("x", 8000)},
		"Referer":           {"https://evil.example/", "\xff"},
		"X-Forwarded-For":   {"127.0.0.1", "<script>"},
		"X-Forwarded-Host":  {"evil.example"},
		"X-Http-Method":     {"DELETE"},
		"X-Original-Url":    {"/auditoria"},
		"If-Modified-Since": {"yesterday"},
		"Range":             {"bytes=0-1,0-1,0-1", "bytes=-1"},
		"Expect":            {"100-continue", "the worst"},
	} {
		for _, value := range values {
			for _, path := range []string{"/", "/oficinas", s.someone("ESMAD"), "/no/existe"} {
				req, err := http.NewRequest(http.MethodGet, s.srv.URL+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				req.Header[name] = []string{value}
				a := b.tell(path+" with "+name+" "+clip(value), req)
				a.shows(t, name, value)
				if strings.Contains(a.text, "evil.example") {
					t.Errorf("%s of a request stands in the page", name)
				}
			}
		}
	}
	for _, from := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}} {
		for _, to := range s.targets(b, http.MethodPost) {
			req := b.form(to.path, url.Values{"q": {"Maria"}})
			for k, v := range from {
				req.Header.Set(k, v)
			}
			if a := b.tell(to.pattern, req); a.status != http.StatusForbidden {
				t.Errorf("%s of %v gives %d", to.pattern, from, a.status)
			}
		}
	}
}

// hostileFiles brings lists and photographs under names that want to be somewhere else.
func hostileFiles(t *testing.T, s *site) {
	b, last := s.as("marta"), ""
	for _, name := range append(slices.Clone(hostile), "../../keys/master.key", `C:\keys\master.key`, "a\"; filename=\"b.html", ".", "..", "con.csv", strings.Repeat("n", 3000)+".csv") {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		w.WriteField("office", "ESMAD")
		part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="` + strings.NewReplacer("\r", "", "\n", "", `\`, `\\`, `"`, `\"`).Replace(name) + `"`}})
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(part, list)
		w.Close()
		req, err := http.NewRequest(http.MethodPost, s.srv.URL+"/importar", &body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", w.FormDataContentType())
		a := b.tell("a list called "+clip(name), req)
		a.shows(t, "the upload", name)
		if !strings.HasPrefix(a.at, "/importar/") {
			continue
		}
		if req, err = http.NewRequest(http.MethodGet, s.srv.URL+a.at, nil); err != nil {
			t.Fatal(err)
		}
		b.tell("its preview", req).shows(t, "the preview", name)
		last = a.at
	}
	waiting, err := os.ReadDir(filepath.Join(s.app.Dir(), "uploads"))
	if err != nil || len(waiting) == 0 || last == "" {
		t.Fatalf("nothing waits: %v", err)
	}
	for _, e := range waiting {
		if !regexp.MustCompile(`^[A-Z2-7]{26}\.list$|^[0-9A-Z-]+\.refused\.csv$|^[0-9a-z-]{60,120}\.form$`).MatchString(e.Name()) {
			t.Errorf("a file waits under the name %q", e.Name())
		}
	}
	done := b.tell("the import", b.form(last, url.Values{"do": {"import"}, "mode": {"good"}}))
	req, err := http.NewRequest(http.MethodGet, s.srv.URL+done.at+"/rechazadas", nil)
	if err != nil {
		t.Fatal(err)
	}
	if a := b.tell("the refused rows", req); !regexp.MustCompile(`^attachment; filename="rechazadas-[0-9A-Z-]+\.csv"$`).MatchString(a.header.Get("Content-Disposition")) {
		t.Errorf("the refused rows come as %q", a.header.Get("Content-Disposition"))
	}
}

// hostileCertificates has texts checked that nobody signed.
func hostileCertificates(t *testing.T, s *site) {
	b := s.browser()
	form := s.as("marta").get("/registrar").fields() // somebody of whom enough is known for one
	for k, v := range map[string]string{"surname_paternal": "Zevallos", "given_names": "Firma", "birth-day": "7", "birth-month": "4", "birth-year": "1968", "sex": "F", "kind": "resident",
		"nationality_basis": "birth_in_country", "document.type": "passport", "document.number": "116054321", "document.verification": "seen_original", "residence_country": "ES"} {
		form.Set(k, v)
	}
	form.Set("do", "save")
	p := s.as("marta").send("/registrar", form)
	person, found := strings.CutSuffix(strings.TrimPrefix(p.path, "/persona/"), "/inscrita")
	if !found {
		t.Fatalf("nobody was registered: %d at %s", p.status, p.path)
	}
	issued, err := s.app.IssueConstancy(t.Context(), node.Operator("test", "ESMAD"), person, registry.CertRegistration, "")
	if err != nil {
		t.Fatal(err)
	}
	if a := b.tell("a certificate", b.form("/publico/verificar", url.Values{"text": {issued.Text}})); !strings.Contains(a.text, `data-verdict="valid"`) {
		t.Fatal("a genuine certificate is not valid: the others prove nothing")
	}
	texts := slices.Clone(hostile)
	for i := 0; i < len(issued.Text); i += 1 + len(issued.Text)/12 {
		letter := "Z"
		if issued.Text[i] == 'Z' {
			letter = "Y"
		}
		texts = append(texts, issued.Text[:i]+letter+issued.Text[i+1:], issued.Text[:i], issued.Text+issued.Text[i:])
	}
	for _, text := range texts {
		a := b.tell("a certificate "+clip(text), b.form("/publico/verificar", url.Values{"text": {text}}))
		a.shows(t, "the verdict", text)
		if a.status != http.StatusOK || strings.Contains(a.text, `data-verdict="valid"`) {
			t.Errorf("%q is answered with %d, valid: %v", clip(text), a.status, strings.Contains(a.text, `data-verdict="valid"`))
		}
	}
}

// hostileBytes speaks to the server without a client that minds its manners.
func hostileBytes(t *testing.T, s *site) {
	host := strings.TrimPrefix(s.srv.URL, "http://")
	for _, text := range []string{
		"GET /\x00 HTTP/1.1\r\nHost: %s\r\n\r\n", "GET / HTTP/1.1\r\nHost: %s\r\nX-A: b\x00c\r\n\r\n", "GET / HTTP/1.1\r\nHost: %s\r\nX A: b\r\n\r\n", "GET / HTTP/9.9\r\nHost: %s\r\n\r\n", "GET http://evil.example/ HTTP/1.1\r\nHost: %s\r\n\r\n",
		"GET /entrar HTTP/1.1\r\nHost: evil.example\r\nHost: %s\r\n\r\n", "GET /%%zz HTTP/1.1\r\nHost: %s\r\n\r\n", "GET /" + strings.Repeat("a", 2<<20) + " HTTP/1.1\r\nHost: %s\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00%s\r\n\r\n", "GET\r\n%s\r\n\r\n",
		"POST /entrar HTTP/1.1\r\nHost: %s\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nlogin=", "POST /entrar HTTP/1.1\r\nHost: %s\r\nContent-Length: -1\r\n\r\n", "POST /entrar HTTP/1.1\r\nHost: %s\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(20 * time.Second))
		line := fmt.Sprintf(text, host)
		if _, err := io.WriteString(conn, line); err != nil && len(line) < 1<<20 {
			t.Errorf("%q: %v", clip(line), err)
		}
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err == nil && res.StatusCode >= 500 && res.StatusCode != http.StatusNotImplemented && res.StatusCode != http.StatusHTTPVersionNotSupported {
			t.Errorf("%q gives %d", clip(line), res.StatusCode)
		}
		conn.Close()
	}
	// Where both are said, the pieces count and the length does not (RFC 9112, 6.3): the second
	// request begins behind the last piece.
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprintf(conn, "POST /buscar HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nq=Maria\r\n0\r\n\r\n"+
		"GET /healthz HTTP/1.1\r\nHost: %s\r\n\r\n", host, host)
	in := bufio.NewReader(conn)
	for _, want := range []int{http.StatusSeeOther, http.StatusOK} {
		res, err := http.ReadResponse(in, nil)
		if err != nil || res.StatusCode != want {
			t.Fatalf("answer %v, %v; want %d", res, err, want)
		}
		io.Copy(io.Discard, res.Body)
	}
}
