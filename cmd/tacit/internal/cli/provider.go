package cli

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
)

// serviceProvider is what a tenant's metadata says of a connection.
type serviceProvider struct {
	EntityID string `xml:"entityID,attr"`
	ACS      struct {
		Location string `xml:"Location,attr"`
	} `xml:"SPSSODescriptor>AssertionConsumerService"`
	Keys []struct {
		Use  string `xml:"use,attr"`
		Cert string `xml:"KeyInfo>X509Data>X509Certificate"`
	} `xml:"SPSSODescriptor>KeyDescriptor"`
}

// maxProvider bounds the metadata of a tenant.
const maxProvider = 1 << 20

// fetchProvider reads a metadata document of the tenant.
func fetchProvider(ctx context.Context, transport http.RoundTripper, at string) (*serviceProvider, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", at, err)
	}
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", at, err)
	}
	defer func() { _ = resp.Body.Close() }() // nothing is written: a failed close loses nothing
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the tenant has no metadata at %s (status %d)", at, resp.StatusCode)
	}
	var sp serviceProvider
	if err := xml.NewDecoder(io.LimitReader(resp.Body, maxProvider)).Decode(&sp); err != nil {
		return nil, fmt.Errorf("read %s: %w", at, err)
	}
	return &sp, nil
}
