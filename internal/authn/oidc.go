package authn

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"quipu/internal/fault"
)

// OIDCConfig is what a program must know to let an OpenID provider say who somebody is.
// Claim names the claim that an account is found by before it is linked; AMR and ACR are
// the values of those claims that count as a second factor, and with none of them nothing
// does. Redirect and LoggedOut are addresses of this program, as the provider has them.
type OIDCConfig struct {
	Issuer, ClientID, Secret, Claim string
	Scopes, AMR, ACR                []string
	Redirect, LoggedOut             string
	Now                             func() time.Time
}

// OIDC is a provider as this program uses it. It is asked for nothing before somebody
// wants to sign in with it, so that the program starts and works without it.
type OIDC struct {
	OIDCConfig
	mu     sync.Mutex
	found  *found
	failed time.Time
	why    error
}

// found is what the provider says of itself.
type found struct {
	at       time.Time
	oauth    oauth2.Config
	verifier *oidc.IDTokenVerifier
	end      string // where a session at the provider is ended, "" when it offers that nowhere
	answers  bool   // it names itself in its answers (RFC 9207)
}

// How long what the provider said of itself is believed, and how long it is left alone
// after it gave no answer.
const (
	foundLife  = 12 * time.Hour
	failedLife = 10 * time.Second
)

// NewOIDC is for a provider at config.Issuer.
func NewOIDC(config OIDCConfig) (*OIDC, error) {
	for _, address := range []string{config.Issuer, config.Redirect} {
		if !SafeAddress(address) {
			return nil, fault.New(fault.Invalid, "authn.oidc_address", "address", address)
		}
	}
	if config.ClientID == "" || config.Secret == "" {
		return nil, fault.New(fault.Invalid, "authn.oidc_client")
	}
	return &OIDC{OIDCConfig: config}, nil
}

// SafeAddress reports whether what is sent to an address can be read on the way by nobody:
// HTTPS, or this computer.
func SafeAddress(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	host := u.Hostname()
	return u.Scheme == "https" || u.Scheme == "http" && (host == "localhost" || host == "127.0.0.1" || host == "::1")
}

// provider asks the provider what it offers, now and then. Those who ask at once wait for
// one answer, and one who goes away spoils it for nobody.
func (o *OIDC) provider(ctx context.Context) (*found, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.Now()
	if o.found != nil && now.Sub(o.found.at).Abs() < foundLife {
		return o.found, nil
	}
	if o.why == nil || now.Sub(o.failed).Abs() >= failedLife {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		var f *found
		if f, o.why = o.discover(ctx); o.why == nil {
			f.at, o.found = now, f
			return f, nil
		}
		o.failed = now
	}
	if o.found != nil { // what it said before is likely true still
		return o.found, nil
	}
	return nil, fault.New(fault.Unavailable, "authn.oidc_unreachable").Because(o.why)
}

func (o *OIDC) discover(ctx context.Context) (*found, error) {
	p, err := oidc.NewProvider(oidc.ClientContext(ctx, client), o.Issuer)
	if err != nil {
		return nil, err
	}
	var more struct {
		JWKS    string   `json:"jwks_uri"`
		End     string   `json:"end_session_endpoint"`
		Methods []string `json:"token_endpoint_auth_methods_supported"`
		Answers bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := p.Claims(&more); err != nil {
		return nil, err
	}
	at := p.Endpoint()
	for _, address := range []string{at.AuthURL, at.TokenURL, more.JWKS} {
		if !SafeAddress(address) {
			return nil, fault.New(fault.Invalid, "authn.oidc_address", "address", address)
		}
	}
	if !SafeAddress(more.End) {
		more.End = ""
	}
	at.AuthStyle = oauth2.AuthStyleInHeader // what holds when the provider does not say
	if len(more.Methods) > 0 && !slices.Contains(more.Methods, "client_secret_basic") {
		at.AuthStyle = oauth2.AuthStyleInParams
	}
	return &found{end: more.End, answers: more.Answers,
		oauth: oauth2.Config{ClientID: o.ClientID, ClientSecret: o.Secret, RedirectURL: o.Redirect, Endpoint: at,
			Scopes: append([]string{oidc.ScopeOpenID}, slices.DeleteFunc(slices.Clone(o.Scopes), func(s string) bool { return s == oidc.ScopeOpenID })...)},
		verifier: p.VerifierContext(oidc.ClientContext(ctx, client), &oidc.Config{ClientID: o.ClientID, Now: o.Now})}, nil
}

// Ask asks the provider what it offers, and believes it as a sign-in does.
func (o *OIDC) Ask(ctx context.Context) error {
	_, err := o.provider(ctx)
	return err
}

// LeaveURL is where somebody ends the session at the provider too, "" when it offers that
// nowhere or does not answer. It names nobody, so the provider asks whom it has.
func (o *OIDC) LeaveURL(ctx context.Context) string {
	f, err := o.provider(ctx)
	if err != nil || f.end == "" {
		return ""
	}
	u, err := url.Parse(f.end)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("client_id", o.ClientID)
	q.Set("post_logout_redirect_uri", o.LoggedOut)
	u.RawQuery = q.Encode()
	return u.String()
}

// CleanClaim is the form in which claims are compared: an address of mail, or a name of
// that shape, has no case.
func CleanClaim(s string) string {
	s = strings.TrimSpace(s)
	if strings.Contains(s, "@") {
		s = strings.ToLower(s)
	}
	return s
}
