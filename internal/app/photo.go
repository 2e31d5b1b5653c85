package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // pasted photographs are often PNG
	"slices"
	"sync"

	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/fault"
	"quipu/internal/registry"
	"quipu/internal/store"
)

const (
	maxPhotoBytes  = 4 << 20
	maxPhotoSide   = 6000
	maxPhotoPixels = 24_000_000 // 100 MB unfolded; cameras' 4 MB hold no more
)

// unfolding lets one picture be in memory at a time: a few at once would be more than a
// small computer has.
var unfolding sync.Mutex

// deep are the colours with 16 bits, which take twice the room and which no camera makes.
var deep = []color.Model{color.RGBA64Model, color.NRGBA64Model, color.Gray16Model, color.Alpha16Model}

// SetPhoto keeps a person's photograph. It is written anew as JPEG, so that what cameras
// hide in a file (place, device, time) does not stay.
func (a *App) SetPhoto(ctx context.Context, actor Actor, person string, file []byte) (Outcome, error) {
	clean, err := cleanPhoto(file)
	if err != nil {
		return Outcome{}, err
	}
	sum := sha256.Sum256(clean)
	hash := hex.EncodeToString(sum[:])
	err = a.DB.Update(ctx, func(tx *store.Tx) error {
		cur, _, err := a.Load(ctx, tx, person)
		if err != nil {
			return err
		}
		if err := authz.Check(actor, authz.Edit, node.OfficeOf(cur)); err != nil {
			return err
		}
		return tx.PutAttachment(ctx, hash, "image/jpeg", clean)
	})
	if err != nil {
		return Outcome{}, err
	}
	return a.OnPerson(ctx, actor, person, authz.Edit, func(cur *registry.Person) (change.Change, []registry.Doubt, error) {
		c, err := registry.Photograph(cur, hash)
		return c, nil, err
	})
}

func cleanPhoto(file []byte) ([]byte, error) {
	bad := fault.New(fault.Invalid, "app.photo", "megabytes", maxPhotoBytes>>20).On("photo")
	if len(file) == 0 || len(file) > maxPhotoBytes {
		return nil, bad
	}
	// The size is read first: a small file may unfold to a huge picture.
	cfg, _, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil || cfg.Width > maxPhotoSide || cfg.Height > maxPhotoSide || cfg.Width < 100 || cfg.Height < 100 ||
		cfg.Width*cfg.Height > maxPhotoPixels || slices.Contains(deep, cfg.ColorModel) {
		return nil, bad
	}
	unfolding.Lock()
	defer unfolding.Unlock()
	img, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, bad.Because(err)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 88}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Photo returns a person's photograph to who may see the detail of the entry, and logs it.
func (a *App) Photo(ctx context.Context, actor Actor, person string) (media string, data []byte, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		changes, err := tx.Changes(ctx, change.Ref{Kind: change.Person, ID: person})
		if err != nil || len(changes) == 0 {
			return node.NotFound(err, "person", person)
		}
		cur := registry.Load(changes)
		if err := authz.Check(actor, authz.ReadDetail, node.OfficeOf(cur)); err != nil {
			return err
		}
		var ok bool
		media, data, ok, err = tx.Attachment(ctx, cur.Text("photo"))
		if err != nil || !ok {
			return node.NotFound(err, "photo", person)
		}
		return nil
	})
	if err != nil {
		return "", nil, err
	}
	return media, data, a.LogReads(ctx, actor, store.Read{Action: "photo", Person: person})
}
