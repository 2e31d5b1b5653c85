package host

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// dpapi is Windows' protection of data under the account of the program's user on this
// computer.
type dpapi struct{}

func findKeeper() (Keeper, error) { return dpapi{}, nil }

func (dpapi) Name() string { return "dpapi" }

func (dpapi) Keep(secret []byte) ([]byte, error) {
	return crypt(secret, func(in, out *windows.DataBlob) error {
		return windows.CryptProtectData(in, nil, nil, 0, nil, windows.CRYPTPROTECT_UI_FORBIDDEN, out)
	})
}

func (dpapi) Open(blob []byte) ([]byte, error) {
	return crypt(blob, func(in, out *windows.DataBlob) error {
		return windows.CryptUnprotectData(in, nil, nil, 0, nil, windows.CRYPTPROTECT_UI_FORBIDDEN, out)
	})
}

// crypt calls f and copies what Windows allotted for its answer.
func crypt(data []byte, f func(in, out *windows.DataBlob) error) ([]byte, error) {
	if len(data) == 0 {
		return nil, windows.ERROR_INVALID_PARAMETER
	}
	in := windows.DataBlob{Size: uint32(len(data)), Data: &data[0]}
	var out windows.DataBlob
	if err := f(&in, &out); err != nil {
		return nil, err
	}
	made := append([]byte{}, unsafe.Slice(out.Data, out.Size)...)
	clear(unsafe.Slice(out.Data, out.Size))
	_, err := windows.LocalFree(windows.Handle(unsafe.Pointer(out.Data)))
	return made, err
}
