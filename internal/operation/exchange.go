package operation

import (
	"context"
	"net/http"

	"quipu/internal/app/node"
	"quipu/internal/fault"
	"quipu/internal/sync/synchttp"
)

// withHub serves nodes beside everything else, at the hub.
func (s *Server) withHub(ctx context.Context, next http.Handler) (http.Handler, error) {
	if !s.Config.Hub.Serve {
		return next, nil
	}
	if s.App.Joined() {
		return nil, fault.New(fault.Conflict, "operation.node_no_hub", "node", string(s.App.Name()))
	}
	if err := s.App.BecomeHub(ctx, node.Operator("serve", "")); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(synchttp.Prefix+"/", synchttp.NewServer(ctx, s.App.Courier, s.Log, s.App.Now).Handler())
	mux.Handle("/", next)
	return mux, nil
}

// exchange keeps a node level with its hub until ctx ends.
func (s *Server) exchange(ctx context.Context) error {
	if !s.App.Joined() || s.Config.Node.Manual {
		return nil
	}
	link, err := s.App.Courier.Link(ctx, Version(), s.Config.Node.Hubs)
	if err != nil {
		return err
	}
	link.Keep(ctx, func(err error) { s.Log.Warn("exchange with the hub", "err", err) })
	return nil
}
