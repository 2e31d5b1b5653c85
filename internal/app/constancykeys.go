package app

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"quipu/internal/audit"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/civil"
	"quipu/internal/constancy"
	"quipu/internal/fault"
	"quipu/internal/place"
	"quipu/internal/registry"
	"quipu/internal/store"
)

// ringSetting holds the keys that this register knows, as a signed list.
const ringSetting = "constancy.keys"

// homeCountry is the State whose offices these are, ISO 3166-1 alpha-2.
func homeCountry() string { return strings.ToUpper(place.DefaultPack) }

// constancySigner loads the key for certificates, or makes it at first use.
func (a *App) constancySigner() (*audit.Signer, error) {
	path := filepath.Join(a.Dir(), "keys", "constancy.key")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		s, err := audit.Generate(rand.Reader, "quipu/"+string(a.Name())+"/constancy")
		if err != nil {
			return nil, err
		}
		// Another process may have been first; then its key is the one.
		if err := s.Save(path); err != nil && !fault.Is(err, "audit.key_exists") {
			return nil, err
		}
	}
	return audit.Load(path)
}

// ringOf is the list of keys that this register knows: those that were added, and its
// own. A key file that was replaced ends the time of the old key, which stays in the list.
// changed says that the list is not yet kept so.
func (a *App) ringOf(ctx context.Context, tx *store.Tx, signer *audit.Signer) (ring *constancy.Ring, changed bool, err error) {
	text, err := tx.Setting(ctx, ringSetting)
	if err != nil {
		return nil, false, err
	}
	var keys []constancy.Key
	if text != "" {
		held, _, err := constancy.OpenRing([]byte(text))
		if err != nil {
			return nil, false, err
		}
		keys = held.Keys()
	}
	mine := func(k constancy.Key) bool { return k.Public == signer.PublicKey() }
	for i, k := range keys {
		if !mine(k) && strings.HasPrefix(k.Public, signer.Name()+"+") && !k.Until.Known() {
			keys[i].Until, changed = a.Today(), true
		}
	}
	if !slices.ContainsFunc(keys, mine) {
		keys, changed = append(keys, constancy.Key{Public: signer.PublicKey(), From: a.Today()}), true
	}
	ring, err = constancy.NewRing(homeCountry(), a.Today(), keys)
	return ring, changed, err
}

func keepRing(ctx context.Context, tx *store.Tx, ring *constancy.Ring, signer *audit.Signer) error {
	signed, err := ring.Sign(signer.Note())
	if err != nil {
		return err
	}
	return tx.PutSetting(ctx, ringSetting, string(signed))
}

// ring is this node's key with the list of keys, which is kept before anything is signed.
func (a *App) ring(ctx context.Context) (ring *constancy.Ring, signer *audit.Signer, err error) {
	if signer, err = a.constancySigner(); err != nil {
		return nil, nil, err
	}
	changed := false
	read := func(tx *store.Tx) (err error) {
		ring, changed, err = a.ringOf(ctx, tx, signer)
		return err
	}
	if err := a.DB.View(ctx, read); err != nil || !changed {
		return ring, signer, err
	}
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		if err := read(tx); err != nil {
			return err
		}
		return keepRing(ctx, tx, ring, signer)
	})
	return ring, signer, err
}

// ConstancyKeys is the signed list of keys that an offline verifier carries, how many
// there are, and the public key that signs it, which is published by another way too.
// All is for everybody.
func (a *App) ConstancyKeys(ctx context.Context) (file []byte, count int, public string, err error) {
	ring, signer, err := a.ring(ctx)
	if err != nil {
		return nil, 0, "", err
	}
	file, err = ring.Sign(signer.Note())
	return file, len(ring.Keys()), signer.PublicKey(), err
}

