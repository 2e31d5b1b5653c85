package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/BurntSushi/toml"

	"quipu/internal/app"
	"quipu/internal/fault"
	"quipu/internal/web"
)

// serveConfig is the file of --config.
type serveConfig struct {
	Dir  string `toml:"dir"`
	Addr string `toml:"addr"`
	// Cert and Key are PEM files; without them the server speaks plain HTTP, for use
	// behind a proxy on the same machine or on loopback.
	Cert string `toml:"cert"`
	Key  string `toml:"key"`
}

func serve(e *env, args []string) error {
	e.dirFlag()
	file := e.flags.String("config", "", "configuration file")
	addr := e.flags.String("addr", "127.0.0.1:8080", "address to listen on")
	if _, err := e.parse(args, 0, 0); err != nil {
		return err
	}
	cfg := serveConfig{Dir: e.dir, Addr: *addr}
	if *file != "" {
		md, err := toml.DecodeFile(*file, &cfg)
		if err != nil {
			return configFault(*file, err)
		}
		if extra := md.Undecoded(); len(extra) > 0 {
			return fault.New(fault.Invalid, "cli.config_unknown", "file", *file, "key", extra[0].String())
		}
		e.dir = cfg.Dir
	}
	a, err := e.open(false)
	if err != nil {
		return err
	}
	defer a.Close()
	if demo, _, err := a.IsDemo(e.ctx); err != nil || demo {
		if err == nil {
			err = fault.New(fault.Forbidden, "cli.demo_served", "dir", a.Dir())
		}
		return err
	}
	log := slog.New(slog.NewJSONHandler(e.err, nil))
	handler, err := web.New(a, web.Options{Secure: cfg.Cert != "", Log: log})
	if err != nil {
		return err
	}
	return e.listen(a, cfg, withAPI(handler, a, log), func(url string) { e.say("cli.serving", "url", url) })
}

func configFault(file string, err error) error {
	line := 0
	var pe toml.ParseError
	if errors.As(err, &pe) {
		line = pe.Position.Line
	}
	return fault.New(fault.Invalid, "cli.config", "file", file, "line", line).Because(err)
}

// listen serves until the program is told to stop, then lets requests under way finish.
// While it serves, the signed head of the log is kept once an hour.
func (e *env) listen(a *app.App, cfg serveConfig, h http.Handler, ready func(url string)) error {
	l, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return fault.New(fault.Unavailable, "cli.cannot_listen", "addr", cfg.Addr).Because(err)
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute,
		WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10}
	go hourly(e.ctx, func() error { return a.KeepCheckpoint(e.ctx) })
	stopped := make(chan error, 1)
	go func() {
		<-e.ctx.Done()
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		stopped <- srv.Shutdown(ctx)
	}()
	scheme := "http"
	if cfg.Cert != "" {
		scheme = "https"
	}
	ready(fmt.Sprintf("%s://%s/", scheme, l.Addr()))
	if cfg.Cert != "" {
		err = srv.ServeTLS(l, cfg.Cert, cfg.Key)
	} else {
		err = srv.Serve(l)
	}
	if !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return errors.Join(<-stopped, a.KeepCheckpoint(context.Background()))
}

func hourly(ctx context.Context, work func() error) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := work(); err != nil {
				slog.Error("keeping the hourly checkpoint", "err", err)
			}
		}
	}
}
