package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/fetch"
)

// fetchHelp says what a URL may be, in help texts.
const fetchHelp = "A URL is fetched by https only and from public addresses only, whatever it redirects to: at most 3 redirects, 4 MB,\n" +
	"10 seconds. HTTPS_PROXY would hide the address, so it is used with --allow-private only; NO_PROXY names exceptions."

// fetcher fetches what a person asked for by its URL.
func (a *app) fetcher(allowPrivate bool) (*fetch.Fetcher, error) {
	roots, err := a.roots()
	if err != nil {
		return nil, err
	}
	return fetch.New(fetch.Options{AllowPrivate: allowPrivate, Proxy: a.proxy(), Roots: roots}), nil
}

// document reads what a customer sent: a file, standard input for -, or a URL,
// which is fetched. It gives a little more than fetch.MaxSize of a larger one,
// so that whoever reads it can refuse it.
func (a *app) document(ctx context.Context, operand string, allowPrivate bool) ([]byte, error) {
	if strings.Contains(operand, "://") {
		f, err := a.fetcher(allowPrivate)
		if err != nil {
			return nil, err
		}
		doc, err := f.Get(ctx, operand)
		if err != nil {
			return nil, fmt.Errorf("the URL was not fetched: %w", err)
		}
		return doc.Text, nil
	}
	from := a.env.Stdin
	if operand != "-" {
		f, err := os.Open(operand)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		from = f
	}
	return io.ReadAll(io.LimitReader(from, fetch.MaxSize+1))
}
