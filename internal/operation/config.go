package operation

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"quipu/internal/fault"
	"quipu/internal/sync/synchttp"
)

// Config is the file of `quipu serve --config`; docs/operation.md says what each setting
// means. The zero value is completed by Default.
type Config struct {
	Dir  string `toml:"dir"`
	Addr string `toml:"addr"`
	// BehindProxy allows plain HTTP beyond this machine, from the Proxies only: it is they
	// who speak HTTPS, and who say from where a request came.
	BehindProxy bool     `toml:"behind_proxy"`
	Proxies     []string `toml:"proxies"`
	// Origin is the address in the officers' browsers, "https://registro.example"; passkeys
	// are tied to it, and without it none are offered.
	Origin string `toml:"origin"`
	// CheckpointEvery is how often the signed head of the log is kept for good.
	CheckpointEvery time.Duration `toml:"checkpoint_every"`
	Database        Database      `toml:"database"`
	Memory          Memory        `toml:"memory"`
	TLS             TLS           `toml:"tls"`
	Log             Log           `toml:"log"`
	Session         Session       `toml:"session"`
	API             API           `toml:"api"`
	Metrics         Metrics       `toml:"metrics"`
	OIDC            OIDC          `toml:"oidc"`
	Hub             Hub           `toml:"hub"`
	Node            Node          `toml:"node"`
	Backup          Backup        `toml:"backup"`
}

// Database says how many MiB of its pages are kept in memory, where that is SQLite: for the
// connection that writes; those that read have a quarter each.
type Database struct {
	Mebibytes int `toml:"mebibytes"`
}

// Memory says how many MiB the program may hold before it collects garbage more often, without
// itself and the database's pages; 0 for no limit.
type Memory struct {
	Mebibytes int `toml:"mebibytes"`
}

// Hub says whether nodes push to this register and pull from it.
type Hub struct {
	Serve bool `toml:"serve"`
}

// Node says how a register that was enrolled at a hub exchanges with it.
type Node struct {
	// Hubs are addresses of the hub in place of those of the enrolment; any of them may answer.
	Hubs []string `toml:"hubs"`
	// Manual leaves the exchange to `quipu sync`, by the network or by file.
	Manual bool `toml:"manual"`
}

// TLS names the PEM files of HTTPS.
type TLS struct {
	Cert string `toml:"cert"`
	Key  string `toml:"key"`
}

// Log says where the log goes. Without a File it goes to stderr.
type Log struct {
	File      string `toml:"file"`
	Level     string `toml:"level"`
	Mebibytes int    `toml:"mebibytes"` // of one file
	Keep      int    `toml:"keep"`      // older files beside it
}

// Session says how long an officer stays signed in.
type Session struct {
	Idle     time.Duration `toml:"idle"`
	Absolute time.Duration `toml:"absolute"`
}

// API says how often a program with a token may ask: PerSecond for good, Burst at once.
type API struct {
	PerSecond int `toml:"per_second"`
	Burst     int `toml:"burst"`
}

// Metrics is the listener of /metrics; with an empty address there is none.
type Metrics struct {
	Addr string `toml:"addr"`
}

// Default is a node on one computer.
func Default() Config {
	return Config{Dir: "quipu-data", Addr: "127.0.0.1:8080", CheckpointEvery: time.Hour,
		Database: Database{Mebibytes: 8}, Memory: Memory{Mebibytes: 72},
		Log:     Log{Level: "info", Mebibytes: 20, Keep: 5},
		Session: Session{Idle: 30 * time.Minute, Absolute: 12 * time.Hour},
		API:     API{PerSecond: 20, Burst: 100}, Metrics: Metrics{Addr: "127.0.0.1:9464"},
		Backup: Backup{Every: 24 * time.Hour, Days: 7, Weeks: 12},
		OIDC:   OIDC{Scopes: []string{"email"}, Claim: "email"}}
}

// Load reads a configuration file over the values in cfg. Paths in it are relative to its
// folder. It refuses what it does not know, naming the line.
func Load(file string, cfg Config) (Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return cfg, fault.New(fault.NotFound, "operation.no_config", "file", file).Because(err)
	}
	md, err := toml.Decode(string(text), &cfg)
	if err != nil {
		return cfg, fault.New(fault.Invalid, "operation.config", "file", file, "line", lineOf(err)).Because(err)
	}
	if extra := md.Undecoded(); len(extra) > 0 {
		return cfg, fault.New(fault.Invalid, "operation.config_unknown", "file", file, "line", findKey(string(text), extra[0]), "key", extra[0].String())
	}
	at := func(key ...string) []any { return []any{"file", file, "line", findKey(string(text), key)} }
	if err := cfg.check(at); err != nil {
		return cfg, err
	}
	for _, p := range []*string{&cfg.Dir, &cfg.TLS.Cert, &cfg.TLS.Key, &cfg.Log.File, &cfg.OIDC.SecretFile} {
		if *p != "" && !filepath.IsAbs(*p) && md.IsDefined(keyOf(&cfg, p)...) {
			*p = filepath.Join(filepath.Dir(file), *p)
		}
	}
	cfg.Backup.from(filepath.Dir(file))
	return cfg, nil
}

func keyOf(cfg *Config, p *string) []string {
	switch p {
	case &cfg.TLS.Cert:
		return []string{"tls", "cert"}
	case &cfg.TLS.Key:
		return []string{"tls", "key"}
	case &cfg.Log.File:
		return []string{"log", "file"}
	case &cfg.OIDC.SecretFile:
		return []string{"oidc", "secret_file"}
	}
	return []string{"dir"}
}

