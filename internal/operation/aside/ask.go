package aside

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"filippo.io/age"

	"quipu/internal/app/backup"
	"quipu/internal/app/node"
	"quipu/internal/archive"
	"quipu/internal/fault"
	"quipu/internal/i18n"
)

// Served reports whether a program serves the encrypted register in a folder, and can be asked.
func Served(dir string) bool {
	if !node.IsEncrypted(dir) {
		return false
	}
	c, err := net.Dial("unix", socketPath(dir))
	if err != nil {
		return false
	}
	return c.Close() == nil
}

// post asks, and returns the answer that has begun.
func post(ctx context.Context, dir, path string, ask any) (*http.Response, error) {
	text, err := json.Marshal(ask)
	if err != nil {
		return nil, err
	}
	// The report comes after the copy, and must fit into what is read at a time.
	t := &http.Transport{DisableKeepAlives: true, DisableCompression: true, ReadBufferSize: 256 << 10, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socketPath(dir))
	}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://register"+path, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	res, err := t.RoundTrip(req)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "aside.gone", "dir", dir).Because(err)
	}
	if said := res.Header.Get(faultHeader); said != "" {
		return nil, errors.Join(heard(said), res.Body.Close())
	}
	return res, nil
}

// Order is a copy that is asked for: sealed to the keys of To, or to who knows Secret.
type Order struct {
	To     []string
	Secret string
	Keys   bool
}

// Recipients are who can open it.
func (o Order) Recipients() ([]age.Recipient, error) {
	if o.Secret == "" {
		return archive.To(o.To)
	}
	to, err := archive.ToPassphrase(o.Secret)
	return []age.Recipient{to}, err
}

// Backup has the program that serves the register in a folder make a copy of it, and saves it
// as a new file, or in a folder under a name of its own, read back as any other.
func Backup(ctx context.Context, dir, passphrase, login, path string, o Order, progress func(done, total int64)) (backup.Report, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return backup.Report{}, err
	}
	info, err := os.Stat(full)
	ask := backupAsk{Passphrase: passphrase, Login: login, To: o.To, Secret: o.Secret, Keys: o.Keys, Path: full, Folder: err == nil && info.IsDir()}
	if err == nil && !ask.Folder {
		return backup.Report{}, fault.New(fault.Conflict, "backup.exists", "file", path)
	}
	res, err := post(ctx, dir, "/backup", ask)
	if err != nil {
		return backup.Report{}, err
	}
	defer res.Body.Close()
	r, err := backup.Keep(res.Header.Get(pathHeader), func(w io.Writer) (r backup.Report, err error) {
		n, err := io.Copy(w, &counting{Reader: res.Body, told: progress})
		switch said := res.Trailer.Get(faultHeader); {
		case said != "":
			return r, heard(said)
		case err != nil:
			return r, fault.New(fault.Unavailable, "aside.gone", "dir", dir).Because(err)
		}
		if err := json.Unmarshal([]byte(res.Trailer.Get(reportHeader)), &r); err != nil || r.Bytes != n {
			return r, fault.New(fault.Unavailable, "aside.gone", "dir", dir).Because(err)
		}
		return r, nil
	})
	if err != nil {
		return r, err
	}
	note, err := post(ctx, dir, "/kept", keptNote{passphrase, r.SHA256})
	if err != nil {
		return r, err
	}
	return r, note.Body.Close()
}

// counting tells how many mebibytes have come; how many there will be nobody knows.
type counting struct {
	io.Reader
	told func(done, total int64)
	n    int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if c.n += int64(n); c.told != nil {
		c.told(c.n>>20, c.n>>20)
	}
	return n, err
}

// Check asks how the register in a folder is.
func Check(ctx context.Context, dir, passphrase, login string, lang i18n.Lang, last int64) (checks []Checked, err error) {
	res, err := post(ctx, dir, "/check", checkAsk{passphrase, login, string(lang), last})
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&checks); err != nil {
		return nil, fault.New(fault.Unavailable, "aside.gone", "dir", dir).Because(err)
	}
	return checks, nil
}
