package operation

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"quipu/internal/app"
	"quipu/internal/app/node"
)

// Measures is what /metrics shows. Labels are patterns of paths, methods and statuses:
// never an id, a login or an address.
type Measures struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

// NewMeasures measures a register.
func NewMeasures(a *app.App) *Measures {
	m := &Measures{registry: prometheus.NewRegistry(), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "quipu_http_request_seconds", Help: "Time to answer a request, by the pattern of its path.",
		Buckets: []float64{.002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30}}, []string{"route", "method", "status"})}
	build := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "quipu_build_info", Help: "The program that runs.",
		ConstLabels: prometheus.Labels{"version": Version(), "engine": a.Engine()}}, func() float64 { return 1 })
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.requests, build, &registerMeasures{a})
	for _, c := range []struct {
		what, help string
		read       func(node.Work) int64
	}{
		{"registrations", "Registrations made", func(w node.Work) int64 { return w.Registrations }},
		{"edits", "Changes to a person saved", func(w node.Work) int64 { return w.Edits }},
		{"imports", "Lists imported", func(w node.Work) int64 { return w.Imports }},
		{"searches", "Searches answered", func(w node.Work) int64 { return w.Searches }},
	} {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "quipu_" + c.what + "_total",
			Help: c.help + " since the program started."}, func() float64 { return float64(c.read(a.Work())) }))
	}
	return m
}

// Release is the version of the program; a release build sets it.
var Release = "0.1.0-dev"

// Version is what others are told: nodes their hub, a backup who opens it, the technical log.
func Version() string { return Release }

// Handler answers with all measures in Prometheus's text format.
func (m *Measures) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 3})
}

// observe counts a request by its line in the log.
func (m *Measures) observe(r *slog.Record) {
	route, method, status := "", "", int64(0)
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "route":
			route = a.Value.String()
		case "method":
			method = methodOf(a.Value.String())
		case "status":
			status = a.Value.Int64()
		}
		return true
	})
	m.requests.WithLabelValues(route, method, strconv.FormatInt(status, 10)).Observe(since(r, "took").Seconds())
}

// registerMeasures asks the register when it is asked.
type registerMeasures struct{ app *app.App }

var (
	logChanges = prometheus.NewDesc("quipu_log_changes", "Changes in the log.", nil, nil)
	dataBytes  = prometheus.NewDesc("quipu_database_bytes", "Bytes that the database takes.", nil, nil)
	up         = prometheus.NewDesc("quipu_register_up", "1 when the register can be read.", nil, nil)
	pending    = prometheus.NewDesc("quipu_sync_pending", "Changes of this node that no answer of the hub has covered.", nil, nil)
	unsent     = prometheus.NewDesc("quipu_sync_unsent", "Changes of this node that the hub has not received.", nil, nil)
	answered   = prometheus.NewDesc("quipu_sync_answered_seconds", "Unix time of the hub's last answer to this node.", nil, nil)
	contested  = prometheus.NewDesc("quipu_sync_contested", "Entries of which something waits for a decision.", nil, nil)
	ill        = prometheus.NewDesc("quipu_register_ill", "1 for what the register suffers from, as in /healthz.", []string{"reason"}, nil)
)

// Describe implements prometheus.Collector.
func (r *registerMeasures) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{logChanges, dataBytes, up, pending, unsent, answered, contested, ill} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (r *registerMeasures) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	changes, bytes, err := r.app.LogSize(ctx)
	var ills []string
	if err == nil {
		ills, err = r.app.Health(ctx)
	}
	if err != nil {
		gauge(up, 0)
		return
	}
	gauge(up, 1)
	gauge(logChanges, float64(changes))
	gauge(dataBytes, float64(bytes))
	if s, err := r.app.Exchange.Status(ctx); err == nil && s.Role != "" {
		gauge(contested, float64(s.Contested))
		if s.Role == "node" {
			gauge(pending, float64(s.Pending))
			gauge(unsent, float64(s.Unsent))
			gauge(answered, float64(s.State.Answered)/1e6)
		}
	}
	for _, reason := range ills {
		gauge(ill, 1, reason)
	}
}
