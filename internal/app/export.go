package app

import (
	"context"
	"os"
	"path/filepath"

	"quipu/internal/audit"
	"quipu/internal/authz"
	"quipu/internal/store"
)

// ExportTiles writes the tree of the log as the files of c2sp.org/tlog-tiles, with the
// signed checkpoint and the public key: what an outside auditor keeps.
func (a *App) ExportTiles(ctx context.Context, actor Actor, dir string) error {
	if err := authz.Check(actor, authz.Audit, actor.Office); err != nil {
		return err
	}
	return a.db.View(ctx, func(tx *store.Tx) error {
		head, err := tx.Head(ctx)
		if err != nil {
			return err
		}
		files := map[string][]byte{"checkpoint": []byte(head.Note), "key": []byte(a.signer.PublicKey() + "\n")}
		for level := range head.Edge.Levels {
			if hs := head.Edge.Levels[level]; len(hs) > 0 {
				full := head.Size >> (8 * (level + 1))
				var partial []byte
				for i := range hs {
					partial = append(partial, hs[i][:]...)
				}
				files[audit.PartialPath(level, full, len(hs))] = partial
			}
		}
		for name, data := range files {
			if err := writeFile(dir, name, data); err != nil {
				return err
			}
		}
		for level := 0; head.Size>>(8*(level+1)) > 0; level++ {
			for i := range head.Size >> (8 * (level + 1)) {
				data, err := tx.Tile(ctx, level, i)
				if err == nil {
					err = writeFile(dir, audit.Path(level, i), data)
				}
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func writeFile(dir, name string, data []byte) error {
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return explainDir(dir, err)
	}
	return explainDir(dir, os.WriteFile(path, data, 0o644))
}
