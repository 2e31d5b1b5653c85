package bench

import (
	"context"
	"path/filepath"

	"quipu/internal/seal"
	"quipu/internal/store/bare"
)

// targets are the databases of a run in dir: the register's and the peer's. With a
// passphrase both are encrypted, under the same key.
func targets(dir, passphrase string) (register, peer bare.Target, err error) {
	register.Path = filepath.Join(dir, "register", "quipu.db")
	peer.Path = filepath.Join(dir, "bare.db")
	if passphrase != "" {
		var master *seal.Master
		if master, err = seal.Load(filepath.Join(dir, "register", "keys", "master.key"), passphrase); err == nil {
			register.Key = master.DatabaseKey()
			peer.Key = register.Key
		}
	}
	return register, peer, err
}

// CopyBare fills the peer with the people of the register of a run and says what
// inserting them took; what reading them took is left out. The addresses are "" for SQLite.
func CopyBare(ctx context.Context, dir, passphrase, registerURL, peerURL string) (b Bare, err error) {
	from, to, err := targets(dir, passphrase)
	if err != nil {
		return b, err
	}
	from.URL, to.URL = registerURL, peerURL
	cpu := func() float64 {
		s, err := CPUSeconds()
		if err != nil {
			return 0 // the command has asked before: this system knows
		}
		return s
	}
	res, err := bare.Copy(ctx, from, to, cpu)
	b = Bare{People: res.People, Keys: res.Keys, Bytes: res.Bytes, PerCPUSecond: rate(int(res.People), res.CPUSeconds)}
	b.CPUSeconds, b.WallSeconds, b.PeakBytes = round(res.CPUSeconds), round(res.WallSeconds), PeakBytes()
	return b, err
}
