// Package lists holds the screens of lists on their way in: upload, preview, import, undo.
package lists

import (
	"embed"
	"os"
	"path/filepath"

	"quipu/internal/web/desk"
)

// Screens are the templates of the room.
//
//go:embed *.html
var Screens embed.FS

// Room is the screens of the package.
type Room struct {
	*desk.Desk
	files uploads
}

// New makes the room, and the folder that uploads wait in.
func New(d *desk.Desk) (*Room, error) {
	dir := filepath.Join(d.App.Dir(), "uploads")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return &Room{d, uploads{app: d.App, dir: dir, now: d.App.Now}}, nil
}

// words are the desk's, and those that only this room needs.
type words struct{ desk.Words }

// Routes lists the addresses of the room.
func (s *Room) Routes() []desk.Route {
	return []desk.Route{
		{Pattern: "GET /importar", Do: s.importPage},
		{Pattern: "POST /importar", Bytes: desk.MaxUpload, Time: desk.LongWork, Do: s.upload},
		{Pattern: "GET /importar/{token}", Heavy: true, Time: desk.LongWork, Do: s.previewPage},
		{Pattern: "POST /importar/{token}", Heavy: true, Time: desk.LongWork, Do: s.runImport},
		{Pattern: "GET /importacion/{batch}", Do: s.importedPage},
		{Pattern: "GET /importacion/{batch}/rechazadas", Do: s.refusedRows},
		{Pattern: "POST /importacion/{batch}/deshacer", Heavy: true, Time: desk.LongWork, Do: s.undoImport},
	}
}
