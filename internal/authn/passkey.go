package authn

import (
	"encoding/json"
	"errors"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"quipu/internal/fault"
)

// Passkeys runs the ceremonies of WebAuthn for one address of the program.
type Passkeys struct{ party *webauthn.WebAuthn }

// NewPasskeys is for a program that is reached at origin, scheme and host, as in
// https://registro.example.org. Browsers take no passkey at an IP address, nor without
// HTTPS except at localhost.
func NewPasskeys(origin, name string) (*Passkeys, error) {
	u, err := url.Parse(origin)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Hostname() != "localhost" {
		return nil, fault.New(fault.Invalid, "authn.passkey_origin", "origin", origin).Because(err)
	}
	party, err := webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: name, RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference:  protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{UserVerification: protocol.VerificationPreferred}})
	if err != nil {
		return nil, fault.New(fault.Invalid, "authn.passkey_origin", "origin", origin).Because(err)
	}
	return &Passkeys{party}, nil
}

// Holder is whose passkeys they are; Keys are what Register and Check returned, as text.
type Holder struct {
	Login, Name string
	Keys        []string
}

type holder struct {
	Holder
	keys []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return []byte(h.Login) }
func (h holder) WebAuthnName() string                       { return h.Login }
func (h holder) WebAuthnDisplayName() string                { return h.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func (h Holder) read() (holder, error) {
	out := holder{Holder: h, keys: make([]webauthn.Credential, len(h.Keys))}
	for i, k := range h.Keys {
		if err := json.Unmarshal([]byte(k), &out.keys[i]); err != nil {
			return out, fault.New(fault.Internal, "authn.passkey_damaged").Because(err)
		}
	}
	return out, nil
}

// Offer begins the making of a passkey: options are for the browser, state for Register,
// to be kept where the browser cannot change it.
func (p *Passkeys) Offer(who Holder) (options, state string, err error) {
	h, err := who.read()
	if err != nil {
		return "", "", err
	}
	creation, session, err := p.party.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()))
	if err != nil {
		return "", "", err
	}
	return both(creation.Response, session)
}

// Register ends it: answer is what the browser sent. The key is to be stored.
func (p *Passkeys) Register(who Holder, state, answer string) (key string, err error) {
	h, err := who.read()
	if err != nil {
		return "", err
	}
	var session webauthn.SessionData
	if err := json.Unmarshal([]byte(state), &session); err != nil {
		return "", refusedKey(err)
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return "", refusedKey(err)
	}
	c, err := p.party.CreateCredential(h, session, parsed)
	if err != nil {
		return "", refusedKey(err)
	}
	b, err := json.Marshal(c)
	return string(b), err
}

// Ask begins a proof with one of the holder's passkeys.
func (p *Passkeys) Ask(who Holder) (options, state string, err error) {
	h, err := who.read()
	if err != nil {
		return "", "", err
	}
	assertion, session, err := p.party.BeginLogin(h)
	if err != nil {
		return "", "", err
	}
	return both(assertion.Response, session)
}

// Check ends it: at says which of the keys was used, and key is its new text, to be stored:
// it counts uses, so that a copy of a key is found out.
func (p *Passkeys) Check(who Holder, state, answer string) (at int, key string, err error) {
	h, err := who.read()
	if err != nil {
		return 0, "", err
	}
	var session webauthn.SessionData
	if err := json.Unmarshal([]byte(state), &session); err != nil {
		return 0, "", refusedKey(err)
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return 0, "", refusedKey(err)
	}
	c, err := p.party.ValidateLogin(h, session, parsed)
	if err != nil {
		return 0, "", refusedKey(err)
	}
	if c.Authenticator.CloneWarning {
		return 0, "", refusedKey(errors.New("the key counts fewer uses than before"))
	}
	for i := range h.keys {
		if string(h.keys[i].ID) == string(c.ID) {
			b, err := json.Marshal(c)
			return i, string(b), err
		}
	}
	return 0, "", refusedKey(nil)
}

func both(options, state any) (string, string, error) {
	o, err := json.Marshal(options)
	s, err2 := json.Marshal(state)
	return string(o), string(s), errors.Join(err, err2)
}

func refusedKey(err error) error {
	return fault.New(fault.Forbidden, "authn.passkey_refused").Because(err)
}
