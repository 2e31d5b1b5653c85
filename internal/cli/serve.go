package cli

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"quipu/internal/app"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/operation"
	"quipu/internal/web"
)

func serve(e *env, args []string) error {
	cfg, err := e.serveConfig(args)
	if err != nil {
		return err
	}
	e.cache = cfg.Database.Mebibytes
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
	provider, err := cfg.Provider(a.Now)
	if err != nil {
		return err
	}
	measures := operation.NewMeasures(a)
	log, file, err := operation.OpenLog(cfg.Log, e.err, measures)
	if err != nil {
		return err
	}
	defer file.Close()
	opts := web.Options{Secure: cfg.Secure(), Origin: cfg.Origin, Idle: cfg.Session.Idle, Absolute: cfg.Session.Absolute, Program: operation.Version(), Hubs: cfg.Node.Hubs,
		Log: log}
	if provider != nil {
		opts.Provider = &web.Provider{OIDC: provider, Name: cfg.OIDC.Name}
	}
	if opts.Ended = a.Campaigns.Ended(e.ctx); opts.Ended != nil {
		if fault.As(opts.Ended) == nil {
			return opts.Ended
		}
		fmt.Fprintln(e.err, "quipu:", i18n.Fault(e.lang, opts.Ended))
	}
	handler, err := web.New(a, opts)
	if err != nil {
		return err
	}
	if opts.Ended == nil {
		handler = withAPI(handler, a, log, cfg.API)
	}
	s := operation.Server{App: a, Config: cfg, Handler: handler, Log: log, Measures: measures,
		Ready: func(url, metrics string) {
			e.say("cli.serving", "url", url)
			if cfg.Origin != "" {
				url = strings.TrimSuffix(cfg.Origin, "/") + "/"
			}
			if err := e.firstAdmin(a, url, log); err != nil {
				log.Error("the first account", "err", err)
			}
			if metrics != "" {
				e.say("operation.metrics", "addr", metrics)
			}
		}}
	return s.Run(e.ctx)
}

// serveConfig reads the flags and the file, which counts for more.
func (e *env) serveConfig(args []string) (operation.Config, error) {
	cfg := operation.Default()
	e.dirFlag()
	file := e.flags.String("config", "", "configuration file")
	addr := e.flags.String("addr", cfg.Addr, "address to listen on")
	if _, err := e.parse(args, 0, 0); err != nil {
		return cfg, err
	}
	cfg.Dir, cfg.Addr = e.dir, *addr
	if *file == "" {
		cfg.Metrics.Addr = "" // two nodes that are tried on one computer shall not meet there
		return cfg, cfg.CheckFlags()
	}
	cfg, err := operation.Load(*file, cfg)
	e.dir = cfg.Dir
	return cfg, err
}

// listen serves without a configuration file, for demonstrations: nobody measures them, and
// they may be shown to other computers in the clear.
func (e *env) listen(a *app.App, cfg operation.Config, h http.Handler, ready func(url string)) error {
	log, _, err := operation.OpenLog(cfg.Log, io.Discard, nil)
	if err != nil {
		log = slog.New(slog.DiscardHandler)
	}
	s := operation.Server{App: a, Config: cfg, Handler: h, Log: log, Ready: func(url, _ string) { ready(url) }}
	return s.Run(e.ctx)
}
