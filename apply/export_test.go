package apply

import "os"

// Syncing returns the journals with another way to make the disk take what was
// written; tests that kill hundreds of runs have no time for disks.
func (js Journals) Syncing(sync func(*os.File) error) Journals {
	js.sync = sync
	return js
}

// Announce announces a write.
func (j *Journal) Announce(i Intent) (int, error) { return j.intent(i) }
