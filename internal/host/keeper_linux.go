package host

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/google/go-tpm/tpm2"
	"github.com/google/go-tpm/tpm2/transport"
	"github.com/google/go-tpm/tpm2/transport/linuxtpm"
	"github.com/google/go-tpm/tpm2/transport/linuxudstpm"
)

// tpmPath is the TPM behind the kernel's resource manager; QUIPU_TPM names another, also the
// socket of one made of software.
const tpmPath = "/dev/tpmrm0"

type tpm struct{ path string }

func findKeeper() (Keeper, error) {
	path := os.Getenv("QUIPU_TPM")
	if path == "" {
		path = tpmPath
	}
	k := &tpm{path}
	t, err := k.open()
	if err != nil {
		return nil, fmt.Errorf("%w (%v)", ErrNoKeeper, err)
	}
	return k, t.Close()
}

func (k *tpm) Name() string { return "tpm2" }

func (k *tpm) open() (transport.TPMCloser, error) {
	info, err := os.Stat(k.path)
	if err != nil {
		return nil, err
	}
	if info.Mode()&os.ModeSocket != 0 {
		return linuxudstpm.Open(k.path)
	}
	return linuxtpm.Open(k.path)
}

// primary makes the storage key under which secrets are kept: of the same template the TPM
// makes the same key each time, and another TPM another one.
func primary(t transport.TPM) (*tpm2.CreatePrimaryResponse, error) {
	return tpm2.CreatePrimary{PrimaryHandle: tpm2.TPMRHOwner, InPublic: tpm2.New2B(tpm2.ECCSRKTemplate)}.Execute(t)
}

func flush(t transport.TPM, h tpm2.TPMHandle) error {
	_, err := tpm2.FlushContext{FlushHandle: h}.Execute(t)
	return err
}

// Keep seals the secret under the storage key. What goes over the wires between processor
// and TPM is encrypted under a session key.
func (k *tpm) Keep(secret []byte) (blob []byte, err error) {
	err = k.under(func(t transport.TPM, parent *tpm2.CreatePrimaryResponse) error {
		session, err := wireSession(parent, tpm2.AESEncryption(128, tpm2.EncryptIn))
		if err != nil {
			return err
		}
		made, err := tpm2.Create{
			ParentHandle: tpm2.AuthHandle{Handle: parent.ObjectHandle, Name: parent.Name, Auth: session},
			InSensitive: tpm2.TPM2BSensitiveCreate{Sensitive: &tpm2.TPMSSensitiveCreate{
				Data: tpm2.NewTPMUSensitiveCreate(&tpm2.TPM2BSensitiveData{Buffer: secret})}},
			InPublic: tpm2.New2B(tpm2.TPMTPublic{Type: tpm2.TPMAlgKeyedHash, NameAlg: tpm2.TPMAlgSHA256,
				ObjectAttributes: tpm2.TPMAObject{FixedTPM: true, FixedParent: true, UserWithAuth: true, NoDA: true}}),
		}.Execute(t)
		if err != nil {
			return err
		}
		blob = append(tpm2.Marshal(made.OutPublic), tpm2.Marshal(made.OutPrivate)...)
		return nil
	})
	return blob, err
}

func (k *tpm) Open(blob []byte) (secret []byte, err error) {
	public, err := tpm2.Unmarshal[tpm2.TPM2BPublic](blob)
	if err != nil {
		return nil, err
	}
	rest := len(tpm2.Marshal(*public))
	if rest > len(blob) {
		return nil, io.ErrUnexpectedEOF
	}
	private, err := tpm2.Unmarshal[tpm2.TPM2BPrivate](blob[rest:])
	if err != nil {
		return nil, err
	}
	err = k.under(func(t transport.TPM, parent *tpm2.CreatePrimaryResponse) error {
		loaded, err := tpm2.Load{ParentHandle: tpm2.AuthHandle{Handle: parent.ObjectHandle, Name: parent.Name, Auth: tpm2.PasswordAuth(nil)},
			InPrivate: *private, InPublic: *public}.Execute(t)
		if err != nil {
			return err
		}
		session, err := wireSession(parent, tpm2.AESEncryption(128, tpm2.EncryptOut))
		if err != nil {
			return err
		}
		got, err := tpm2.Unseal{ItemHandle: tpm2.AuthHandle{Handle: loaded.ObjectHandle, Name: loaded.Name, Auth: session}}.Execute(t)
		if err == nil {
			secret = got.OutData.Buffer
		}
		return errors.Join(err, flush(t, loaded.ObjectHandle))
	})
	return secret, err
}

// wireSession is an HMAC session whose key is agreed with the storage key.
func wireSession(parent *tpm2.CreatePrimaryResponse, encrypt tpm2.AuthOption) (tpm2.Session, error) {
	public, err := parent.OutPublic.Contents()
	if err != nil {
		return nil, err
	}
	return tpm2.HMAC(tpm2.TPMAlgSHA256, 16, tpm2.Auth(nil), tpm2.Salted(parent.ObjectHandle, *public), encrypt), nil
}

func (k *tpm) under(f func(transport.TPM, *tpm2.CreatePrimaryResponse) error) error {
	t, err := k.open()
	if err != nil {
		return err
	}
	parent, err := primary(t)
	if err != nil {
		return errors.Join(err, t.Close())
	}
	return errors.Join(f(t, parent), flush(t, parent.ObjectHandle), t.Close())
}
