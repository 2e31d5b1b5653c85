package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"quipu/internal/app"
	"quipu/internal/constancy"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/render"
	"quipu/internal/web/verifier"
)

const constancyUsage = "issue NUMBER --kind registration|removal|card --out FILE.pdf [--parent ITEM] | print SERIAL --out FILE.pdf | " +
	"verify TEXT|FILE|- [--keys FILE] [--revoked FILE] [--root KEY] [--on DATE] | keys [--out FILE] [--add FILE] [--root KEY] [--remove KEY] | " +
	"revoked [--out FILE] | verifier --out FILE.html [--keys FILE --revoked FILE] | revoke SERIAL --reason CODE [--note TEXT] [--json] [--dir DIR]"

// constancyFlags are the options of all the subcommands.
type constancyFlags struct {
	kind, out, parent, reason, note string
	keys, revoked, root, on, addKey string
	remove                          string
}

func constancyCommand(e *env, args []string) error {
	e.dirFlag()
	var f constancyFlags
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	for name, to := range map[string]*string{"kind": &f.kind, "out": &f.out, "parent": &f.parent, "reason": &f.reason, "note": &f.note,
		"keys": &f.keys, "revoked": &f.revoked, "root": &f.root, "on": &f.on, "add": &f.addKey, "remove": &f.remove} {
		e.flags.StringVar(to, name, "", "see docs/cli.md")
	}
	words, err := e.parse(args, 1, 2)
	if err != nil {
		return err
	}
	one := len(words) == 2
	switch {
	case words[0] == "verify" && one:
		return e.constancyVerify(words[1], f)
	case words[0] == "issue" && one && f.kind != "" && f.out != "":
		return e.withRegister(func(a *app.App) error { return e.constancyIssue(a, words[1], f) })
	case words[0] == "print" && one && f.out != "":
		return e.withRegister(func(a *app.App) error { return e.constancyPrint(a, words[1], f) })
	case words[0] == "revoke" && one:
		return e.withRegister(func(a *app.App) error { return e.constancyRevoke(a, words[1], f) })
	case words[0] == "keys" && !one:
		return e.withRegister(func(a *app.App) error { return e.constancyKeys(a, f) })
	case words[0] == "revoked" && !one:
		return e.withRegister(func(a *app.App) error { return e.constancyRevoked(a, f.out) })
	case words[0] == "verifier" && !one && f.out != "" && (f.keys == "") == (f.revoked == ""):
		return e.constancyVerifier(f)
	}
	return errUsage
}

// constancyVerifier writes the offline checker: from two lists, or from the register.
func (e *env) constancyVerifier(f constancyFlags) error {
	if f.keys == "" {
		return e.withRegister(func(a *app.App) error {
			keys, _, public, err := a.ConstancyKeys(e.ctx)
			if err != nil {
				return err
			}
			revoked, _, err := a.RevokedConstancies(e.ctx)
			if err != nil {
				return err
			}
			return e.writeVerifier(f.out, keys, revoked, public)
		})
	}
	keys, err := readFile(f.keys)
	if err != nil {
		return err
	}
	_, public, err := constancy.OpenRing(keys, roots(f.root)...)
	if err != nil {
		return err
	}
	revoked, err := readFile(f.revoked)
	if err != nil {
		return err
	}
	return e.writeVerifier(f.out, keys, revoked, public)
}

func (e *env) writeVerifier(name string, keys, revoked []byte, public string) error {
	file, err := verifier.File(keys, revoked)
	if err != nil {
		return err
	}
	if err := replaceFile(name, file); err != nil {
		return err
	}
	if e.asJSON {
		return e.json(map[string]any{"file": name, "key": public, "bytes": len(file)})
	}
	e.say("cli.constancy.fingerprint", "key", public)
	e.say("cli.constancy.verifier", "file", name)
	return nil
}

func (e *env) constancyRevoke(a *app.App, serial string, f constancyFlags) error {
	person, err := a.RevokeConstancy(e.ctx, operator(""), serial, f.reason, f.note)
	if fault.Is(err, "registry.cert_reason") {
		for _, it := range registry.RevocationReasons(a.Today()) {
			fmt.Fprintf(e.err, "  %-14s %s\n", it.Code, it.Label(string(e.lang)))
		}
	}
	if err != nil {
		return err
	}
	if e.asJSON {
		return e.json(map[string]any{"serial": serial, "person": person})
	}
	e.say("cli.constancy.revoked", "serial", serial)
	return nil
}

func (e *env) constancyRevoked(a *app.App, out string) error {
	file, n, err := a.RevokedConstancies(e.ctx)
	if err != nil {
		return err
	}
	return e.deliver(out, file, map[string]any{"serials": n}, n)
}

