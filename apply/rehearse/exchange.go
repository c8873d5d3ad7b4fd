package rehearse

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

// issued is the answer of the token end point. It is dropped when the login is over.
type issued struct {
	Access  string `json:"access_token"`
	ID      string `json:"id_token"`
	Refresh string `json:"refresh_token"`
	Type    string `json:"token_type"`

	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// exchange turns the code into tokens.
func (r *run) exchange(ctx context.Context, a asking, code string) (*issued, error) {
	return r.redeem(ctx, StepToken, url.Values{
		"grant_type": {"authorization_code"}, "client_id": {r.ClientID}, "code": {code},
		"code_verifier": {a.verifier}, "redirect_uri": {r.RedirectURI},
	})
}

// redeem posts to the token end point as a script of the page does. Without DPoP it is a simple request (no preflight):
// headers that SDKs add for their statistics are left out.
func (r *run) redeem(ctx context.Context, step Step, form url.Values) (*issued, error) {
	req := request{step: step, frame: Fetch, method: http.MethodPost, url: r.domain.JoinPath("oauth", "token"), form: form, top: r.origin, initiator: r.origin}
	send := r.browser.send
	if r.prover != nil {
		send = r.sendProving
	}
	p, err := send(ctx, &req)
	if err != nil {
		return nil, err
	}
	var out issued
	parsed := json.Unmarshal(p.body, &out)
	r.hide.add(out.Access, out.ID, out.Refresh)
	readable := r.mayRead(p)
	switch {
	case p.status != http.StatusOK:
		stop := r.fail(step, out.Error, out.Description, "the token end point refuses (status %d)", p.status)
		if !readable {
			stop.Message += ", and does not let a script of " + origin(r.origin) + " read why (CORS)"
		}
		return nil, stop
	case !readable:
		return nil, r.fail(step, "cors", "", "the token end point answers, but does not let a script of %s read it: Access-Control-Allow-Origin is %q",
			origin(r.origin), p.header.Get("Access-Control-Allow-Origin"))
	case parsed != nil:
		return nil, r.fail(step, "", "", "the answer of the token end point is not JSON")
	case out.Access == "":
		return nil, r.fail(step, "", "", "the token end point issues no access token")
	}
	return &out, nil
}

// mayRead is CORS for a request without credentials.
func (r *run) mayRead(p *page) bool {
	here := origin(r.origin)
	allow := p.header.Get("Access-Control-Allow-Origin")
	return allow == "*" || allow == here || origin(p.url) == here
}

// refresh exchanges the refresh token, as an application does after its access token expired.
func (r *run) refresh(ctx context.Context, keys *issuerKeys, token string) error {
	if token == "" {
		return r.fail(StepRefresh, "missing_refresh_token", "", "offline_access was asked for, and no refresh token came")
	}
	out, err := r.redeem(ctx, StepRefresh, url.Values{"grant_type": {"refresh_token"}, "client_id": {r.ClientID}, "refresh_token": {token}})
	if err != nil {
		return err
	}
	switch out.Refresh {
	case "", token:
		r.browser.learn("the refresh token stays the same")
	default:
		r.browser.learn("the refresh token rotates")
	}
	r.trace.Renewed, err = r.checkAccess(keys, StepRefresh, out)
	return err
}
