package apply

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// beyond is the byte that is locked, far behind what the file holds: Windows
// lets nobody read what is locked.
const beyond = 1 << 30

// lock locks the file for this process until it is closed.
func lock(f *os.File) error {
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, &windows.Overlapped{Offset: beyond})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return errLocked
	}
	return err
}
