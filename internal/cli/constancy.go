package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"quipu/internal/app"
	"quipu/internal/civil"
	"quipu/internal/constancy"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/registry"
	"quipu/internal/render"
)

const constancyUsage = "issue NUMBER --kind registration|removal|card --out FILE.pdf [--parent ITEM] | print SERIAL --out FILE.pdf | " +
	"verify TEXT|FILE|- [--keys FILE] [--revoked FILE] [--root KEY] [--on DATE] | keys [--out FILE] [--add FILE] [--root KEY] | " +
	"revoked [--out FILE] | revoke SERIAL --reason TEXT [--json] [--dir DIR]"

// constancyFlags are the options of all the subcommands.
type constancyFlags struct {
	kind, out, parent, reason       string
	keys, revoked, root, on, addKey string
}

func constancyCommand(e *env, args []string) error {
	e.dirFlag()
	var f constancyFlags
	e.flags.BoolVar(&e.asJSON, "json", false, "one JSON object")
	for name, to := range map[string]*string{"kind": &f.kind, "out": &f.out, "parent": &f.parent, "reason": &f.reason,
		"keys": &f.keys, "revoked": &f.revoked, "root": &f.root, "on": &f.on, "add": &f.addKey} {
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
		return e.withRegister(func(a *app.App) error { return e.constancyRevoke(a, words[1], f.reason) })
	case words[0] == "keys" && !one:
		return e.withRegister(func(a *app.App) error { return e.constancyKeys(a, f) })
	case words[0] == "revoked" && !one:
		return e.withRegister(func(a *app.App) error { return e.constancyRevoked(a, f.out) })
	}
	return errUsage
}

func (e *env) constancyRevoke(a *app.App, serial, reason string) error {
	if _, err := a.RevokeConstancy(e.ctx, operator(""), serial, reason); err != nil {
		return err
	}
	e.say("cli.constancy.revoked", "serial", serial)
	return nil
}

