package certs

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/saml"
)

// What a customer's metadata URL publishes, compared with what is declared.
const (
	// Published: the declared certificate, and none that is new.
	Published = "same"
	// Changed: the declared certificate is not published any more.
	Changed = "changed"
	// Beside: a new certificate stands beside the declared one.
	Beside = "beside"
	// Unknown: the two could not be compared.
	Unknown = "unknown"
	// Unwatched: no metadata URL is known.
	Unwatched = "unwatched"
)

// Source is where a customer publishes metadata, and what is held of it.
type Source struct {
	Connection, Address string
	// URL is "" when none is known.
	URL string
	// EntityID chooses one of several identity providers, and may be "".
	EntityID string
	// Held are the certificates that files or tenant hold; the used one decides.
	Held []Row
}

// Sources finds the metadata URLs of declared connections: metadata_url, or,
// since that stands beside no metadata_xml, the text metadata_source in the
// connection's metadata.
func Sources(cfg *schema.Config, at *Origins, rows []Row) []Source {
	held := map[string][]Row{}
	for _, r := range rows {
		if r.Use == IDPSigning && r.Certificate != nil {
			held[r.Connection] = append(held[r.Connection], r)
		}
	}
	var out []Source
	for _, o := range Connections(cfg) {
		s := Source{Connection: Name(o), Address: o.Addr.String(), EntityID: at.Entity[o.Addr].Text, Held: held[Name(o)]}
		s.URL, _ = o.Want("metadata_url").V.(string)
		if texts, ok := o.Want("metadata").V.(map[string]any); ok && s.URL == "" {
			s.URL, _ = texts["metadata_source"].(string)
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Source) int { return cmp.Compare(a.Connection, b.Connection) })
	return out
}

// Watched is what one connection's customer publishes.
type Watched struct {
	Connection string `json:"connection"`
	Address    string `json:"address"`
	// Outcome is same, changed, beside, unknown or unwatched.
	Outcome string `json:"outcome"`
	// Used is the certificate that is declared, or that the tenant holds when
	// the files do not say; null when neither is known.
	Used *saml.Certificate `json:"used"`
	// New are published certificates that nobody declared, expired ones aside.
	New []*saml.Certificate `json:"new"`
	// Why says why it is unknown or unwatched.
	Why string `json:"why,omitempty"`
}

// Fetch gets the text behind a URL.
type Fetch func(ctx context.Context, url string) ([]byte, error)

// parallel is how many customers are asked at a time. One that does not answer
// keeps one place until its time is up.
const parallel = 16

// Watch asks every source once and compares. Sources with one URL share an
// answer.
func Watch(ctx context.Context, sources []Source, fetch Fetch, now time.Time) []Watched {
	asked := map[string]func() ([]byte, error){}
	for _, s := range sources {
		asked[s.URL] = sync.OnceValues(func() ([]byte, error) { return fetch(ctx, s.URL) })
	}
	var g errgroup.Group
	g.SetLimit(parallel)
	for url, ask := range asked {
		if url != "" {
			g.Go(func() error { _, _ = ask(); return nil }) // the error is kept with the answer
		}
	}
	_ = g.Wait() // no function returns an error
	out := make([]Watched, len(sources))
	for i, s := range sources {
		out[i] = s.compare(asked[s.URL], now)
	}
	return out
}

func (s *Source) compare(ask func() ([]byte, error), now time.Time) Watched {
	w := Watched{Connection: s.Connection, Address: s.Address, Outcome: Unknown, New: []*saml.Certificate{}}
	known := map[string]bool{}
	for _, r := range s.Held {
		known[r.Certificate.SHA256] = true
		// A declared one counts before what the tenant holds of another.
		if r.Used && (w.Used == nil || r.From == FromFiles) {
			w.Used = r.Certificate
		}
	}
	if s.URL == "" {
		w.Outcome, w.Why = Unwatched, "no metadata URL is known"
		return w
	}
	if w.Used == nil {
		w.Why = "the files do not say which certificate is held, and no tenant was asked or it holds none"
		return w
	}
	text, err := ask()
	if err != nil {
		w.Why = err.Error()
		return w
	}
	doc, err := saml.ParseMetadata(text)
	if err == nil {
		var m *saml.Metadata
		if m, err = doc.IDP(s.EntityID); err == nil {
			w.judge(m.SigningCertificates(), known, now)
			return w
		}
	}
	w.Why = "what is published cannot be used: " + saml.AsRefusal(err).Text
	return w
}

func (w *Watched) judge(published []*saml.Certificate, known map[string]bool, now time.Time) {
	w.Outcome = Changed
	if len(published) == 0 {
		w.Outcome, w.Why = Unknown, "what is published holds no signing certificate"
		return
	}
	for _, c := range published {
		if c.SHA256 == w.Used.SHA256 {
			w.Outcome = Published
		}
	}
	for _, c := range published {
		if !known[c.SHA256] && !c.Has(saml.Expired, now) {
			w.New = append(w.New, c)
		}
	}
	if w.Outcome == Published && len(w.New) > 0 {
		w.Outcome = Beside
	}
}
