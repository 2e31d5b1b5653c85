package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"quipu/internal/app"
	"quipu/internal/app/backup"
	"quipu/internal/archive"
	"quipu/internal/cli/laptop"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/operation"
	"quipu/internal/operation/aside"
)

const backupUsage = "FILE|DIR [--to KEY|FILE]... [--with-keys] [--json] [--dir DIR] | verify FILE [--identity FILE] [--json] | key --out FILE"

func backupCommand(e *env, args []string) error {
	e.dirFlag()
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	var to []string
	e.flags.Func("to", "public key that can open it, or a file with some; may be repeated", func(s string) error { to = append(to, s); return nil })
	keys := e.flags.Bool("with-keys", false, "put the keys of the register in as well")
	identity := e.flags.String("identity", "", "file with the secret key that opens it")
	out := e.flags.String("out", "", "file for a new secret key; the public one goes beside it")
	words, err := e.parse(args, 1, 2)
	switch {
	case err != nil:
		return err
	case words[0] == "key" && len(words) == 1:
		return backupKey(e, *out)
	case words[0] == "verify" && len(words) == 2:
		return backupVerify(e, words[1], *identity)
	case len(words) == 2:
		return errUsage
	}
	o := aside.Order{Keys: *keys}
	if o.To, o.Secret, err = sealedFor(to); err != nil {
		return err
	}
	save := e.backupHere
	if aside.Served(e.dir) {
		save = e.backupAside
	}
	r, err := save(words[0], o)
	if err != nil {
		return err
	}
	return e.reportBackup(r, "cli.backup.saved")
}

// backupHere opens the register beside whatever serves it.
func (e *env) backupHere(path string, o aside.Order) (r backup.Report, err error) {
	job := backup.Job{Keys: o.Keys, Program: operation.Release}
	if job.To, err = o.Recipients(); err != nil {
		return r, err
	}
	a, err := e.open(false)
	if err != nil {
		return r, err
	}
	defer a.Close()
	b := e.bar(i18n.T(e.lang, "cli.backup.rows"))
	defer b.done()
	job.Progress = b.at
	return a.Backup(e.ctx, operator(""), path, job)
}

// backupAside asks the program that serves the encrypted register: no other can open it.
func (e *env) backupAside(path string, o aside.Order) (r backup.Report, err error) {
	b := e.bar(i18n.T(e.lang, "cli.backup.mebibytes"))
	defer b.done()
	err = e.asking().Unlock(e.dir, func(pass string) error {
		r, err = aside.Backup(e.ctx, e.dir, pass, operatorName(), path, o, b.at)
		return err
	})
	return r, err
}

// sealedFor is who can open a backup: the public keys that were named, or who knows the secret.
func sealedFor(to []string) (keys []string, secret string, err error) {
	secret, err = laptop.Secret("QUIPU_BACKUP_PASSPHRASE")
	switch {
	case err != nil:
		return nil, "", err
	case len(to) > 0 && secret != "":
		return nil, "", fault.New(fault.Invalid, "backup.both_ways")
	case len(to) > 0:
		keys, err = backup.PublicKeys(to)
		return keys, "", err
	case secret == "":
		return nil, "", fault.New(fault.Invalid, "backup.no_recipient")
	case len([]rune(secret)) < 12:
		return nil, "", fault.New(fault.Invalid, "app.passphrase_short", "least", 12)
	}
	return nil, secret, nil
}

// identities are what opens a backup.
func identities(file string) ([]age.Identity, error) {
	if file != "" {
		f, err := os.Open(file)
		if err != nil {
			return nil, fault.New(fault.NotFound, "cli.no_file", "file", file).Because(err)
		}
		defer f.Close()
		return archive.Identities(f)
	}
	pass, err := laptop.Secret("QUIPU_BACKUP_PASSPHRASE")
	if err == nil && pass == "" {
		err = fault.New(fault.Invalid, "backup.no_identity")
	}
	if err != nil {
		return nil, err
	}
	id, err := archive.OfPassphrase(pass)
	return []age.Identity{id}, err
}

// reportBackup says what a backup holds; one whose log is not the signed one ends with 1.
func (e *env) reportBackup(r backup.Report, key string) error {
	at := time.UnixMicro(r.Manifest.At)
	if e.asJSON {
		tables := map[string]int64{}
		for _, t := range r.Tables {
			tables[t.Name] = t.Rows
		}
		err := e.json(map[string]any{"file": r.Path, "bytes": r.Bytes, "sha256": r.SHA256, "node": r.Manifest.Node, "at": at.UTC().Format(time.RFC3339),
			"changes": r.Manifest.Size, "checkpoint": r.Manifest.Head, "schema": r.Manifest.Schema, "program": r.Manifest.Program,
			"engine": r.Manifest.Engine, "keys": r.Manifest.Keys, "log": r.Sound, "tables": tables})
		if err != nil {
			return err
		}
	} else {
		fmt.Fprintln(e.out, i18n.T(e.lang, key, "file", r.Path, "node", r.Manifest.Node, "at", at.Format("2006-01-02 15:04:05"),
			"changes", r.Manifest.Size, "rows", r.Rows(), "mebibytes", fmt.Sprintf("%.1f", float64(r.Bytes)/(1<<20))))
		what := "cli.backup.keys_apart"
		if r.Manifest.Keys {
			what = "cli.backup.keys_within"
		}
		fmt.Fprintln(e.out, i18n.T(e.lang, what))
	}
	if !r.Sound {
		e.say("cli.backup.log_bad")
		return errSilent
	}
	return nil
}

