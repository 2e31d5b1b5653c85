package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"quipu/internal/app"
	"quipu/internal/app/courier"
	"quipu/internal/fault"
	"quipu/internal/i18n"
	"quipu/internal/operation"
	"quipu/internal/operation/again"
	"quipu/internal/place"
)

// post is what a demonstration's office is told: which it is, and where its hub is. The code
// with which it enrols the first time comes in the environment, where no list of processes
// shows it.
type post struct{ office, hub string }

const postCode = "QUIPU_DEMO_CODE"

// startPosts starts the offices of a demonstration, each a process of its own with a register
// of its own, and says where they are. They end with this process: it holds their input.
func (e *env) startPosts(ctx context.Context, a *app.App, url string, offices []string) {
	started := map[string]bool{}
	for i, office := range offices {
		err := e.startPost(ctx, a, url, office, i+1)
		if started[office] = err == nil; err != nil && ctx.Err() == nil {
			e.say("cli.demo.post_failed", "office", office, "why", e.explain(err))
		}
	}
	if started["ESMAD"] && started["USPAT"] { // the offices of rosa and carlos
		e.sayApart(ctx, a)
	}
}

// sayApart says how to see two offices change one person apart, with somebody of Madrid.
func (e *env) sayApart(ctx context.Context, a *app.App) {
	who, found, err := a.DemoPerson(ctx, "ESMAD")
	if err != nil || !found {
		return
	}
	fmt.Fprintln(e.out, i18n.T(e.lang, "cli.demo.apart"))
	for i := range 4 {
		fmt.Fprintln(e.out, i18n.T(e.lang, "cli.demo.apart."+strconv.Itoa(i+1), "name", strings.Join(strings.Fields(who.GivenNames+" "+who.SurnamePaternal+" "+who.SurnameMaternal), " "), "number", who.Number))
	}
}

func (e *env) startPost(ctx context.Context, a *app.App, url, office string, nth int) error {
	dir := filepath.Join(a.Dir(), "puestos", office)
	code := ""
	if _, err := os.Stat(filepath.Join(dir, "quipu.toml")); errors.Is(err, fs.ErrNotExist) {
		c, err := a.Courier.MakeCode(ctx, operator(office), courier.Ask{Office: office})
		if err != nil {
			return err
		}
		code = c.Text
	}
	hub := strings.TrimSuffix(url, "/")
	p, err := again.Start(ctx, e.err, []string{"demo", "--post", office, "--hub", hub, "--dir", dir, "--addr", nextAddr(hub, nth), "--lang", string(e.lang)},
		[]string{postCode + "=" + code})
	if err != nil {
		return err
	}
	first, err := bufio.NewReader(p.Out).ReadString('\n')
	if err != nil {
		return errors.Join(p.Wait(), err)
	}
	fmt.Fprint(e.out, first)
	go func() {
		io.Copy(io.Discard, p.Out) //nolint:errcheck // it says no more
		if err := p.Wait(); err != nil && ctx.Err() == nil {
			e.say("cli.demo.post_failed", "office", office, "why", err.Error())
		}
	}()
	return nil
}

// nextAddr is an address beside the hub's, or any that is free.
func nextAddr(hub string, nth int) string {
	host, port, err := net.SplitHostPort(strings.TrimPrefix(hub, "http://"))
	if n, err2 := strconv.Atoi(port); err == nil && err2 == nil {
		addr := net.JoinHostPort(host, strconv.Itoa(n+nth))
		if l, err := net.Listen("tcp", addr); err == nil {
			l.Close() //nolint:errcheck // it was only tried
			return addr
		}
	}
	return net.JoinHostPort(host, "0")
}

// demoPost is one office of a demonstration: it enrols the first time, fetches what it has,
// and serves.
func (e *env) demoPost(p post, addr string) error {
	ctx, end := context.WithCancel(e.ctx)
	defer end()
	e.ctx = ctx
	go func() { // the demonstration ended
		io.Copy(io.Discard, e.in) //nolint:errcheck // its end is the news
		end()
	}()
	if code := os.Getenv(postCode); code != "" {
		if _, err := courier.Join(ctx, courier.Joining{Dir: e.dir, Hubs: []string{p.hub}, Code: code, Program: operation.Release}); err != nil {
			return err
		}
	}
	a, err := app.Open(ctx, e.dir, app.Options{})
	if err != nil {
		return err
	}
	defer a.Close()
	if !a.Joined() {
		return fault.New(fault.Conflict, "cli.demo.not_demo", "dir", a.Dir())
	}
	a.Courier.Switchable()
	if err := a.MarkDemo(ctx, true); err != nil {
		return err
	}
	if _, err := e.exchangeNow(a, []string{p.hub}); err != nil {
		e.say("cli.demo.post_alone", "office", p.office, "why", e.explain(err)) // it works without a link as well
	}
	if err := a.DemoPasswords(ctx); err != nil {
		return err
	}
	return e.serveDemo(a, addr, demoServed{hubs: []string{p.hub}, office: p.office, ready: func(url string) {
		n, err := a.CountPeople(ctx)
		if err != nil {
			n = 0
		}
		o, _ := place.Network().Office(p.office)
		fmt.Fprintln(e.out, i18n.T(e.lang, "cli.demo.post", "office", o.City, "url", url, "people", n))
	}})
}
