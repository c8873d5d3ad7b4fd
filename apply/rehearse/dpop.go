package rehearse

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// prover is the key that an application binds its tokens to (RFC 9449), with what auth0-spa-js remembers beside it.
type prover struct {
	now        func() time.Time
	signer     jose.Signer
	thumbprint string // of the public key, as in cnf.jkt
	nonce      string // of the tenant, once it gave one
	asked      bool   // whether scripts may send proofs
}

func newProver(now func() time.Time) (*prover, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader) // ES256, as auth0-spa-js
	if err != nil {
		return nil, fmt.Errorf("make a DPoP key: %w", err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, (&jose.SignerOptions{EmbedJWK: true}).WithType("dpop+jwt"))
	if err != nil {
		return nil, fmt.Errorf("use a DPoP key: %w", err)
	}
	sum, err := (&jose.JSONWebKey{Key: key.Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("name a DPoP key: %w", err)
	}
	return &prover{now: now, signer: signer, thumbprint: base64.RawURLEncoding.EncodeToString(sum)}, nil
}

// prove adds a fresh proof to a request. access is the token that it goes with, "" where one is asked for.
func (p *prover) prove(r *request, access string) error {
	at := *r.url
	at.RawQuery, at.Fragment = "", "" // RFC 9449, 4.2
	claims := map[string]any{"jti": rand.Text(), "htm": r.method, "htu": at.String(), "iat": p.now().Unix()}
	if p.nonce != "" {
		claims["nonce"] = p.nonce
	}
	if access != "" {
		hash := sha256.Sum256([]byte(access))
		claims["ath"] = base64.RawURLEncoding.EncodeToString(hash[:])
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return fmt.Errorf("write a DPoP proof: %w", err)
	}
	signed, err := p.signer.Sign(body)
	if err != nil {
		return fmt.Errorf("sign a DPoP proof: %w", err)
	}
	proof, err := signed.CompactSerialize()
	if err != nil {
		return fmt.Errorf("write a DPoP proof: %w", err)
	}
	r.header, r.proof = http.Header{"Dpop": {proof}}, slices.Sorted(maps.Keys(claims))
	if access != "" {
		r.header.Set("Authorization", "DPoP "+access)
	}
	return nil
}

// sendProving sends a request of a script with a proof, and once more when the tenant wants a nonce in it, as
// auth0-spa-js does (http.ts). The header makes browsers ask first.
func (r *run) sendProving(ctx context.Context, req *request) (*page, error) {
	if err := r.preflight(ctx, req); err != nil {
		return nil, err
	}
	p, err := r.sendProof(ctx, req)
	if err != nil || !wantsNonce(p) {
		return p, err
	}
	if r.prover.nonce == "" {
		return nil, r.fail(req.step, "use_dpop_nonce", "", "the tenant wants a nonce in the DPoP proof, and gives none that a script of %s may read (DPoP-Nonce, Access-Control-Expose-Headers)", origin(r.origin))
	}
	r.browser.learn("use_dpop_nonce: the tenant wants its nonce in the proof; once more with it")
	return r.sendProof(ctx, req)
}

func (r *run) sendProof(ctx context.Context, req *request) (*page, error) {
	if err := r.prover.prove(req, ""); err != nil {
		return nil, err
	}
	r.hide.add(req.header.Get("DPoP"))
	p, err := r.browser.send(ctx, req)
	if err != nil {
		return nil, err
	}
	if n := p.header.Get("DPoP-Nonce"); n != "" && (inHeader(p, "Access-Control-Expose-Headers", "DPoP-Nonce") || origin(p.url) == origin(r.origin)) {
		r.prover.nonce = n
		r.hide.add(n)
	}
	return p, nil
}

// wantsNonce is RFC 9449, 8.
func wantsNonce(p *page) bool {
	var body struct {
		Error string `json:"error"`
	}
	return p.status == http.StatusBadRequest && json.Unmarshal(p.body, &body) == nil && body.Error == "use_dpop_nonce"
}

// preflight is the browser's question before a script's first request with the header DPoP.
func (r *run) preflight(ctx context.Context, req *request) error {
	if r.prover.asked || origin(req.url) == origin(r.origin) {
		return nil
	}
	r.prover.asked = true
	p, err := r.browser.send(ctx, &request{step: req.step, frame: Fetch, method: http.MethodOptions, url: req.url, top: r.origin, initiator: r.origin,
		header: http.Header{"Access-Control-Request-Method": {req.method}, "Access-Control-Request-Headers": {"dpop"}}})
	switch {
	case err != nil:
		return err
	case p.status < 200 || p.status > 299 || !r.mayRead(p) || !inHeader(p, "Access-Control-Allow-Headers", "DPoP"):
		return r.fail(req.step, "cors", "", "the browser asks whether a script of %s may send the header DPoP, and the tenant does not allow it (status %d)", origin(r.origin), p.status)
	default:
		return nil
	}
}

// inHeader reports whether a list header names something. A star is everything for requests without credentials.
func inHeader(p *page, header, name string) bool {
	return slices.ContainsFunc(strings.Split(strings.Join(p.header.Values(header), ","), ","), func(e string) bool {
		e = strings.TrimSpace(e)
		return e == "*" || strings.EqualFold(e, name)
	})
}

// binding compares what the application asked for with the key that the token is bound to, and says what is wrong. That
// an API without a mechanism gets a bearer token all the same is documented (Configure Sender Constraining).
func (r *run) binding(t *Token) string {
	bound := strings.EqualFold(t.Type, "DPoP")
	cnf, _ := t.Claims["cnf"].(map[string]any)
	jkt, _ := cnf["jkt"].(string)
	switch {
	case r.prover == nil && (bound || jkt != ""):
		return "it is bound to a key (DPoP), and the application proved none"
	case bound != (jkt != ""):
		return fmt.Sprintf("its token_type is %q, and its cnf.jkt %q", t.Type, jkt)
	case bound && jkt != r.prover.thumbprint:
		return fmt.Sprintf("it is bound to the key %q, not to the application's %q (cnf.jkt)", jkt, r.prover.thumbprint)
	case r.prover != nil && !bound && !slices.Contains(r.trace.Notes, unbound):
		r.trace.Notes = append(r.trace.Notes, unbound)
	}
	return ""
}

const unbound = "The application proves a key (DPoP), and the token is an ordinary bearer token all the same: whoever steals it can use it. The API names no mechanism of possession."

// askWhoIAm uses a bound token where every tenant takes one with openid, as the application will at its API: with a
// proof that names the token (ath).
func (r *run) askWhoIAm(ctx context.Context, tokens *issued) error {
	forUserinfo := func(audience string) bool { return strings.HasSuffix(audience, "/userinfo") }
	if !strings.EqualFold(tokens.Type, "DPoP") || !slices.ContainsFunc(r.trace.Access.audiences(), forUserinfo) {
		return nil
	}
	req := request{step: StepUserinfo, frame: Fetch, method: http.MethodGet, url: r.domain.JoinPath("userinfo")}
	if err := r.prover.prove(&req, tokens.Access); err != nil {
		return err
	}
	r.hide.add(req.header.Get("DPoP"))
	p, err := r.browser.send(ctx, &req)
	switch {
	case err != nil:
		return err
	case p.status != http.StatusOK:
		challenge := p.header.Get("WWW-Authenticate")
		return r.fail(StepUserinfo, "", challenge, "the tenant refuses the token with a proof of its key (status %d)", p.status)
	default:
		r.browser.learn("the token is taken together with a proof of its key")
		return nil
	}
}
