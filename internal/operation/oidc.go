package operation

import (
	"os"
	"slices"
	"strings"
	"time"

	"quipu/internal/authn"
	"quipu/internal/fault"
	"quipu/internal/host"
	"quipu/internal/i18n"
)

// OIDC is the OpenID provider that officers may sign in with; without an Issuer there is
// none. The client's secret is in SecretFile or in the environment, never in this file:
// configurations are copied and shown around.
type OIDC struct {
	Issuer     string            `toml:"issuer"`
	ClientID   string            `toml:"client_id"`
	SecretFile string            `toml:"secret_file"`
	Scopes     []string          `toml:"scopes"` // beside openid
	Claim      string            `toml:"claim"`  // that accounts are found by before they are linked
	AMR        []string          `toml:"amr"`    // which count as a second factor
	ACR        []string          `toml:"acr"`
	Name       map[string]string `toml:"name"` // by language
}

// SecretVariable is where the client's secret is when it is in no file.
const SecretVariable = "QUIPU_OIDC_SECRET"

// On reports whether there is a provider.
func (o *OIDC) On() bool { return o.Issuer != "" }

// wrong names what cannot be meant, and the setting.
func (o *OIDC) wrong(origin string) (said string, key []string) {
	if !o.On() {
		if o.ClientID != "" {
			return "config_oidc_issuer", []string{"oidc", "client_id"}
		}
		return "", nil
	}
	empty := func(list []string) bool {
		return slices.ContainsFunc(list, func(s string) bool { return s == "" || strings.ContainsAny(s, " \t") })
	}
	switch {
	case !authn.SafeAddress(o.Issuer):
		return "config_oidc_issuer", []string{"oidc", "issuer"}
	case !authn.SafeAddress(origin):
		return "config_oidc_origin", []string{"oidc", "issuer"}
	case o.ClientID == "":
		return "config_oidc_empty", []string{"oidc", "client_id"}
	case o.Claim == "":
		return "config_oidc_empty", []string{"oidc", "claim"}
	case empty(o.Scopes):
		return "config_oidc_list", []string{"oidc", "scopes"}
	case empty(o.AMR):
		return "config_oidc_list", []string{"oidc", "amr"}
	case empty(o.ACR):
		return "config_oidc_list", []string{"oidc", "acr"}
	}
	for _, lang := range i18n.Langs {
		if strings.TrimSpace(o.Name[string(lang)]) == "" {
			return "config_oidc_name", []string{"oidc", "issuer"}
		}
	}
	return "", nil
}

// secret reads the client's secret.
func (o *OIDC) secret() (string, error) {
	if o.SecretFile == "" {
		if s := strings.TrimSpace(os.Getenv(SecretVariable)); s != "" {
			return s, nil
		}
		return "", fault.New(fault.Invalid, "operation.oidc_secret", "variable", SecretVariable)
	}
	if mode, err := host.OpenToOthers(o.SecretFile); err == nil && mode != "" {
		return "", fault.New(fault.Invalid, "operation.oidc_secret_open", "file", o.SecretFile, "mode", mode)
	}
	b, err := os.ReadFile(o.SecretFile)
	if s := strings.TrimSpace(string(b)); err == nil && s != "" {
		return s, nil
	}
	return "", fault.New(fault.Invalid, "operation.oidc_secret_file", "file", o.SecretFile).Because(err)
}

// The addresses of this program that the provider must know.
const (
	oidcBack = "/entrar/oidc/vuelta"
	oidcLeft = "/entrar"
)

// Provider is what the configuration says of a provider, nil when it says of none. Nothing
// is asked of the provider yet.
func (c *Config) Provider(now func() time.Time) (*authn.OIDC, error) {
	if !c.OIDC.On() {
		return nil, nil
	}
	secret, err := c.OIDC.secret()
	if err != nil {
		return nil, err
	}
	origin := strings.TrimSuffix(c.Origin, "/")
	return authn.NewOIDC(authn.OIDCConfig{Issuer: c.OIDC.Issuer, ClientID: c.OIDC.ClientID, Secret: secret, Claim: c.OIDC.Claim, Scopes: c.OIDC.Scopes,
		AMR: c.OIDC.AMR, ACR: c.OIDC.ACR, Redirect: origin + oidcBack, LoggedOut: origin + oidcLeft, Now: now})
}
