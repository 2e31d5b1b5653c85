package surveys

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/account"
	"quipu/internal/app/node"
	"quipu/internal/authz"
	"quipu/internal/fault"
	"quipu/internal/openrosa"
	"quipu/internal/openrosa/client"
)

// The interviewers of a demonstration, and the telephones that they send from.

// interviewerOf is who asks for a post.
func interviewerOf(office string) string {
	if office == "ESMAD" {
		return "ines"
	}
	return "encuesta-" + strings.ToLower(office)
}

// hire makes the account of a post's interviewer, where there is none.
func hire(ctx context.Context, a *app.App, office, password string) error {
	err := a.CreateAccount(ctx, node.Operator("demo", office), account.NewAccount{Login: interviewerOf(office), Name: "Encuestas, " + office, Office: office,
		Role: authz.Interviewer, Lang: "es", Password: password})
	if fault.Is(err, "app.login_taken") {
		return nil
	}
	return err
}

// receive takes submissions at url, on this machine alone, until stop.
func receive(a *app.App) (url string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: openrosa.New(a, slog.New(slog.NewTextHandler(io.Discard, nil))), ReadHeaderTimeout: time.Minute}
	go server.Serve(l)                                                   //nolint:errcheck // until it is closed
	return "http://" + l.Addr().String(), func() { server.Close() }, nil //nolint:errcheck // it served its purpose
}

// sender is a telephone with a token for a day, whose id is for RevokeToken.
func sender(ctx context.Context, a *app.App, url, login, office string) (c *client.Client, token string, err error) {
	secret, t, err := a.CreateToken(ctx, node.Operator("demo", office), account.NewToken{Login: login, Scopes: []authz.Action{authz.Interview}, Days: 1, Name: "demostración"})
	return &client.Client{URL: url, Login: login, Token: secret}, t.ID, err
}
