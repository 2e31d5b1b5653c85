package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"quipu/internal/app"
	"quipu/internal/civil"
	"quipu/internal/constancy"
	"quipu/internal/fault"
	"quipu/internal/i18n"
)

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
