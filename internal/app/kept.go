package app

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"quipu/internal/fault"
)

// What an officer typed and nobody could take – the session had ended, somebody else was
// first – waits in DIR/uploads, sealed as lists are, until the officer comes back for it.
const (
	KeptLife  = 3 * time.Hour // over lunch, not over night
	KeptBytes = 64 << 10      // of one form
	keptEach  = 12            // forms of one officer; the oldest goes first
	keptAll   = 400
	keptEnd   = ".form"
)

// KeptForm is one form that waits: Token opens it, Since is when it was sent.
type KeptForm struct {
	Token string
	Since time.Time
}

var keptToken = regexp.MustCompile(`^[0-9a-f]{32}-[a-z0-9]{1,40}-[a-z0-9]{20,40}$`)

// keptOf is how the names of an officer's forms begin; who that is they do not tell.
func (a *App) keptOf(login string) string { return a.Master.BlindIndex("kept form", login) + "-" }

// KeepForm keeps a form for its officer. kind sorts an officer's forms: small letters and
// digits; only the last one of a kind stays. unique makes the token hard to guess.
func (a *App) KeepForm(login, kind, unique string, form []byte) (token string, err error) {
	if len(form) > KeptBytes {
		return "", fault.New(fault.Invalid, "app.kept_big", "limit", KeptBytes>>10)
	}
	token = a.keptOf(login) + kind + "-" + strings.ToLower(unique)
	if !keptToken.MatchString(token) {
		return "", errors.New("app: a form of a kind that makes no name")
	}
	if err := errors.Join(a.sweepKept(), a.DropKept(login, kind)); err != nil {
		return "", err
	}
	own, err := a.KeptForms(login)
	if err != nil {
		return "", err
	}
	for _, old := range own[min(keptEach-1, len(own)):] {
		if err := a.dropKept(old.Token); err != nil {
			return "", err
		}
	}
	f, err := a.NewScratch(token + keptEnd)
	if err != nil {
		return "", err
	}
	_, err = f.Write(form)
	return token, errors.Join(err, f.Close())
}

// KeptForms lists an officer's forms, the newest first.
func (a *App) KeptForms(login string) (out []KeptForm, err error) {
	err = a.eachKept(func(token string, since time.Time) error {
		if strings.HasPrefix(token, a.keptOf(login)) && a.Now().Sub(since) <= KeptLife {
			out = append(out, KeptForm{token, since})
		}
		return nil
	})
	slices.SortFunc(out, func(x, y KeptForm) int { return y.Since.Compare(x.Since) })
	return out, err
}

// OpenKept opens one of an officer's own forms. Another's is not found.
func (a *App) OpenKept(login, token string) ([]byte, error) {
	gone := fault.New(fault.NotFound, "app.kept_gone")
	if !keptToken.MatchString(token) || !strings.HasPrefix(token, a.keptOf(login)) {
		return nil, gone
	}
	f, err := a.OpenScratch(token + keptEnd)
	if err != nil {
		return nil, gone.Because(err)
	}
	form, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	return form, errors.Join(err, f.Close())
}

// DropKeptForm forgets one of an officer's forms.
func (a *App) DropKeptForm(login, token string) error {
	if !keptToken.MatchString(token) || !strings.HasPrefix(token, a.keptOf(login)) {
		return fault.New(fault.NotFound, "app.kept_gone")
	}
	return a.dropKept(token)
}

// DropKept forgets an officer's forms of a kind.
func (a *App) DropKept(login, kind string) error {
	return a.eachKept(func(token string, _ time.Time) error {
		if !strings.HasPrefix(token, a.keptOf(login)+kind+"-") {
			return nil
		}
		return a.dropKept(token)
	})
}

func (a *App) dropKept(token string) error {
	err := a.DropScratch(token + keptEnd)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// sweepKept forgets what nobody came back for, and refuses more than a disk should hold.
func (a *App) sweepKept() error {
	left := 0
	err := a.eachKept(func(token string, since time.Time) error {
		if a.Now().Sub(since) > KeptLife {
			return a.dropKept(token)
		}
		left++
		return nil
	})
	if err == nil && left >= keptAll {
		err = fault.New(fault.Unavailable, "app.kept_full")
	}
	return err
}

func (a *App) eachKept(do func(token string, since time.Time) error) error {
	entries, err := os.ReadDir(filepath.Join(a.Dir(), "uploads"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		token, ours := strings.CutSuffix(e.Name(), keptEnd)
		if !ours {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // somebody else forgot it meanwhile
		}
		if err != nil {
			return err
		}
		if err := do(token, info.ModTime()); err != nil {
			return err
		}
	}
	return nil
}
