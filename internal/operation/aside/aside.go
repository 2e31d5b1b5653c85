// Package aside is what commands on the same computer ask the program that serves an encrypted
// register. Such a register is open to one program at a time, so a copy of it, or a look at
// its health, can only come from the program that has it open.
//
// They speak HTTP over a socket in the folder of the register, which nobody but the user that
// the program runs under can reach, and whoever asks shows the passphrase: what opens the
// register is asked for here, too.
package aside

import (
	"encoding/json"
	"errors"
	"path/filepath"

	"quipu/internal/fault"
)

// socketName is the socket in the folder of the register.
const socketName = "serve.sock"

// socketPath is where the socket of a register is.
func socketPath(dir string) string { return filepath.Join(dir, socketName) }

// backupAsk asks for a copy of the register. It is sealed to keys, or to who knows a secret.
type backupAsk struct {
	Passphrase, Login string
	To                []string // public keys of age
	Secret            string
	Keys              bool   // the keys of the register go in as well
	Path              string // of the new file, or of a folder
	Folder            bool
}

// keptNote says that the copy with a hash is on the disk, and was read back.
type keptNote struct{ Passphrase, SHA256 string }

// checkAsk asks how the register is.
type checkAsk struct {
	Passphrase, Login, Lang string
	Last                    int64 // newest changes to look at
}

// Checked is a check of the register, in words.
type Checked struct {
	Name    string `json:"name"`
	State   string `json:"state"`
	Message string `json:"message"`
}

// Headers of an answer: where the copy goes, before it; how it ended, after it.
const (
	pathHeader   = "Quipu-Path"
	reportHeader = "Quipu-Report"
	faultHeader  = "Quipu-Fault"
)

// wrong is a fault on its way.
type wrong struct {
	Kind  fault.Kind
	Key   string
	Field string `json:",omitempty"`
	Args  []fault.Arg
}

// say is an error as it travels. What is no fault is told as it is: who asks is the operator.
func say(err error) string {
	w := wrong{Kind: fault.Internal, Key: "aside.failed", Args: []fault.Arg{{Name: "reason", Value: err.Error()}}}
	if f := fault.As(err); f != nil {
		w = wrong{f.Kind, f.Key, f.Field, f.Args}
	}
	text, err := json.Marshal(w)
	if err != nil {
		return `{"Kind":"internal","Key":"internal"}`
	}
	return string(text)
}

// heard is the error that say said.
func heard(text string) error {
	var w wrong
	if err := json.Unmarshal([]byte(text), &w); err != nil || w.Key == "" {
		return errors.Join(errors.New("aside: an answer that says nothing"), err)
	}
	f := fault.New(w.Kind, w.Key)
	f.Field = w.Field
	for _, a := range w.Args {
		if n, ok := a.Value.(float64); ok && n == float64(int(n)) {
			a.Value = int(n)
		}
		f.Args = append(f.Args, a)
	}
	return f
}
