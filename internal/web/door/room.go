// Package door holds the ways in: password, second step, set-up code; and what is about accounts:
// one's own, other people's, and their sessions.
package door

import (
	"embed"

	"quipu/internal/authz"
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
		{Pattern: "GET /entrar", Public: true, Do: s.loginPage},
		{Pattern: "POST /entrar", Public: true, Do: s.login},
		{Pattern: "GET /entrar/codigo", Public: true, Do: s.secondPage},
		{Pattern: "POST /entrar/codigo", Public: true, Do: s.second},
		{Pattern: "POST /entrar/llave", Public: true, Do: s.secondKey},
		{Pattern: "GET /entrar/inscribir", Public: true, Do: s.enrolPage},
		{Pattern: "POST /entrar/inscribir", Public: true, Do: s.enrol},
		{Pattern: "POST /entrar/inscribir/llave", Public: true, Do: s.enrolKey},
		{Pattern: "GET /entrar/oidc", Public: true, Do: s.toProvider},
		{Pattern: "GET /entrar/oidc/vuelta", Public: true, Do: s.fromProvider},
		{Pattern: "GET /entrar/oidc/salida", Public: true, Do: s.left},
		{Pattern: "POST /entrar/oidc/fin", Public: true, Do: s.providerEnded},
		{Pattern: "GET /alta", Public: true, Do: s.setupPage},
		{Pattern: "POST /alta", Public: true, Do: s.setup},
		{Pattern: "GET /primera-vez", Public: true, Do: s.firstPage},
		{Pattern: "POST /primera-vez", Public: true, Do: s.first},
		{Pattern: "POST /salir", Public: true, Do: s.logout},
		{Pattern: "GET /confirmar-clave", Do: s.provePage},
		{Pattern: "POST /confirmar-clave", Unkept: true, Do: s.prove},
		{Pattern: "GET /confirmar-clave/proveedor", Do: s.proveAway},
		{Pattern: "GET /mi-cuenta", Do: s.myPage},
		{Pattern: "POST /mi-cuenta/clave", Unkept: true, Do: s.myPassword},
		{Pattern: "POST /mi-cuenta/sesiones", Do: s.mySessions},
		{Pattern: "POST /mi-cuenta/factor", Do: s.myFactor},
		{Pattern: "POST /mi-cuenta/codigos", Do: s.myCodes},
		{Pattern: "GET /cuentas", Do: s.Guard(authz.Sessions, s.usersPage)},
		{Pattern: "GET /cuentas/{login}", Do: s.Guard(authz.Sessions, s.userPage)},
		{Pattern: "POST /cuentas/{login}/sesiones", Do: s.Guard(authz.Sessions, s.endSessions)},
		{Pattern: "GET /cuenta-nueva", Do: s.Guard(authz.Accounts, s.newUserPage)},
		{Pattern: "POST /cuenta-nueva", Do: s.Guard(authz.Accounts, s.newUser)},
		{Pattern: "POST /cuentas/{login}", Do: s.Guard(authz.Accounts, s.editUser)},
		{Pattern: "POST /cuentas/{login}/identidad", Do: s.Guard(authz.Accounts, s.linkUser)},
		{Pattern: "POST /cuentas/{login}/desbloquear", Do: s.Guard(authz.Accounts, s.unlockUser)},
		{Pattern: "POST /cuentas/{login}/restablecer", Do: s.Guard(authz.Accounts, s.resetUser)},
	}
}
