// Command tacit keeps Auth0 tenants able to upgrade a SAML IdP-initiated login
// silently to an API token.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/cli"
)

// grace is how long an interrupted command may take to stop by itself.
const grace = 3 * time.Second

// interrupted is the exit code of a command that had to be left behind.
const interrupted = 130

// spare is how much garbage may pile up, in percent of what is in use. A plan of
// thousands of connections uses most of what it reads until it ends: with 80
// instead of Go's 100 it takes a tenth less memory for 3 % more time.
const spare = 80

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(spare)
	}
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	done := make(chan int, 1)
	kept := make(keeper, 1)
	go func() { done <- command(ctx, kept.keep) }()
	return await(ctx, done, kept)
}

// keeper is full while something has to be put back on a tenant.
type keeper chan struct{}

func (k keeper) keep() (done func()) {
	k <- struct{}{}
	return sync.OnceFunc(func() { <-k })
}

// await returns the exit code of a command, and leaves behind one that does not
// stop when it is told to.
func await(ctx context.Context, done <-chan int, kept keeper) int {
	select {
	case code := <-done:
		return code
	case <-ctx.Done():
	}
	// Some work cannot be stopped from outside: a read that blocks, a long
	// evaluation. None of it writes to a tenant.
	select {
	case code := <-done:
		return code
	case <-time.After(grace):
	}
	select {
	case kept <- struct{}{}:
		return interrupted
	default: // something is put back on a tenant, which bounds itself
	}
	kept.keep()
	select {
	case code := <-done:
		return code
	case <-time.After(grace):
		return interrupted
	}
}

func command(ctx context.Context, keep func() func()) int {
	width, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		width = 0
	}
	return cli.Main(ctx, cli.Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		LookupEnv: os.LookupEnv, Now: time.Now, Width: width, Keep: keep,
		StdinTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		StdoutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		StderrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
	})
}
