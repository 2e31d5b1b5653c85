// Package people holds the screens about people: search, the record, registering, acts.
package people

import (
	"embed"

	"quipu/internal/web/desk"
)

// Screens are the templates of the room.
//
//go:embed *.html
var Screens embed.FS

// Room is the screens of the package.
type Room struct{ *desk.Desk }

// New makes the room.
func New(d *desk.Desk) *Room { return &Room{d} }

// words are the desk's, and those that only this room needs.
type words struct{ desk.Words }

// Routes lists the addresses of the room.
func (s *Room) Routes() []desk.Route {
	return []desk.Route{
		{Pattern: "GET /{$}", Do: s.searchPage},
		{Pattern: "GET /buscar", Do: s.searchPage},
		{Pattern: "POST /buscar", Do: s.search},
		{Pattern: "GET /persona/{id}", Do: s.personPage(desk.TabSummary)},
		{Pattern: "GET /persona/{id}/documentos", Do: s.personPage(desk.TabDocuments)},
		{Pattern: "GET /persona/{id}/familia", Do: s.personPage(desk.TabFamily)},
		{Pattern: "GET /persona/{id}/historia", Do: s.historyPage},
		{Pattern: "GET /persona/{id}/historia/{field...}", Do: s.fieldHistoryPage},
		{Pattern: "GET /persona/{id}/accesos", Do: s.accessesPage},
		{Pattern: "POST /persona/{id}/duda/{doubt}", Do: s.resolveDoubt},
		{Pattern: "GET /persona/{id}/editar/{section}", Do: s.editPage},
		{Pattern: "POST /persona/{id}/editar/{section}", Do: s.edit},
		{Pattern: "GET /persona/{id}/confirmar", Do: s.actPage(actConfirm)},
		{Pattern: "POST /persona/{id}/confirmar", Do: s.act(actConfirm)},
		{Pattern: "GET /persona/{id}/cerrar", Do: s.actPage(actClose)},
		{Pattern: "POST /persona/{id}/cerrar", Do: s.act(actClose)},
		{Pattern: "GET /persona/{id}/trasladar", Do: s.actPage(actTransfer)},
		{Pattern: "POST /persona/{id}/trasladar", Do: s.act(actTransfer)},
		{Pattern: "GET /persona/{id}/traer", Do: s.bringPage},
		{Pattern: "POST /persona/{id}/traer", Unkept: true, Time: bringTime, Do: s.bring},
		{Pattern: "GET /persona/{id}/fallecimiento", Do: s.actPage(actDecease)},
		{Pattern: "POST /persona/{id}/fallecimiento", Do: s.act(actDecease)},
		{Pattern: "GET /persona/{id}/reinscribir", Do: s.actPage(actReopen)},
		{Pattern: "POST /persona/{id}/reinscribir", Do: s.act(actReopen)},
		{Pattern: "GET /persona/{id}/vida", Do: s.actPage(actVital)},
		{Pattern: "POST /persona/{id}/vida", Do: s.act(actVital)},
		{Pattern: "GET /persona/{id}/completar", Do: s.completePage},
		{Pattern: "POST /persona/{id}/completar", Do: s.complete},
		{Pattern: "GET /persona/{id}/consentimientos", Do: s.consentsPage},
		{Pattern: "POST /persona/{id}/consentimientos/{purpose}", Do: s.consent},
		{Pattern: "GET /persona/{id}/familia/vincular", Do: s.relatePage},
		{Pattern: "POST /persona/{id}/familia/vincular", Do: s.relate},
		{Pattern: "GET /persona/{id}/retrato", Do: s.portraitPage},
		{Pattern: "POST /persona/{id}/retrato", Bytes: desk.MaxPortrait, Do: s.portrait},
		{Pattern: "GET /persona/{id}/foto", Do: s.photo},
		{Pattern: "GET /vencen", Do: s.expiringPage},
		{Pattern: "GET /dudas", Do: s.doubtfulPage},
	}
}
