package mgmt

import (
	"context"
	"io"
	"net/http"
	"time"
)

// Send makes a request that the Tenant has no method for, paced as all others.
func (t *Tenant) Send(ctx context.Context, method, path string) error {
	req, err := http.NewRequestWithContext(ctx, method, t.http.url.String()+path, http.NoBody)
	if err != nil {
		return err
	}
	req.GetBody = func() (io.ReadCloser, error) { return http.NoBody, nil }
	return t.http.run(&call{op: method + " " + path}, req)
}

// Pacing is a pacer alone, for measuring what it costs.
type Pacing struct {
	p *pacer
	h http.Header
}

// NewPacing starts one that has seen an answer without headers.
func NewPacing() Pacing {
	c := Pacing{newPacer(Options{Now: time.Now, Sleep: sleep}), http.Header{"Content-Type": {"application/json"}}}
	c.Once()
	return c
}

// Once lets one request pass.
func (c Pacing) Once() {
	t, err := c.p.acquire(context.Background(), readClients)
	if err != nil {
		panic(err)
	}
	c.p.answered(t, http.StatusOK, c.h)
}
