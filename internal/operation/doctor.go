package operation

import (
	"cmp"
	"context"
	"path/filepath"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/backup"
	"quipu/internal/fault"
	"quipu/internal/host"
	"quipu/internal/i18n"
	"quipu/internal/operation/aside"
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
	if groups, err := host.OpenToGroups(dir); err != nil || groups != "" {
		return app.Check{Name: "dir", State: app.Warn, Said: "groups", Args: []any{"dir", dir, "groups", cmp.Or(groups, "?")}, Err: err}
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
		if err != nil {
			break
		}
		if mode, err = host.OpenToGroups(all[i]); mode != "" {
			return app.Check{Name: "keys", State: app.Fail, Said: "groups", Args: []any{"file", all[i], "groups", mode}}
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

// CheckRegister asks an open register how it is, its newest backup included.
func CheckRegister(ctx context.Context, a *app.App, cfg Config, actor app.Actor, last int64) ([]app.Check, error) {
	checks, err := a.Checkup(ctx, actor, last, cfg.CheckpointEvery)
	if err != nil {
		return nil, err
	}
	return append(checks, checkBackup(ctx, a, &cfg.Backup)), nil
}

// CheckText is a check in words. What is ours to mend shows its text: the operator reports it.
func CheckText(lang i18n.Lang, c app.Check) string {
	if c.Said != "error" {
		return i18n.T(lang, "doctor."+c.Name+"."+c.Said, c.Args...)
	}
	text := i18n.Fault(lang, c.Err)
	if c.Err != nil && fault.As(c.Err) == nil {
		text += "\n" + c.Err.Error()
	}
	return text
}

// checked is CheckRegister in words, for who asks the program that serves.
func (s *Server) checked(ctx context.Context, actor app.Actor, last int64, lang i18n.Lang) (out []aside.Checked, err error) {
	checks, err := CheckRegister(ctx, s.App, s.Config, actor, last)
	for _, c := range checks {
		out = append(out, aside.Checked{Name: c.Name, State: string(c.State), Message: CheckText(lang, c)})
	}
	return out, err
}

// untended is after how long without a backup somebody should make one, where none is made by
// itself.
const untended = 8 * 24 * time.Hour

// checkBackup asks how old the newest backup is, and whether its file is as it was written. What
// is in the file only the secret key can tell, which is not here.
func checkBackup(ctx context.Context, a *app.App, b *Backup) app.Check {
	broken := func(err error) app.Check { return app.Check{Name: "backup", State: app.Fail, Said: "error", Err: err} }
	made, ok, err := backup.Newest(ctx, a.Node)
	if err != nil {
		return broken(err)
	}
	if !ok {
		if b.Dir != "" {
			return app.Check{Name: "backup", State: app.Warn, Said: "none_yet", Args: []any{"dir", b.Dir}}
		}
		c := app.Check{Name: "backup", State: app.Fine, Said: "none"}
		if first, err := a.Began(ctx); err != nil {
			return broken(err)
		} else if a.Now().Sub(first) > untended {
			c.State = app.Warn
		}
		return c
	}
	args := []any{"at", made.When().UTC().Format("2006-01-02 15:04") + " UTC", "file", made.Path}
	verdict, err := made.Still(ctx)
	most := untended
	if b.Dir != "" {
		most = 2*b.Every + time.Hour
	}
	switch {
	case err != nil:
		return broken(err)
	case verdict == backup.Altered:
		return app.Check{Name: "backup", State: app.Fail, Said: "altered", Args: args}
	case !made.Sound:
		return app.Check{Name: "backup", State: app.Warn, Said: "unsound", Args: args}
	case a.Now().Sub(made.When()) > most:
		return app.Check{Name: "backup", State: app.Warn, Said: "old", Args: args}
	case verdict == backup.Away && b.Dir != "" && filepath.Dir(made.Path) == b.Dir:
		return app.Check{Name: "backup", State: app.Warn, Said: "gone", Args: args}
	case verdict == backup.Away:
		return app.Check{Name: "backup", State: app.Fine, Said: "away", Args: args}
	}
	return app.Check{Name: "backup", State: app.Fine, Said: "ok", Args: args}
}
