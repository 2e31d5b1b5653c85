package operation

import (
	"context"
	"path/filepath"
	"time"

	"quipu/internal/app"
	"quipu/internal/host"
)

// CheckConfig reads a configuration file, or keeps cfg when there is none or it is wrong.
func CheckConfig(file string, cfg Config) ([]app.Check, Config) {
	if file == "" {
		return []app.Check{{Name: "config", State: app.Fine, Said: "none"}}, cfg
	}
	read, err := Load(file, cfg)
	if err != nil {
		return []app.Check{{Name: "config", State: app.Fail, Said: "error", Err: err}}, cfg
	}
	return []app.Check{{Name: "config", State: app.Fine, Said: "ok", Args: []any{"file", file}}}, read
}

// CheckFiles looks at the folder of a register, its keys and its disk, without opening it.
func CheckFiles(dir string) []app.Check {
	if !host.Exists(dir) {
		return []app.Check{{Name: "dir", State: app.Fail, Said: "missing", Args: []any{"dir", dir}}}
	}
	return []app.Check{checkDir(dir), checkKeys(dir), checkDisk(dir)}
}

func checkDir(dir string) app.Check {
	if err := host.Writable(dir); err != nil {
		return app.Check{Name: "dir", State: app.Fail, Said: "readonly", Args: []any{"dir", dir}, Err: err}
	}
	if mode, err := host.OpenToOthers(dir); err != nil || mode != "" {
		return app.Check{Name: "dir", State: app.Warn, Said: "open", Args: []any{"dir", dir, "mode", mode}, Err: err}
	}
	return app.Check{Name: "dir", State: app.Fine, Said: "ok", Args: []any{"dir", dir}}
}

// checkKeys looks at every key without reading one.
func checkKeys(dir string) app.Check {
	for _, name := range []string{"audit.key", "master.key"} {
		if path := filepath.Join(dir, "keys", name); !host.Exists(path) {
			return app.Check{Name: "keys", State: app.Fail, Said: "missing", Args: []any{"file", path}}
		}
	}
	all, err := filepath.Glob(filepath.Join(dir, "keys", "*.key"))
	for i := 0; i < len(all) && err == nil; i++ {
		var mode string
		if mode, err = host.OpenToOthers(all[i]); mode != "" {
			return app.Check{Name: "keys", State: app.Fail, Said: "open", Args: []any{"file", all[i], "mode", mode}}
		}
	}
	if err != nil {
		return app.Check{Name: "keys", State: app.Fail, Said: "error", Err: err}
	}
	return app.Check{Name: "keys", State: app.Fine, Said: "ok"}
}

func checkDisk(dir string) app.Check {
	s, err := host.SpaceAt(dir)
	switch {
	case err != nil:
		return app.Check{Name: "disk", State: app.Warn, Said: "unknown", Err: err}
	case s.Low():
		return app.Check{Name: "disk", State: app.Fail, Said: "low", Args: []any{"free", s.Free >> 20, "total", s.Total >> 20}}
	}
	return app.Check{Name: "disk", State: app.Fine, Said: "ok", Args: []any{"free", s.Free >> 20, "total", s.Total >> 20}}
}

// CheckPort tries the address. One that is taken is only a warning: by whom cannot be told.
func CheckPort(addr string) app.Check {
	if err := host.Listenable(addr); err != nil {
		return app.Check{Name: "port", State: app.Warn, Said: "busy", Args: []any{"addr", addr}, Err: err}
	}
	return app.Check{Name: "port", State: app.Fine, Said: "ok", Args: []any{"addr", addr}}
}

// CheckProvider reads the secret of the OpenID client and asks the provider what it offers;
// without a provider there is nothing to check. One that does not answer is only a warning:
// passwords still open the register.
func CheckProvider(ctx context.Context, cfg *Config) []app.Check {
	p, err := cfg.Provider(time.Now)
	switch {
	case err != nil:
		return []app.Check{{Name: "provider", State: app.Fail, Said: "error", Err: err}}
	case p == nil:
		return nil
	}
	if err := p.Ask(ctx); err != nil {
		return []app.Check{{Name: "provider", State: app.Warn, Said: "away", Args: []any{"issuer", cfg.OIDC.Issuer}, Err: err}}
	}
	return []app.Check{{Name: "provider", State: app.Fine, Said: "ok", Args: []any{"issuer", cfg.OIDC.Issuer}}}
}
