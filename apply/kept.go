package apply

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"time"
)

// keptFile is where the last read of a tenant is kept beside the configuration.
var keptFile = path.Join(tacitDir, "kept.json")

const (
	keptFormat = 1
	maxKept    = 512 << 20
)

// KeptFor is what a kept read is good for: any other tenant, application or
// program reads everything.
type KeptFor struct {
	Tenant  string `json:"tenant"`
	Sandbox string `json:"sandbox,omitempty"`
	// Client is the application whose token read; another one may see less.
	Client  string `json:"client_id"`
	Version string `json:"tacit_version"`
}

// Cost is what a whole read took, in requests to the Management API. Of them
// Once are not needed again once everything declared exists.
type Cost struct {
	Read int `json:"read"`
	Once int `json:"once"`
}

// kept is a read of a tenant with its place in the tenant's log.
type kept struct {
	Format int     `json:"format"`
	For    KeptFor `json:"for"`
	// Bound is how late an entry of the log was taken to come.
	Bound time.Duration `json:"log_delay_ns"`
	// Read is when the read began, AsOf until when it is known to hold, both by
	// the tenant's clock.
	Read time.Time `json:"read"`
	AsOf time.Time `json:"as_of"`
	// From and Next are two entries of the log, one after the other and both
	// older than AsOf by Bound. The log is followed from From, and Next being
	// there shows that nothing since is lost.
	From string `json:"log_from"`
	Next string `json:"log_next"`
	// Live is how many requests a plan makes beside the log's.
	Live    int      `json:"live"`
	Cost    Cost     `json:"cost"`
	Answers []answer `json:"answers"`
	// Sum is the SHA-256 of the rest: half a file must not pass for a read.
	Sum string `json:"sha256"`
}

// sum is the digest of everything but the digest.
func (k kept) sum() (string, error) {
	k.Sum = ""
	raw, err := json.Marshal(k)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

// save replaces the kept read of a directory as a whole.
func (k *kept) save(dir string) (err error) {
	if k.Sum, err = k.sum(); err != nil {
		return err
	}
	raw, err := json.Marshal(k)
	if err != nil {
		return err
	}
	root, err := private(dir, tacitDir)
	if err != nil {
		return notWritten(err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	// Another plan may be keeping its read at the same time.
	next := keptFile + "." + rand.Text()
	if err := root.WriteFile(next, raw, 0o600); err != nil {
		return errors.Join(notWritten(err), root.RemoveAll(next))
	}
	if err := root.Rename(next, keptFile); err != nil {
		return errors.Join(notWritten(err), root.RemoveAll(next))
	}
	return nil
}

// notWritten says why without the names of files that nobody knows.
func notWritten(err error) error {
	var (
		file *fs.PathError
		link *os.LinkError
	)
	switch {
	case errors.As(err, &file):
		err = file.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return fmt.Errorf("%s cannot be written: %w", keptFile, err)
}

// loadKept reads the kept read of a directory. Every error says why there is
// none to rely on.
func loadKept(dir string, f KeptFor) (k *kept, err error) {
	raw, err := readKept(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("no earlier read is kept")
	}
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	dec.DisallowUnknownFields()
	k = new(kept)
	if err := dec.Decode(k); err != nil {
		return nil, fmt.Errorf("%s is damaged", keptFile)
	}
	sum, err := k.sum()
	switch {
	case k.Format != keptFormat || k.For.Version != f.Version:
		return nil, errors.New("the earlier read was kept by another version of tacit")
	case err != nil || sum != k.Sum:
		return nil, fmt.Errorf("%s was changed or is damaged", keptFile)
	case k.For.Tenant != f.Tenant || k.For.Sandbox != f.Sandbox:
		return nil, errors.New("the earlier read is of another tenant")
	case k.For.Client != f.Client:
		return nil, errors.New("the earlier read was made by another application")
	}
	return k, nil
}

func readKept(dir string) (raw []byte, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	info, err := root.Lstat(keptFile)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxKept {
		return nil, fmt.Errorf("%s is not a file of tacit's", keptFile)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s is open to other users (mode %#o)", keptFile, info.Mode().Perm())
	}
	f, err := root.Open(keptFile)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, maxKept))
}

// ForgetRead drops the kept read of a configuration directory. Whoever writes to
// the tenant calls it first: the log shows the writes only later.
func ForgetRead(dir string) (err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	if err := root.Remove(keptFile); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
