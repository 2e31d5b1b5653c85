package cli

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"quipu/internal/app/account"
)

// TestDemoPosts starts the demonstration as processes: the ministry says where the two posts
// are, an officer of one cuts its line and joins it again, and all end together.
func TestDemoPosts(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program and starts three processes: left out with -short")
	}
	exe := filepath.Join(t.TempDir(), "quipu")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", exe, "quipu/cmd/quipu").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, exe, "demo", "--persons", "300", "--addr", "127.0.0.1:0", "--dir", filepath.Join(t.TempDir(), "d"), "--lang", "es")
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	var posts []string
	found := regexp.MustCompile(`^  (Madrid|Paterson): (http://127\.0\.0\.1:\d+/) .* (\d+) personas`)
	said := bufio.NewScanner(out)
	for tries := 0; tries < 4 && said.Scan(); {
		if len(posts) == 2 && regexp.MustCompile(`^  [1-4]\. `).MatchString(said.Text()) {
			tries++ // what an onlooker may do, step by step
		}
		if m := found.FindStringSubmatch(said.Text()); m != nil {
			posts = append(posts, m[2])
			if m[3] == "0" {
				t.Errorf("%s has nobody", m[1])
			}
		}
	}
	if len(posts) < 2 {
		t.Fatal("two posts were to start")
	}
	rosa := visitor(t, posts[0], "rosa")
	rosa("sincronizacion", nil, "Cortar el enlace")
	rosa("sincronizacion", url.Values{"do": {"cut"}}, "El enlace está cortado")
	rosa("", nil, "Sin enlace")
	rosa("sincronizacion", url.Values{"do": {"join"}}, "Cortar el enlace")
	rosa("", nil, "En línea")
	// An officer of Paterson brings somebody of Madrid.
	person := regexp.MustCompile(`/persona/([0-9A-Z]{26})`).FindStringSubmatch(rosa("vencen", nil, "/persona/"))
	carlos := visitor(t, posts[1], "carlos")
	carlos("persona/"+person[1]+"/traer", nil, "Consulado General del Perú en Madrid")
	carlos("persona/"+person[1]+"/traer", url.Values{"note": {"Viene mañana."}}, "La inscripción está en esta oficina")
	carlos("persona/"+person[1], nil, "Paterson")
	rosa("persona/"+person[1], nil, "ya no tiene la ficha")
	visitor(t, posts[0], "marta")("persona/"+person[1], nil, "/persona/"+person[1]+"/traer")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, out) //nolint:errcheck // until it ends
	if err := cmd.Wait(); err != nil {
		t.Errorf("the end: %v", err)
	}
	for _, p := range posts {
		if _, err := http.Get(p + "healthz"); err == nil {
			t.Errorf("%s answers after the end", p)
		}
	}
}

// visitor signs an officer of the demonstration in. What it returns opens a page, or sends a
// form, and waits for a text.
func visitor(t *testing.T, base, login string) func(path string, form url.Values, want string) string {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Timeout: time.Minute}
	visit := func(path string, form url.Values, want string) string {
		t.Helper()
		var body []byte
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(200 * time.Millisecond) {
			var resp *http.Response
			if form == nil {
				resp, err = c.Get(base + path)
			} else {
				resp, err = c.PostForm(base+path, form)
			}
			if err == nil {
				body, err = io.ReadAll(resp.Body)
				resp.Body.Close()
			}
			if err == nil && strings.Contains(string(body), want) {
				return string(body)
			}
			if time.Now().After(end) || form != nil {
				t.Fatalf("%s%s does not say %q: %v\n%s", base, path, want, err, body)
			}
		}
	}
	visit("entrar", url.Values{"login": {login}, "password": {account.DemoPassword}}, "Buscar")
	return visit
}
