package operation

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quipu/internal/app"
	"quipu/internal/authn"
	"quipu/internal/authn/oidctest"
	"quipu/internal/fault"
	"quipu/internal/i18n"
)

func loadText(t *testing.T, text string) (Config, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "node.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(file, Default())
}

const provider = "origin = \"https://r.example\"\n[oidc]\nissuer = \"https://id.example\"\n"

func TestConfigRefused(t *testing.T) {
	for _, c := range []struct {
		text, key string
		line      int
	}{
		{"dir = 3\n", "operation.config", 1},
		{"\nsession.idle = \"soon\"\n", "operation.config", 2},
		{"[log]\n\nkeep = \"five\"\n", "operation.config", 3},
		{"[log", "operation.config", 1},
		{"# a\ndir = \"x\"\nadress = \"y\"\n", "operation.config_unknown", 3},
		{"dir = \"x\"\n[log]\ncolour = true\n", "operation.config_unknown", 3},
		{"dir = \"x\"\n\n[wings]\nspan = 3\n", "operation.config_unknown", 3},
		{"addr = \"here\"", "operation.config_addr", 1},
		{"addr = \"127.0.0.1:99999\"", "operation.config_addr", 1},
		{"[metrics]\naddr = \"9464\"", "operation.config_addr", 2},
		{"[tls]\ncert = \"c.pem\"", "operation.config_tls_half", 2},
		{"\naddr = \"0.0.0.0:80\"", "operation.config_plain", 2},
		{"addr = \":8080\"", "operation.config_plain", 1},
		{"addr = \"[::]:8080\"", "operation.config_plain", 1},
		{"addr = \"office.example:8080\"", "operation.config_plain", 1},
		{"behind_proxy = true", "operation.config_no_proxies", 1},
		{"proxies = [\"10.0.0.1\"]", "operation.config_proxies_alone", 1},
		{"behind_proxy = true\nproxies = [\"ten\"]", "operation.config_proxies", 2},
		{"behind_proxy = true\nproxies = [\"10.0.0.1\"]\n[tls]\ncert = \"c\"\nkey = \"k\"", "operation.config_tls_proxy", 1},
		{"[log]\nlevel = \"loud\"", "operation.config_level", 2},
		{"[log]\nmebibytes = 0", "operation.config_mebibytes", 2},
		{"[database]\nmebibytes = 0", "operation.config_mebibytes", 2},
		{"[memory]\nmebibytes = 5", "operation.config_memory", 2},
		{"[log]\nkeep = 0", "operation.config_keep", 2},
		{"[session]\nidle = \"1s\"", "operation.config_idle", 2},
		{"[session]\nidle = \"13h\"", "operation.config_idle", 2},
		{"[session]\nabsolute = \"25h\"", "operation.config_absolute", 2},
		{"[api]\nper_second = 0", "operation.config_rate", 2},
		{"[api]\nburst = 19", "operation.config_burst", 2},
		{"checkpoint_every = \"48h\"", "operation.config_checkpoint", 1},
		{"[oidc]\nclient_id = \"q\"", "operation.config_oidc_issuer", 2},
		{"origin = \"https://r.example\"\n[oidc]\nissuer = \"http://id.example\"", "operation.config_oidc_issuer", 3},
		{"[oidc]\nissuer = \"https://id.example\"", "operation.config_oidc_origin", 2},
		{provider + "claim = \"email\"", "operation.config_oidc_empty", 1},
		{provider + "client_id = \"q\"\nclaim = \"\"", "operation.config_oidc_empty", 5},
		{provider + "client_id = \"q\"\nscopes = [\"email profile\"]", "operation.config_oidc_list", 5},
		{provider + "client_id = \"q\"\namr = [\"\"]", "operation.config_oidc_list", 5},
		{provider + "client_id = \"q\"\nacr = [\"\"]", "operation.config_oidc_list", 5},
		{provider + "client_id = \"q\"\n[oidc.name]\nes = \"Cancillería\"", "operation.config_oidc_name", 3},
		{provider + "client_id = \"q\"\nsecret = \"s\"", "operation.config_unknown", 5},
	} {
		_, err := loadText(t, c.text)
		f := fault.As(err)
		if f == nil || f.Key != c.key || !slices.Contains(f.Args, fault.Arg{Name: "line", Value: c.line}) {
			t.Errorf("%q: %v, want %s at line %d", c.text, err, c.key, c.line)
			continue
		}
		for _, lang := range i18n.Langs {
			if text := i18n.Fault(lang, err); !strings.Contains(text, "node.toml") || strings.ContainsAny(text, "{⟦") {
				t.Errorf("%q: %s", c.text, text)
			}
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none"), Default()); !fault.Is(err, "operation.no_config") {
		t.Error(err)
	}
}

func TestConfigRead(t *testing.T) {
	got, err := loadText(t, "dir = \"reg\"\naddr = \"10.1.2.3:8080\"\nbehind_proxy = true\nproxies = [\"10.1.2.4\", \"fd00::/8\"]\n[session]\nidle = \"10m\"\n")
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Dir, want.Addr, want.BehindProxy, want.Proxies = got.Dir, "10.1.2.3:8080", true, []string{"10.1.2.4", "fd00::/8"}
	want.Session.Idle = 10 * time.Minute
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !filepath.IsAbs(got.Dir) || filepath.Base(got.Dir) != "reg" {
		t.Errorf("the folder is %s, not beside the file", got.Dir)
	}
	if !got.Secure() {
		t.Error("behind a proxy with HTTPS, cookies need not be")
	}
	for _, addr := range []string{"127.0.0.1:80", "[::1]:80", "localhost:0", "127.9.9.9:1"} {
		if _, err := loadText(t, "addr = \""+addr+"\""); err != nil {
			t.Errorf("%s: %v", addr, err)
		}
	}
	if _, err := loadText(t, "addr = \"0.0.0.0:443\"\n[tls]\ncert = \"c\"\nkey = \"k\""); err != nil {
		t.Error(err)
	}
}

// TestExample keeps packaging/quipu.toml true: it must load as it is, say the default of
// every setting, and leave out none.
func TestExample(t *testing.T) {
	file := filepath.Join("..", "..", "packaging", "quipu.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file, Default()); err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "operation.md"))
	if err != nil {
		t.Fatal(err)
	}
	var whole strings.Builder
	for line := range strings.Lines(string(text)) {
		whole.WriteString(strings.TrimPrefix(line, "#: "))
	}
	all, err := loadText(t, whole.String())
	if err != nil {
		t.Fatal("with every setting: ", err)
	}
	if diff := cmp.Diff(Default(), all); strings.Count(diff, "\n-") > 8 {
		t.Error("the example departs from the defaults: ", diff)
	}
	for _, key := range []string{"dir", "addr", "behind_proxy", "proxies", "origin", "checkpoint_every", "tls.cert", "tls.key", "log.file", "log.level",
		"log.mebibytes", "log.keep", "session.idle", "session.absolute", "api.per_second", "api.burst", "metrics.addr",
		"oidc.issuer", "oidc.client_id", "oidc.secret_file", "oidc.scopes", "oidc.claim", "oidc.amr", "oidc.acr", "oidc.name.es", "oidc.name.en",
		"hub.serve", "node.hubs", "node.manual"} {
		if findKey(whole.String(), strings.Split(key, ".")) == 1 {
			t.Errorf("packaging/quipu.toml does not mention %s", key)
		}
		if !strings.Contains(string(guide), "`"+key+"`") {
			t.Errorf("docs/operation.md does not explain %s", key)
		}
	}
}

// TestOIDCSecret reads the client's secret from where it may be, and from nowhere else.
func TestOIDCSecret(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	make := func(secretFile string) (*authn.OIDC, error) {
		c, err := loadText(t, provider+"client_id = \"q\"\nsecret_file = \""+filepath.ToSlash(secretFile)+"\"\nname = {es = \"a\", en = \"b\"}")
		if err != nil {
			t.Fatal(err)
		}
		return c.Provider(time.Now)
	}
	t.Setenv(SecretVariable, "")
	if _, err := make(""); !fault.Is(err, "operation.oidc_secret") {
		t.Error(err)
	}
	if _, err := make(file); !fault.Is(err, "operation.oidc_secret_file") {
		t.Error(err)
	}
	if err := os.WriteFile(file, []byte("in a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(SecretVariable, "in the environment")
	for from, want := range map[string]string{"": "in the environment", file: "in a file"} {
		p, err := make(from)
		if err != nil || p.Secret != want || p.Redirect != "https://r.example/entrar/oidc/vuelta" || p.Claim != "email" {
			t.Errorf("from %q: %v, %v", from, p, err)
		}
	}
	if runtime.GOOS != "windows" { // rights are kept in access lists there
		if err := os.Chmod(file, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := make(file); !fault.Is(err, "operation.oidc_secret_open") {
			t.Error(err)
		}
	}
	c := Default()
	if p, err := c.Provider(time.Now); p != nil || err != nil {
		t.Errorf("without an issuer: %v, %v", p, err)
	}
}

// TestCheckProvider asks a provider that is there, one that is not, and for a secret that is
// missing.
func TestCheckProvider(t *testing.T) {
	op := oidctest.New(t, "https://r.example/entrar/oidc/vuelta", "https://r.example/entrar")
	c := Default()
	if all := CheckProvider(t.Context(), &c); len(all) != 0 {
		t.Errorf("without a provider: %+v", all)
	}
	c.Origin = "https://r.example"
	c.OIDC.Issuer, c.OIDC.ClientID = op.URL, oidctest.ClientID
	for _, want := range []struct {
		secret string
		down   bool
		state  app.State
		said   string
	}{{"s", false, app.Fine, "ok"}, {"s", true, app.Warn, "away"}, {"", false, app.Fail, "error"}} {
		t.Setenv(SecretVariable, want.secret)
		op.Down(want.down)
		all := CheckProvider(t.Context(), &c)
		if len(all) != 1 || all[0].State != want.state || all[0].Said != want.said {
			t.Errorf("%+v: %+v", want, all)
			continue
		}
		for _, lang := range i18n.Langs {
			if want.said != "error" && strings.ContainsAny(i18n.T(lang, "doctor.provider."+want.said, all[0].Args...), "{⟦") {
				t.Errorf("%s has no words for %+v", lang, all[0])
			}
		}
	}
}
