package operation

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"quipu/internal/app/backup"
	"quipu/internal/app/node"
)

// Backup says where the program leaves a copy of the register by itself: in Dir, sealed for
// To (public keys, or files with some), Every so often. Without a Dir it makes none. Of each of
// the newest Days one stays, and of each of the newest Weeks.
type Backup struct {
	Dir   string        `toml:"dir"`
	To    []string      `toml:"to"`
	Every time.Duration `toml:"every"`
	Keys  bool          `toml:"keys"`
	Days  int           `toml:"days"`
	Weeks int           `toml:"weeks"`
}

// wrong names the setting that cannot be meant, and what is said of it.
func (b *Backup) wrong() (key, said string) {
	switch {
	case b.Dir == "" && len(b.To) > 0:
		return "dir", "config_backup_dir"
	case b.Dir != "" && len(b.To) == 0:
		return "to", "config_backup_to"
	case b.Every < time.Hour || b.Every > 31*24*time.Hour:
		return "every", "config_backup_every"
	case b.Days < 1 || b.Weeks < 0 || b.Days+7*b.Weeks > 366:
		return "days", "config_backup_days"
	}
	return "", ""
}

// from makes relative paths start at a folder.
func (b *Backup) from(dir string) {
	if b.Dir != "" && !filepath.IsAbs(b.Dir) {
		b.Dir = filepath.Join(dir, b.Dir)
	}
	for i, to := range b.To {
		if !strings.HasPrefix(to, "age1") && !filepath.IsAbs(to) {
			b.To[i] = filepath.Join(dir, to)
		}
	}
}

// backups looks now and then whether a backup is due, and makes it.
func (s *Server) backups(ctx context.Context) {
	if s.Config.Backup.Dir == "" {
		return
	}
	tick := time.NewTicker(backupLook)
	defer tick.Stop()
	for {
		if err := s.backup(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("backup", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// backupLook is how often a process asks whether a backup is due.
const backupLook = time.Minute

// backup makes a backup when one is due and this process has the turn, and deletes those that
// are kept no longer.
func (s *Server) backup(ctx context.Context) error {
	b := s.Config.Backup
	mine, err := backup.Turn(ctx, s.App.Node, b.Every)
	if err != nil || !mine {
		return err
	}
	begun := time.Now()
	to, err := backup.Recipients(b.To)
	var r backup.Report
	if err == nil {
		r, err = s.App.Backup(ctx, node.Operator("serve", ""), b.Dir, backup.Job{To: to, Keys: b.Keys, Program: Version()})
	}
	if err2 := backup.Ended(context.WithoutCancel(ctx), s.App.Node, err == nil); err == nil {
		err = err2
	}
	if err != nil {
		return err
	}
	s.Log.Info("backup", "bytes", r.Bytes, "took", time.Since(begun), "changes", r.Manifest.Size)
	if !r.Sound {
		s.Log.Error("backup: its log is not the one that was signed")
	}
	_, err = backup.Rotate(b.Dir, string(s.App.Name()), b.Days, b.Weeks)
	return err
}
