// Package laptop is what the command line does about the passphrase of an encrypted register:
// where it comes from, asking for it at the terminal, changing it.
package laptop

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"quipu/internal/app/node"
	"quipu/internal/fault"
	"quipu/internal/host"
)

// Secret is a secret of the environment, or of the file that NAME_FILE names, so that it can
// come from a vault (LoadCredential of systemd) and stand in no environment.
func Secret(name string) (string, error) {
	file := os.Getenv(name + "_FILE")
	if s := os.Getenv(name); s != "" || file == "" {
		return s, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fault.New(fault.NotFound, "cli.no_file", "file", file).Because(err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// Passphrase is that of an encrypted register: a Secret, or the first line of a file that is
// open already, by its number.
func Passphrase() (string, error) {
	const name = "QUIPU_PASSPHRASE"
	fd := os.Getenv(name + "_FD")
	if fd == "" || os.Getenv(name) != "" || os.Getenv(name+"_FILE") != "" {
		return Secret(name)
	}
	n, err := strconv.ParseUint(fd, 10, 16)
	if err != nil {
		return "", fault.New(fault.Invalid, "cli.passphrase_fd", "fd", fd)
	}
	f := os.NewFile(uintptr(n), "passphrase")
	text, err := io.ReadAll(io.LimitReader(f, 4096))
	f.Close() //nolint:errcheck // it was read
	if err != nil || len(text) == 0 {
		return "", fault.New(fault.Invalid, "cli.passphrase_fd", "fd", fd).Because(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimRight(line, "\r"), nil
}

// mostTries is how often the passphrase is asked for.
const mostTries = 5

// ErrGivenUp ends an asking in which everything has been said.
var ErrGivenUp = errors.New("laptop: given up")

// Asking is where a person may be asked, and how words reach that person.
type Asking struct {
	Ctx context.Context
	In  io.Reader
	Say func(key string, args ...any)
}

// terminal is the other end of In when a person sits there.
func (k Asking) terminal() (*os.File, bool) {
	f, ok := k.In.(*os.File)
	return f, ok && host.Terminal(f)
}

// Unlock runs open with the passphrase of the register in the folder. One that nobody gave
// is asked for, where a person sits at the terminal; a wrong one is asked for again, after
// the wait that it costs.
func (k Asking) Unlock(dir string, open func(pass string) error) error {
	pass, err := Passphrase()
	if err != nil {
		return err
	}
	terminal, ok := k.terminal()
	if pass != "" || !ok || !node.IsEncrypted(dir) {
		return open(pass)
	}
	for try := 1; ; try++ {
		if pass, err = k.ask(terminal, "cli.passphrase.ask"); err != nil {
			return err
		}
		err := open(pass)
		if wait := waitOf(err); wait > 0 {
			k.Say("cli.passphrase.wait", "seconds", int(wait.Seconds()))
			select {
			case <-time.After(wait):
			case <-k.Ctx.Done():
				return err
			}
			err = open(pass)
		}
		if !fault.Is(err, "seal.wrong_passphrase") || try == mostTries {
			return err
		}
		k.Say("cli.passphrase.wrong", "left", mostTries-try)
	}
}

// ask asks for a secret; nothing of it is shown.
func (k Asking) ask(terminal *os.File, key string) (string, error) {
	k.Say(key)
	pass, err := host.ReadSecret(terminal)
	if err != nil {
		return "", fault.New(fault.Invalid, "app.passphrase_needed").Because(err)
	}
	return pass, nil
}

// waitOf is how long the next try has to wait, by what the last one said.
func waitOf(err error) time.Duration {
	if f := fault.As(err); f != nil && f.Key == "app.passphrase_wait" {
		for _, a := range f.Args {
			if n, ok := a.Value.(int); ok && a.Name == "seconds" {
				return time.Duration(n) * time.Second
			}
		}
	}
	return 0
}

// Change puts the register in a folder under another passphrase, and with device under the
// security chip of this computer as well. Both passphrases come from the environment, the new
// one from QUIPU_NEW_PASSPHRASE, or are asked for.
func (k Asking) Change(dir string, device bool) error {
	old, err := Passphrase()
	if err != nil {
		return err
	}
	changed := os.Getenv("QUIPU_NEW_PASSPHRASE")
	if terminal, ok := k.terminal(); ok {
		if old == "" {
			if old, err = k.ask(terminal, "cli.passphrase.old"); err != nil {
				return err
			}
		}
		if changed == "" {
			if changed, err = k.twice(terminal); err != nil {
				return err
			}
		}
	}
	switch {
	case old == "":
		return fault.New(fault.Invalid, "app.passphrase_needed")
	case changed == "":
		return fault.New(fault.Invalid, "cli.passphrase_new")
	}
	out, err := node.ChangePassphrase(dir, old, changed, device, time.Now())
	if err != nil {
		return err
	}
	if out.Device != "" {
		k.Say("cli.passphrase.bound", "device", out.Device)
	}
	k.Say("cli.passphrase.changed", "dir", dir)
	return nil
}

// twice asks for the new passphrase until both times agree.
func (k Asking) twice(terminal *os.File) (string, error) {
	for range mostTries {
		first, err := k.ask(terminal, "cli.passphrase.new")
		if err != nil {
			return "", err
		}
		again, err := k.ask(terminal, "cli.passphrase.again")
		if err != nil || first == again {
			return first, err
		}
		k.Say("cli.passphrase.differ")
	}
	return "", ErrGivenUp
}
