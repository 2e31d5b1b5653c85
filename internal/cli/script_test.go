package cli

import (
	"bytes"
	"encoding/base32"
	"encoding/binary"
	"hash/crc32"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts run the real command line as another process.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"quipu": func() {
			tune()
			os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
		},
	})
}

// waitLog waits until a file that another process writes says a word.
func waitLog(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: waitlog FILE WORD")
	}
	for range 300 {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		if err == nil && strings.Contains(string(text), args[1]) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s does not say %s", args[0], args[1])
}

// edit writes a file with every match of a regular expression replaced: "edit IN OUT RE NEW".
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: edit IN OUT REGEXP NEW")
	}
	old := ts.ReadFile(args[0])
	text := regexp.MustCompile(args[2]).ReplaceAllString(old, args[3])
	if text == old {
		ts.Fatalf("%s has nothing like %s", args[0], args[2])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o600))
}

// take sets a variable to what the group of a regular expression finds in a file:
// "take FILE NAME REGEXP".
func take(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: take FILE NAME REGEXP")
	}
	found := regexp.MustCompile(args[2]).FindStringSubmatch(ts.ReadFile(args[0]))
	if len(found) != 2 {
		ts.Fatalf("%s has nothing like %s", args[0], args[2])
	}
	ts.Setenv(args[1], found[1])
}

// forge writes the text of a certificate with another name, under the old signature and a
// right checksum, as a forger does who has read the source: "forge IN OUT".
func forge(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: forge IN OUT")
	}
	enc := base32.StdEncoding.WithPadding(base32.NoPadding)
	body, err := enc.DecodeString(strings.TrimPrefix(strings.TrimSpace(ts.ReadFile(args[0])), "QP1:"))
	ts.Check(err)
	forged := bytes.Replace(body[:len(body)-4], []byte("Juan"), []byte("Jaun"), 1)
	if bytes.Equal(forged, body[:len(body)-4]) {
		ts.Fatalf("no name to forge in %s", args[0])
	}
	forged = binary.BigEndian.AppendUint32(forged, crc32.ChecksumIEEE(forged))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte("QP1:"+enc.EncodeToString(forged)), 0o600))
}

// spoil copies a file with one byte changed, "cut" the first bytes of it: "spoil IN OUT PLACE".
func spoil(ts *testscript.TestScript, neg bool, args []string) {
	at, text := placed(ts, neg, args)
	text[at] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text, 0o600))
}

func cutShort(ts *testscript.TestScript, neg bool, args []string) {
	at, text := placed(ts, neg, args)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text[:at], 0o600))
}

func placed(ts *testscript.TestScript, neg bool, args []string) (int, []byte) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: cut|spoil IN OUT PLACE")
	}
	at, err := strconv.Atoi(args[2])
	ts.Check(err)
	text := []byte(ts.ReadFile(args[0]))
	if at >= len(text) {
		ts.Fatalf("%s has %d bytes", args[0], len(text))
	}
	return at, text
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Cmds: map[string]func(*testscript.TestScript, bool, []string){"waitlog": waitLog, "edit": edit, "take": take, "forge": forge, "cut": cutShort, "spoil": spoil}, Setup: func(e *testscript.Env) error {
		e.Setenv("QUIPU_LANG", "en")
		e.Setenv("QUIPU_DIR", e.WorkDir+"/reg")
		return nil
	}})
}
