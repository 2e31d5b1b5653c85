package portal

import (
	"context"
	"sync"
	"time"

	"quipu/internal/web/ui"
	"quipu/internal/web/verifier"
)

// listLife is for how long a list that was made is given out again: whoever asks often must
// not make the register gather it each time.
const listLife = time.Minute

// cached is a signed list that is made at most once in a listLife.
type cached struct {
	now func() time.Time

	mu    sync.Mutex
	file  []byte
	until time.Time
}

func (c *cached) get(fetch func() ([]byte, error)) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.file != nil && c.now().Before(c.until) {
		return c.file, nil
	}
	file, err := fetch()
	if err != nil {
		return nil, err
	}
	c.file, c.until = file, c.now().Add(listLife)
	return file, nil
}

func (s *Site) keyList(ctx context.Context) ([]byte, error) {
	return s.keys.get(func() ([]byte, error) {
		file, _, _, err := s.App.ConstancyKeys(ctx)
		return file, err
	})
}

func (s *Site) revokedList(ctx context.Context) ([]byte, error) {
	return s.revocation.get(func() ([]byte, error) {
		file, _, err := s.App.RevokedConstancies(ctx)
		return file, err
	})
}

func (s *Site) keysFile(v *visit) error {
	file, err := s.keyList(v.Context())
	if err != nil {
		return err
	}
	ui.SendFile(v.w, v.Request, file, "quipu-claves.txt", "text/plain; charset=utf-8")
	return nil
}

func (s *Site) revokedFile(v *visit) error {
	file, err := s.revokedList(v.Context())
	if err != nil {
		return err
	}
	ui.SendFile(v.w, v.Request, file, "quipu-revocadas.txt", "text/plain; charset=utf-8")
	return nil
}

// verifierFile is the offline checker with the lists of the day.
func (s *Site) verifierFile(v *visit) error {
	keys, err := s.keyList(v.Context())
	if err != nil {
		return err
	}
	revoked, err := s.revokedList(v.Context())
	if err != nil {
		return err
	}
	file, err := verifier.File(keys, revoked)
	if err != nil {
		return err
	}
	ui.SendFile(v.w, v.Request, file, verifier.FileName, "text/html; charset=utf-8")
	return nil
}