func (e *env) constancyRevoked(a *app.App, out string) error {
	file, n, err := a.RevokedConstancies(e.ctx)
	if err != nil {
		return err
	}
	return e.deliver(out, file, n)
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

// constancyPDF makes the file first: what is recorded as issued must be in hand.
func (e *env) constancyPDF(f constancyFlags, get func() (app.Issued, error)) error {
	file, err := os.OpenFile(f.out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Conflict, "constancy.out", "file", f.out).Because(err)
	}
	if err != nil {
		return fault.New(fault.Unavailable, "constancy.file", "file", f.out).Because(err)
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
	if f.addKey != "" {
		theirs, err := readFile(f.addKey)
		if err != nil {
			return err
		}
		n, err := a.AddConstancyKeys(e.ctx, operator(""), theirs, roots(f.root)...)
		if err != nil {
			return err
		}
		e.say("cli.constancy.added", "count", n)
		return nil
	}
	file, n, public, err := a.ConstancyKeys(e.ctx)
	if err != nil {
		return err
	}
	e.say("cli.constancy.fingerprint", "key", public)
	return e.deliver(f.out, file, n)
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

// deliver writes a list to a file, in one step so that nobody reads half of it, or to
// the output.
func (e *env) deliver(name string, file []byte, count int) error {
	if name == "" {
		_, err := e.out.Write(file)
		return err
	}
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
	e.say("cli.constancy.wrote", "count", count, "file", name)
	return nil
}

// constancyVerify works with the files alone; with the register when there are none.
func (e *env) constancyVerify(word string, f constancyFlags) error {
	text, err := e.scanned(word)
	if err != nil {
		return err
	}
	on := civil.FromTime(time.Now())
	if f.on != "" {
		if on, err = civil.Parse(f.on); err != nil || !on.Full() {
			return fault.New(fault.Invalid, "cli.day", "text", f.on)
		}
	}
	if f.keys == "" {
		if _, err := os.Stat(filepath.Join(e.dir, "quipu.toml")); err != nil {
			return fault.New(fault.Invalid, "constancy.keys_needed")
		}
		return e.withRegister(func(a *app.App) error {
			r, err := a.VerifyConstancy(e.ctx, text, on)
			if err != nil {
				return err
			}
			return e.verdict(r)
		})
	}
	r, err := e.offline(text, on, f)
	if err != nil {
		return err
	}
	return e.verdict(r)
}

func (e *env) offline(text string, on civil.Date, f constancyFlags) (constancy.Report, error) {
	file, err := readFile(f.keys)
	if err != nil {
		return constancy.Report{}, err
	}
	ring, public, err := constancy.OpenRing(file, roots(f.root)...)
	if err != nil {
		return constancy.Report{}, err
	}
	if f.root == "" {
		e.say("cli.constancy.fingerprint", "key", public)
	}
	var revoked *constancy.Revocations
	if f.revoked != "" {
		if file, err = readFile(f.revoked); err != nil {
			return constancy.Report{}, err
		}
		if revoked, err = constancy.OpenRevocations(file, ring); err != nil {
			return constancy.Report{}, err
		}
	}
	return constancy.Verify(text, ring, revoked, on), nil
}

// scanned is the text of a code: the word itself, a file that holds it, or with "-" what
// a scanner types.
func (e *env) scanned(word string) (string, error) {
	const most = 1 << 16
	in := e.in
	if word != "-" {
		file, err := os.Open(word)
		if err != nil {
			return word, nil
		}
		defer file.Close()
		in = file
	}
	b, err := io.ReadAll(io.LimitReader(in, most))
	if err != nil {
		return "", fault.New(fault.Unavailable, "constancy.file", "file", word).Because(err)
	}
	return string(b), nil
}

// verdictJSON is the outcome as other programs read it.
type verdictJSON struct {
	Verdict   constancy.Verdict `json:"verdict"`
	Valid     bool              `json:"valid"`
	Message   string            `json:"message"`
	Signer    string            `json:"signer,omitempty"`
	RevokedOn string            `json:"revoked_on,omitempty"`
	ListOf    string            `json:"list_of,omitempty"`
	Stale     bool              `json:"stale"`
	Statement map[string]string `json:"statement,omitempty"`
}

func (e *env) verdict(r constancy.Report) error {
	message := i18n.T(e.lang, "constancy.verdict."+string(r.Verdict))
	if e.asJSON {
		out := verdictJSON{Verdict: r.Verdict, Valid: r.Verdict == constancy.Valid, Message: message, Signer: r.Signer,
			RevokedOn: known(r.RevokedOn), ListOf: known(r.ListOf), Stale: r.Stale}
		if r.Genuine() {
			out.Statement = map[string]string{}
			for _, l := range stated(r.Statement) {
				out.Statement[l.key] = l.value
			}
		}
		if err := e.json(out); err != nil {
			return err
		}
	} else {
		e.printVerdict(r, message)
	}
	if r.Verdict != constancy.Valid {
		return errSilent
	}
	return nil
}

func (e *env) printVerdict(r constancy.Report, message string) {
	fmt.Fprintln(e.out, message)
	if !r.Genuine() {
		return
	}
	fmt.Fprintln(e.out, i18n.T(e.lang, "constancy.kind."+string(r.Statement.Kind)))
	for _, l := range stated(r.Statement)[1:] {
		fmt.Fprintf(e.out, "  %-22s %s\n", i18n.T(e.lang, "constancy.label."+l.key), l.value)
	}
	if r.RevokedOn.Known() {
		fmt.Fprintf(e.out, "  %-22s %s\n", i18n.T(e.lang, "constancy.label.revoked"), r.RevokedOn)
	}
	switch {
	case r.Stale && !r.ListOf.Known():
		e.say("cli.constancy.no_list")
	case r.Stale:
		e.say("cli.constancy.old_list", "date", r.ListOf.String())
	}
}

type stating struct{ key, value string }

// stated lists what a statement says, the kind first, in the order of the paper.
func stated(s *constancy.Statement) []stating {
	all := []stating{{"kind", string(s.Kind)}, {"surnames", s.Surnames}, {"given", s.Given}, {"latin", s.Latin}, {"birth", known(s.Birth)},
		{"document", s.Document}, {"number", s.Number}, {"office", s.Office}, {"since", known(s.Since)}, {"closed", known(s.Closed)},
		{"issued", known(s.Issued)}, {"until", known(s.Until)}, {"serial", s.Serial}, {"key", fmt.Sprintf("%08x", s.Key)}}
	out := all[:0]
	for _, l := range all {
		if strings.TrimSpace(l.value) != "" {
			out = append(out, l)
		}
	}
	return out
}

func known(d civil.Date) string {
	if !d.Known() {
		return ""
	}
	return d.String()
}