func (e *env) withRegister(do func(*app.App) error) error {
	a, err := e.open(false)
	if err != nil {
		return err
	}
	return errors.Join(do(a), a.Close())
}

func (e *env) constancyIssue(a *app.App, number string, f constancyFlags) error {
	person, err := a.FindNumber(e.ctx, operator(""), number)
	if err != nil {
		return err
	}
	page, err := a.Person(e.ctx, operator(""), person, time.Time{})
	if err != nil {
		return err
	}
	office := registry.Summarise(&page.Person).Office
	return e.constancyPDF(f, func() (app.Issued, error) {
		return a.IssueConstancy(e.ctx, operator(office), person, registry.CertKind(f.kind), f.parent)
	})
}

func (e *env) constancyPrint(a *app.App, serial string, f constancyFlags) error {
	if clean, ok := constancy.ParseSerial(serial); ok {
		serial = clean
	}
	return e.constancyPDF(f, func() (app.Issued, error) { return a.Constancy(e.ctx, operator(""), "", serial) })
}

// newFile makes a file that only its owner reads, and that is not there yet.
func newFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fault.New(fault.Conflict, "constancy.out", "file", path).Because(err)
	}
	if err != nil {
		return nil, fault.New(fault.Unavailable, "constancy.file", "file", path).Because(err)
	}
	return file, nil
}

// constancyPDF makes the file first: what is recorded as issued must be in hand.
func (e *env) constancyPDF(f constancyFlags, get func() (app.Issued, error)) error {
	file, err := newFile(f.out)
	if err != nil {
		return err
	}
	issued, err := get()
	if err != nil {
		return errors.Join(err, file.Close(), os.Remove(f.out))
	}
	pdf, err := render.PDF(render.Paper{Statement: issued.Statement, Text: issued.Text, Photo: issued.Photo})
	if err == nil {
		_, err = file.Write(pdf)
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	st := issued.Statement
	if e.asJSON {
		return e.json(map[string]any{"serial": st.Serial, "kind": st.Kind, "text": issued.Text, "file": f.out})
	}
	e.say("cli.constancy.issued", "kind", i18n.T(e.lang, "constancy.kind."+string(st.Kind)), "serial", st.Serial, "file", f.out)
	fmt.Fprintln(e.out, issued.Text)
	return nil
}

func (e *env) constancyKeys(a *app.App, f constancyFlags) error {
	if f.remove != "" {
		if err := a.RemoveConstancyKey(e.ctx, operator(""), f.remove); err != nil {
			return err
		}
		if e.asJSON {
			return e.json(map[string]any{"removed": f.remove})
		}
		e.say("cli.constancy.removed", "key", f.remove)
		return nil
	}
	if f.addKey != "" {
		theirs, err := readFile(f.addKey)
		if err != nil {
			return err
		}
		n, err := a.AddConstancyKeys(e.ctx, operator(""), theirs, roots(f.root)...)
		if err != nil {
			return err
		}
		if e.asJSON {
			return e.json(map[string]any{"added": n})
		}
		e.say("cli.constancy.added", "count", n)
		return nil
	}
	file, n, public, err := a.ConstancyKeys(e.ctx)
	if err != nil {
		return err
	}
	if !e.asJSON || f.out == "" {
		e.say("cli.constancy.fingerprint", "key", public)
	}
	return e.deliver(f.out, file, map[string]any{"keys": n, "key": public}, n)
}

func roots(root string) []string {
	if root == "" {
		return nil
	}
	return []string{root}
}

func readFile(name string) ([]byte, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fault.New(fault.NotFound, "constancy.file", "file", name).Because(err)
	}
	return b, nil
}

// deliver writes a list to a file, or to the output. more is what it says of it in JSON.
func (e *env) deliver(name string, file []byte, more map[string]any, count int) error {
	if name == "" {
		_, err := e.out.Write(file)
		return err
	}
	if err := replaceFile(name, file); err != nil {
		return err
	}
	if e.asJSON {
		more["file"] = name
		return e.json(more)
	}
	e.say("cli.constancy.wrote", "count", count, "file", name)
	return nil
}

// replaceFile writes a file that is published again in one step, so that nobody reads half
// of it.
func replaceFile(name string, file []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".constancy.*")
	if err == nil {
		_, err = tmp.Write(file)
		err = errors.Join(err, tmp.Chmod(0o644), tmp.Close())
		if err == nil {
			err = os.Rename(tmp.Name(), name)
		}
		if err != nil {
			os.Remove(tmp.Name()) //nolint:errcheck // what matters is said below
		}
	}
	if err != nil {
		return fault.New(fault.Unavailable, "constancy.file", "file", name).Because(err)
	}
	return nil
}
