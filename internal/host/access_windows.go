package host

import "golang.org/x/sys/windows"

func openToGroups(path string) (string, error) {
	d, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return "", err
	}
	text := d.String()
	if text == "" {
		return "", ErrUnknown
	}
	return openIn(text), nil
}