func backupVerify(e *env, file, identity string) error {
	with, err := identities(identity)
	if err != nil {
		return err
	}
	b := e.bar(i18n.T(e.lang, "cli.backup.read"))
	in, size, err := e.reading(file, b)
	if err != nil {
		return err
	}
	defer in.Close()
	r, err := backup.Verify(in, with)
	b.done()
	if err != nil {
		return err
	}
	r.Path, r.Bytes = file, size
	return e.reportBackup(r, "cli.backup.whole")
}

// reading opens a file whose reading the bar shows, in mebibytes.
func (e *env) reading(file string, b *bar) (io.ReadCloser, int64, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, 0, fault.New(fault.NotFound, "cli.no_file", "file", file).Because(err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	return &watched{File: f, b: b, size: info.Size()}, info.Size(), nil
}

// watched is a file that shows how far it was read.
type watched struct {
	*os.File
	b          *bar
	done, size int64
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.File.Read(p)
	w.done += int64(n)
	w.b.at(w.done>>20, max(w.size>>20, 1))
	return n, err
}

// backupKey makes a pair of keys: the secret one is for the safe, and none is replaced.
func backupKey(e *env, out string) error {
	if out == "" {
		return errUsage
	}
	secret, public, err := archive.NewKey()
	if err != nil {
		return err
	}
	if err := keyFile(out, secret); err != nil {
		return err
	}
	if err := keyFile(out+".pub", public); err != nil {
		return err
	}
	fmt.Fprintln(e.out, i18n.T(e.lang, "cli.backup.key", "secret", filepath.Base(out), "public", filepath.Base(out)+".pub"))
	return nil
}

// keyFile writes a line into a file that is not there yet.
func keyFile(path, line string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Conflict, "backup.exists", "file", path)
	}
	if err == nil {
		_, err = fmt.Fprintln(f, line)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fault.New(fault.Unavailable, "cli.cannot_write", "file", path).Because(err)
	}
	return nil
}

const restoreUsage = "FILE --dir NEWDIR [--keys DIR] [--identity FILE] [--until TIME|CHANGE] [--json]"

func restore(e *env, args []string) error {
	e.dirFlag()
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	keys := e.flags.String("keys", "", "folder with the keys of the register, when they are not in the file")
	identity := e.flags.String("identity", "", "file with the secret key that opens it")
	until := e.flags.String("until", "", "moment or change that the register is to show")
	words, err := e.parse(args, 1, 1)
	if err != nil {
		return err
	}
	o := backup.Order{Dir: e.dir, Keys: *keys, Engine: os.Getenv("QUIPU_ENGINE"), URL: os.Getenv("QUIPU_URL")}
	if o.Until, err = backup.ParseUntil(*until); err != nil {
		return err
	}
	if o.Passphrase, err = passphrase(); err != nil {
		return err
	}
	if o.With, err = identities(*identity); err != nil {
		return err
	}
	b := e.bar(i18n.T(e.lang, "cli.backup.read"))
	in, _, err := e.reading(words[0], b)
	if err != nil {
		return err
	}
	defer in.Close()
	proof := e.bar(i18n.T(e.lang, "cli.audit.changes"))
	r, err := app.Restore(e.ctx, operator(""), in, o, func(done, total int64) { b.done(); proof.at(done, total) })
	b.done()
	proof.done()
	if err != nil {
		return err
	}
	return e.reportRestored(r)
}

func (e *env) reportRestored(r app.Restored) error {
	sound := len(r.Findings)+len(r.Drift) == 0
	if e.asJSON {
		err := e.json(map[string]any{"ok": sound, "dir": e.dir, "node": r.Node, "from": r.From, "changes": r.Changes, "people": r.People,
			"cut": r.Cut, "findings": len(r.Findings), "lists": len(r.Drift)})
		if err != nil {
			return err
		}
	} else {
		fmt.Fprintln(e.out, i18n.T(e.lang, "cli.restore.done", "dir", e.dir, "changes", r.Changes, "people", r.People))
		if r.Cut > 0 {
			fmt.Fprintln(e.out, i18n.T(e.lang, "cli.restore.cut", "changes", r.Cut))
		}
		key := "cli.restore.name"
		if r.Node == r.From {
			key = "cli.restore.waits"
		}
		fmt.Fprintln(e.out, i18n.T(e.lang, key, "node", r.Node, "from", r.From))
	}
	if !sound {
		e.say("cli.restore.findings", "findings", len(r.Findings), "lists", len(r.Drift), "dir", e.dir)
		return errSilent
	}
	return nil
}
