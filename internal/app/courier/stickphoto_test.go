package courier_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"path/filepath"
	"testing"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/courier"
	"quipu/internal/authz"
	"quipu/internal/change"
	"quipu/internal/registry"
)

// TestStickOfALaptopWithPhotos: an encrypted register has one connection for everything. The
// stick is written there with the photographs that were taken on the way, and the hub takes them.
func TestStickOfALaptopWithPhotos(t *testing.T) {
	hub, url := newHub(t, "LIMA")
	code, err := hub.Courier.MakeCode(t.Context(), operator, courier.Ask{Office: "ESMAD", Laptop: true})
	if err != nil {
		t.Fatal(err)
	}
	const pass = "siete llamas en la puna"
	dir := filepath.Join(t.TempDir(), "laptop")
	if _, err := courier.Join(t.Context(), courier.Joining{Dir: dir, Engine: "encrypted", Passphrase: pass, Hubs: []string{url}, Code: code.Text, Program: "test"}); err != nil {
		t.Fatal(err)
	}
	laptop, err := app.Open(t.Context(), dir, app.Options{Passphrase: pass})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { laptop.Close() }) //nolint:errcheck // the test is over
	if link, err := laptop.Courier.Link(t.Context(), "test", nil); err != nil {
		t.Fatal(err)
	} else if _, err = link.Round(t.Context(), 0, nil); err != nil {
		t.Fatal(err)
	}
	who := authz.Actor{Login: "eva", Role: authz.Window, Office: "ESMAD", Purpose: "registry"}
	in := func(field, text string) registry.Input { return registry.Input{Field: field, Value: change.Text(text)} }
	out, err := laptop.Register(t.Context(), who, registry.RegisterCmd{Office: "ESMAD", Prov: change.Provenance{Source: "declared"},
		Inputs: []registry.Input{in("surname_paternal", "Quispe"), in("given_names", "Rosa")}}, true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := laptop.GrantConsent(t.Context(), who, out.Person, "photo", app.ConsentVersion, "spa", ""); err != nil {
		t.Fatal(err)
	}
	var face, file bytes.Buffer
	if err := png.Encode(&face, image.NewGray(image.Rect(0, 0, 350, 450))); err != nil {
		t.Fatal(err)
	}
	if _, err := laptop.SetPhoto(t.Context(), who, out.Person, face.Bytes()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // it waited for itself, for ever
	defer cancel()
	wrote, err := laptop.Courier.WriteStick(ctx, operator, &file, "", "test")
	if err != nil || wrote.Files != 1 {
		t.Fatalf("wrote %+v: %v", wrote, err)
	}
	took, err := hub.Courier.ReadStick(t.Context(), operator, bytes.NewReader(file.Bytes()))
	if err != nil || took.Files != 1 || took.Taken != wrote.Changes {
		t.Errorf("of %+v the hub took %+v: %v", wrote, took, err)
	}
}
