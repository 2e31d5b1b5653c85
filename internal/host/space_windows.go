package host

import (
	"syscall"
	"unsafe"
)

func spaceAt(dir string) (Space, error) {
	path, err := syscall.UTF16PtrFromString(dir)
	if err != nil {
		return Space{}, err
	}
	ask := syscall.NewLazyDLL("kernel32.dll").NewProc("GetDiskFreeSpaceExW")
	var s Space
	ok, _, err := ask.Call(uintptr(unsafe.Pointer(path)), uintptr(unsafe.Pointer(&s.Free)), uintptr(unsafe.Pointer(&s.Total)), 0)
	if ok == 0 {
		return Space{}, err
	}
	return s, nil
}