var saidLine = regexp.MustCompile(`\bline (\d+)\b`)

// lineOf is where the decoder stumbled; not all of its errors carry a position.
func lineOf(err error) int {
	var parse toml.ParseError
	if errors.As(err, &parse) {
		return parse.Position.Line
	}
	if m := saidLine.FindStringSubmatch(err.Error()); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n
	}
	return 1
}

// findKey is the line on which a key is written, for the decoder does not tell; 1 when it
// is not written at all.
func findKey(text string, key []string) int {
	table, bare := strings.Join(key[:len(key)-1], "."), key[len(key)-1]
	in := ""
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			in = strings.Trim(strings.SplitN(line, "#", 2)[0], "[] \t")
			if in == strings.Join(key, ".") {
				return i + 1
			}
			continue
		}
		name, _, _ := strings.Cut(line, "=")
		name = strings.Trim(strings.TrimSpace(name), `"'`)
		if in == table && name == bare || in == "" && name == strings.Join(key, ".") {
			return i + 1
		}
	}
	return 1
}

const mostRate = 10_000 // requests; beyond it no computer of an office answers

// check refuses values that cannot be meant.
func (c *Config) check(at func(key ...string) []any) error {
	wrong := func(said string, key ...string) error {
		return fault.New(fault.Invalid, "operation."+said, append(at(key...), "key", strings.Join(key, "."))...)
	}
	var level slog.Level
	switch {
	case !address(c.Addr):
		return wrong("config_addr", "addr")
	case c.Metrics.Addr != "" && !address(c.Metrics.Addr):
		return wrong("config_addr", "metrics", "addr")
	case (c.TLS.Cert == "") != (c.TLS.Key == ""):
		return wrong("config_tls_half", "tls", "cert")
	case c.BehindProxy && c.TLS.Cert != "":
		return wrong("config_tls_proxy", "behind_proxy")
	case c.BehindProxy && len(c.Proxies) == 0:
		return wrong("config_no_proxies", "behind_proxy")
	case !c.BehindProxy && len(c.Proxies) > 0:
		return wrong("config_proxies_alone", "proxies")
	case c.TLS.Cert == "" && !c.BehindProxy && !loopback(c.Addr):
		return wrong("config_plain", "addr")
	case level.UnmarshalText([]byte(c.Log.Level)) != nil:
		return wrong("config_level", "log", "level")
	case c.Log.Mebibytes < 1 || c.Log.Mebibytes > 10_000:
		return wrong("config_mebibytes", "log", "mebibytes")
	case c.Database.Mebibytes < 1 || c.Database.Mebibytes > 10_000:
		return wrong("config_mebibytes", "database", "mebibytes")
	case c.Memory.Mebibytes != 0 && c.Memory.Mebibytes < 32 || c.Memory.Mebibytes > 1_000_000:
		return wrong("config_memory", "memory", "mebibytes")
	case c.Log.Keep < 1 || c.Log.Keep > 1000:
		return wrong("config_keep", "log", "keep")
	case c.Session.Idle < time.Minute || c.Session.Idle > c.Session.Absolute:
		return wrong("config_idle", "session", "idle")
	case c.Session.Absolute > 24*time.Hour:
		return wrong("config_absolute", "session", "absolute")
	case c.API.PerSecond < 1 || c.API.PerSecond > mostRate:
		return wrong("config_rate", "api", "per_second")
	case c.API.Burst < c.API.PerSecond || c.API.Burst > mostRate:
		return wrong("config_burst", "api", "burst")
	case c.CheckpointEvery < time.Minute || c.CheckpointEvery > 24*time.Hour:
		return wrong("config_checkpoint", "checkpoint_every")
	}
	if _, err := prefixes(c.Proxies); err != nil {
		return wrong("config_proxies", "proxies")
	}
	if key, said := c.Backup.wrong(); key != "" {
		return wrong(said, "backup", key)
	}
	for _, h := range c.Node.Hubs {
		if _, err := synchttp.Address(h); err != nil {
			return wrong("config_hubs", "node", "hubs")
		}
	}
	if c.Hub.Serve && (len(c.Node.Hubs) > 0 || c.Node.Manual) {
		return wrong("config_hub_node", "hub", "serve")
	}
	if said, key := c.OIDC.wrong(c.Origin); said != "" {
		return wrong(said, key...)
	}
	return nil
}

// CheckFlags refuses an address that was given without a file.
func (c *Config) CheckFlags() error {
	switch {
	case !address(c.Addr):
		return fault.New(fault.Invalid, "operation.flag_addr", "addr", c.Addr)
	case !loopback(c.Addr):
		return fault.New(fault.Invalid, "operation.flag_plain", "addr", c.Addr)
	}
	return nil
}

// Secure reports whether browsers reach the program by HTTPS.
func (c *Config) Secure() bool { return c.TLS.Cert != "" || c.BehindProxy }

func address(addr string) bool {
	_, port, err := net.SplitHostPort(addr)
	n, err2 := strconv.Atoi(port)
	return err == nil && err2 == nil && n >= 0 && n < 1<<16
}

// loopback reports whether only this machine reaches an address. A name other than
// localhost may resolve to anything.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// prefixes reads addresses and networks.
func prefixes(list []string) (out []netip.Prefix, err error) {
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			ip, err2 := netip.ParseAddr(s)
			if err2 != nil {
				return nil, errors.Join(err, err2)
			}
			p = netip.PrefixFrom(ip, ip.BitLen())
		}
		out = append(out, p)
	}
	return out, nil
}
