package operation

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"quipu/internal/app"
	"quipu/internal/app/node"
	"quipu/internal/fault"
	"quipu/internal/operation/aside"
)

// Server serves one register.
type Server struct {
	App      *app.App
	Config   Config
	Handler  http.Handler
	Log      *slog.Logger
	Measures *Measures             // nil without /metrics
	Ready    func(url, met string) // called once it listens; met is the address of /metrics, or ""

	busy busy
}

// Run serves until the context ends, lets requests under way finish, and keeps the signed
// head of the log now and then and at the end.
func (s *Server) Run(ctx context.Context) error {
	if err := s.Config.TLS.readable(); err != nil {
		return err
	}
	main, err := listen(s.Config.Addr)
	if err != nil {
		return err
	}
	all, err := s.handler(ctx)
	if err != nil {
		return errors.Join(err, main.Close())
	}
	servers := []*http.Server{s.server(all)}
	ends := make(chan error, 2)
	met := ""
	if s.Measures != nil && s.Config.Metrics.Addr != "" {
		l, err := listen(s.Config.Metrics.Addr)
		if err != nil {
			return errors.Join(err, main.Close())
		}
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", s.Measures.Handler())
		servers = append(servers, s.server(mux))
		met = l.Addr().String()
		go func() { ends <- servers[1].Serve(l) }()
	}
	s.busy.touch(time.Now())
	go s.checkpoints(ctx)
	var indexed sync.WaitGroup
	defer indexed.Wait() // its file is written once more when nobody asks any longer
	indexing, end := context.WithCancel(ctx)
	defer end()
	indexed.Go(func() { s.keepIndex(indexing) })
	indexed.Go(func() { s.frugal(indexing) })
	indexed.Go(func() { s.backups(indexing) })
	indexed.Go(func() { s.scrubs(indexing) })
	indexed.Go(func() { s.aside(indexing) })
	indexed.Go(func() {
		if err := s.exchange(indexing); err != nil {
			s.Log.Error("exchange with the hub", "err", err)
		}
	})
	go func() { ends <- s.serve(servers[0], main) }()
	s.Log.Info("listening", "listen", main.Addr().String(), "metrics", met, "engine", s.App.Engine(), "node", string(s.App.Name()), "version", Version())
	s.Ready(s.url(main.Addr()), met)
	var failed error
	select {
	case <-ctx.Done():
	case failed = <-ends:
	}
	s.Log.Info("stopping")
	return errors.Join(failed, stop(servers), s.App.KeepCheckpoint(context.WithoutCancel(ctx)))
}

// stop gives requests under way twenty seconds.
func stop(servers []*http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var errs []error
	for _, srv := range servers {
		errs = append(errs, srv.Shutdown(ctx))
	}
	return errors.Join(errs...)
}

func (s *Server) serve(srv *http.Server, l net.Listener) error {
	if s.Config.TLS.Cert == "" {
		return srv.Serve(l)
	}
	return srv.ServeTLS(l, s.Config.TLS.Cert, s.Config.TLS.Key)
}

// readable refuses a certificate that does not fit before anybody is told of an address.
func (t TLS) readable() error {
	if t.Cert == "" {
		return nil
	}
	if _, err := tls.LoadX509KeyPair(t.Cert, t.Key); err != nil {
		return fault.New(fault.Invalid, "operation.tls", "cert", t.Cert, "key", t.Key).Because(err)
	}
	return nil
}

func (s *Server) url(addr net.Addr) string {
	scheme := "http"
	if s.Config.TLS.Cert != "" {
		scheme = "https"
	}
	return fmt.Sprintf("%s://%s/", scheme, addr)
}

// server bounds what a slow or hostile client can hold.
func (s *Server) server(h http.Handler) *http.Server {
	return &http.Server{Handler: guarded(s.Config.Secure(), h), TLSConfig: transport(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute,
		WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10, ErrorLog: log.New(serverLog{s.Log}, "", 0)}
}

// handler puts around the pages what every request passes. /metrics is here for this
// machine alone; behind a proxy everybody would look like this machine, so it is not.
func (s *Server) handler(ctx context.Context) (http.Handler, error) {
	h, err := s.withHub(ctx, s.busy.noting(s.Handler))
	if err != nil {
		return nil, err
	}
	if s.Measures != nil && !s.Config.BehindProxy {
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", locally(s.Measures.Handler()))
		mux.Handle("/", h)
		h = mux
	}
	h = identify(h)
	if s.Config.BehindProxy {
		proxies, err := prefixes(s.Config.Proxies)
		if err != nil {
			proxies = nil // nobody is let in; Load has refused such a list
		}
		h = behind(proxies, h)
	}
	return h, nil
}

func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "operation.cannot_listen", "addr", addr).Because(err)
	}
	return l, nil
}

// keepIndex loads the index of people, so that the first who searches need not wait, and
// keeps its file up to date.
func (s *Server) keepIndex(ctx context.Context) {
	begun := time.Now()
	if err := s.App.Index.Load(ctx, nil); err != nil {
		if ctx.Err() == nil {
			s.Log.Error("the index of people", "err", err)
		}
		return
	}
	s.Log.Info("index of people", "took", time.Since(begun))
	s.App.Index.Keep(ctx, indexEvery, func(err error) { s.Log.Error("the index of people", "err", err) })
}

// indexEvery is how often the index of people is written to its file, if it changed.
const indexEvery = 10 * time.Minute

// checkpoints keeps the signed head at every interval.
func (s *Server) checkpoints(ctx context.Context) {
	tick := time.NewTicker(s.Config.CheckpointEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.App.KeepCheckpoint(ctx); err != nil {
				s.Log.Error("checkpoint", "err", err)
			}
		}
	}
}

// aside answers commands on this computer about an encrypted register, which they cannot open.
func (s *Server) aside(ctx context.Context) {
	if !node.IsEncrypted(s.App.Dir()) {
		return
	}
	a := aside.Server{App: s.App, Log: s.Log, Program: Version(), Check: s.checked}
	if err := a.Run(ctx); err != nil {
		s.Log.Error("socket", "err", err)
	}
}
