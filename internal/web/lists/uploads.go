package lists

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"quipu/internal/app"
	"quipu/internal/fault"
	"quipu/internal/web/desk"
)

// Lists wait on disk between the upload and the import, and refused rows until they were
// fetched; both are sealed, and swept away after a time, because they are full of
// persons' data.
const (
	listLife    = time.Hour
	refusedLife = 24 * time.Hour
	listEnd     = ".list"
	refusedEnd  = ".refused.csv"
)

type uploads struct {
	app *app.App
	dir string
	now func() time.Time
}

// upload is a list that waits; it is kept in the session of whoever brought it.
type upload struct {
	Token, Name, Office, Sheet, Encoding string
	Targets                              map[int]string // columns mapped by hand, from 0
}

// keep writes the body to a new sealed file.
func (u uploads) keep(body io.Reader) (token string, err error) {
	u.sweep()
	token = rand.Text()
	f, err := u.app.NewScratch(token + listEnd)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, body)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(u.list(token)))
	}
	return token, nil
}

// list and refused are paths; a name with a separator in it never gets here, for tokens
// come from the session and batches were found in the register.
func (u uploads) list(token string) string    { return filepath.Join(u.dir, token+listEnd) }
func (u uploads) refused(batch string) string { return filepath.Join(u.dir, batch+refusedEnd) }

func (u uploads) sweep() {
	entries, err := os.ReadDir(u.dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		life := listLife
		if strings.HasSuffix(e.Name(), refusedEnd) {
			life = refusedLife
		}
		info, err := e.Info()
		if err == nil && u.now().Sub(info.ModTime()) > life {
			_ = os.Remove(filepath.Join(u.dir, e.Name())) // another sweep may have been first
		}
	}
}

// rename seals a file again under another name: the name is part of the key.
func (u uploads) rename(from, to string) (err error) {
	in, err := u.app.OpenScratch(from)
	if err != nil {
		return err
	}
	out, err := u.app.NewScratch(to)
	if err == nil {
		_, err = io.Copy(out, io.NewSectionReader(in, 0, in.Size()))
		err = errors.Join(err, out.Close())
	}
	return errors.Join(err, in.Close(), os.Remove(filepath.Join(u.dir, from)))
}

// drop removes a file that is not wanted any more.
func (u uploads) drop(name string) error {
	err := os.Remove(filepath.Join(u.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// putUpload and waiting keep a waiting list in the session.
func (s *Room) putUpload(v *desk.Visit, u upload) error {
	text, err := json.Marshal(u)
	if err == nil {
		s.Sessions.Put(v.Context(), "upload:"+u.Token, string(text))
	}
	return err
}

func (s *Room) waiting(v *desk.Visit, token string) (u upload, err error) {
	gone := fault.New(fault.NotFound, "officer.upload_gone")
	text := s.Sessions.GetString(v.Context(), "upload:"+token)
	if text == "" || json.Unmarshal([]byte(text), &u) != nil {
		return u, gone
	}
	if _, err := os.Stat(s.files.list(token)); err != nil {
		return u, gone
	}
	return u, nil
}