// AddConstancyKeys takes the keys of another node's list into this register's, and
// returns how many were new. root names the key that must have signed the list.
func (a *App) AddConstancyKeys(ctx context.Context, actor Actor, file []byte, root ...string) (added int, err error) {
	if err := authz.Check(actor, authz.Accounts, actor.Office); err != nil {
		return 0, err
	}
	theirs, _, err := constancy.OpenRing(file, root...)
	if err != nil {
		return 0, err
	}
	if theirs.Country != homeCountry() {
		return 0, fault.New(fault.Invalid, "constancy.keys_form")
	}
	signer, err := a.constancySigner()
	if err != nil {
		return 0, err
	}
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		ours, _, err := a.ringOf(ctx, tx, signer)
		if err != nil {
			return err
		}
		all, err := constancy.NewRing(homeCountry(), a.Today(), append(ours.Keys(), theirs.Keys()...))
		if err != nil {
			return err
		}
		added = len(all.Keys()) - len(ours.Keys())
		return keepRing(ctx, tx, all, signer)
	})
	return added, err
}

// RemoveConstancyKey takes a key out of this register's list: one that was stolen, whose
// thief could write any date. What it signed cannot be checked any more. key is the public
// key or its number of eight digits, as a paper shows it. The key that signs now stays.
func (a *App) RemoveConstancyKey(ctx context.Context, actor Actor, key string) error {
	if err := authz.Check(actor, authz.Accounts, actor.Office); err != nil {
		return err
	}
	signer, err := a.constancySigner()
	if err != nil {
		return err
	}
	return a.DB.Update(ctx, func(tx *store.Tx) error {
		ours, _, err := a.ringOf(ctx, tx, signer)
		if err != nil {
			return err
		}
		keys := ours.Keys()
		i := slices.IndexFunc(keys, func(k constancy.Key) bool {
			return key == k.Public || len(key) == 8 && strings.Contains(k.Public, "+"+strings.ToLower(key)+"+")
		})
		switch {
		case i < 0:
			return fault.New(fault.NotFound, "constancy.key_unknown", "key", key)
		case keys[i].Public == signer.PublicKey():
			return fault.New(fault.Conflict, "constancy.key_in_use", "key", key)
		}
		rest, err := constancy.NewRing(homeCountry(), a.Today(), slices.Delete(keys, i, i+1))
		if err != nil {
			return err
		}
		return keepRing(ctx, tx, rest, signer)
	})
}

// RevokedConstancies is the signed list of serials that were taken back and would still
// hold otherwise, and how many there are. It is for everybody: it names no person.
func (a *App) RevokedConstancies(ctx context.Context) (file []byte, count int, err error) {
	signer, err := a.constancySigner()
	if err != nil {
		return nil, 0, err
	}
	list := constancy.Revocations{Country: homeCountry(), Issued: a.Today(), Serials: map[string]civil.Date{}}
	err = a.DB.View(ctx, func(tx *store.Tx) error { return collectRevoked(ctx, tx, &list) })
	if err != nil {
		return nil, 0, err
	}
	file, err = list.Sign(signer.Note())
	return file, len(list.Serials), err
}

func collectRevoked(ctx context.Context, tx *store.Tx, list *constancy.Revocations) error {
	found, err := tx.PersonIDs(ctx, []string{registry.RevokedKey})
	if err != nil {
		return err
	}
	const page = 500
	for people := found[registry.RevokedKey]; len(people) > 0; {
		n := min(page, len(people))
		refs := make([]string, n)
		for i, p := range people[:n] {
			refs[i] = change.Ref{Kind: change.Person, ID: p}.String()
		}
		changes, err := tx.ChangesOf(ctx, refs)
		if err != nil {
			return err
		}
		for _, c := range changes {
			p := registry.Load(c)
			for _, cert := range registry.Certificates(&p) {
				if cert.Revoked.Known() && cert.Text != "" && !cert.Expires.Before(list.Issued) {
					list.Serials[cert.Serial] = cert.Revoked
				}
			}
		}
		people = people[n:]
	}
	return nil
}
