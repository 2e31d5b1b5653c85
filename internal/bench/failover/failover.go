// Package failover measures a hub that stands on two servers of PostgreSQL: it starts etcd,
// two members under Patroni, two hub processes and a proxy before them, all on this machine
// and from Debian's packages, registers people through the proxy, kills the leader in the
// midst of it, then a hub process, and counts what came of everything that was confirmed.
package failover

import (
	"context"
	"errors"
	"time"
)

// Config says what to measure. Dir is an empty folder, Scripts that of the templates.
type Config struct {
	Exe, Dir, Scripts string
	Writers           int
	Before            time.Duration // of registering before the leader is killed, and after each return
	Say               func(phase string)
}

// Report is what came of it. Times are in seconds. Lost must be 0, and so must Twice.
type Report struct {
	Benchmark    string  `json:"benchmark"`
	Writers      int     `json:"writers"`
	TTL          int     `json:"patroni_ttl_seconds"`
	Acknowledged int     `json:"acknowledged"`
	PerSecond    float64 `json:"per_second_before"`
	LeaderGap    float64 `json:"longest_gap_leader_killed_seconds"`
	HubGap       float64 `json:"longest_gap_hub_killed_seconds"`
	LongestWait  float64 `json:"longest_wait_of_one_seconds"`
	Retried      int     `json:"requests_tried_again"`
	Lost         int     `json:"lost"`
	Twice        int     `json:"twice"`
	Unresolved   int     `json:"unresolved"`
	LogWhole     bool    `json:"log_whole"`
	Leader       string  `json:"leader_killed"`
	NewLeader    string  `json:"leader_after"`
}

// Run measures. What this machine lacks is an error that names it; see Missing.
func Run(ctx context.Context, cfg Config) (rep *Report, err error) {
	if err := Missing(); err != nil {
		return nil, err
	}
	s := &stage{cfg: cfg}
	defer func() { err = errors.Join(err, s.end()) }()
	cfg.Say("cluster")
	if err := s.cluster(ctx); err != nil {
		return nil, err
	}
	cfg.Say("hubs")
	if err := s.hubs(ctx); err != nil {
		return nil, err
	}
	cfg.Say("load")
	return s.measure(ctx)
}

// measure lets the writers work through both falls.
func (s *stage) measure(ctx context.Context) (*Report, error) {
	rep := &Report{Benchmark: "ha", Writers: s.cfg.Writers, TTL: ttl}
	size, err := s.size(ctx)
	if err != nil {
		return nil, err
	}
	l := startLoad(ctx, s)
	defer l.abandon()
	if err := sleep(ctx, s.cfg.Before); err != nil {
		return nil, err
	}
	rep.PerSecond = float64(l.count()) / s.cfg.Before.Seconds()
	s.cfg.Say("leader")
	if rep.Leader, err = s.leader(ctx); err != nil {
		return nil, err
	}
	at := time.Now()
	if err := s.killMember(rep.Leader); err != nil {
		return nil, err
	}
	if err := l.again(ctx, at, s.cfg.Before); err != nil {
		return nil, err
	}
	rep.LeaderGap = l.gap(at, time.Now())
	if rep.NewLeader, err = s.leader(ctx); err != nil {
		return nil, err
	}
	s.cfg.Say("hub")
	at = time.Now()
	if err := s.hub[0].kill(); err != nil {
		return nil, err
	}
	if err := l.again(ctx, at, s.cfg.Before); err != nil {
		return nil, err
	}
	rep.HubGap = l.gap(at, time.Now())
	l.stop()
	s.cfg.Say("count")
	return rep, s.judge(ctx, l, size, rep)
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
