package rehearse

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/beevik/etree"
)

// isSAMLRequest reports whether the tenant sends the browser to an IdP.
func isSAMLRequest(a *arrival) bool {
	return a.left != nil && (a.form.Has("SAMLRequest") || a.left.Query().Has("SAMLRequest"))
}

// authnRequest is what the IdP has to know of a request.
type authnRequest struct{ id, acs string }

// secondLeg is the IdP's part of an SP-initiated login: it answers the tenant's request at once, for the user is logged
// in there.
func (r *run) secondLeg(ctx context.Context, a *arrival) (*arrival, error) {
	sent, deflated := a.form, false
	if !sent.Has("SAMLRequest") {
		sent, deflated = a.left.Query(), true // HTTP-Redirect binding
	}
	asked, err := readRequest(sent.Get("SAMLRequest"), deflated)
	if err != nil {
		return nil, r.unsettled(StepIDP, "the tenant's SAMLRequest cannot be read: %v", err)
	}
	r.browser.learn("the tenant sends the browser to the IdP at %s", cutURL(a.left))
	acs := r.acs
	if asked.acs != "" {
		if acs, err = url.Parse(asked.acs); err != nil || !r.browser.allowed(acs) {
			return nil, r.fail(StepIDP, "", "", "the tenant's SAMLRequest wants the response at %q, which is not this tenant", asked.acs)
		}
	}
	fields, err := r.respond(acs, asked.id)
	if err != nil {
		return nil, err
	}
	if sent.Has("RelayState") {
		fields.Set("RelayState", sent.Get("RelayState"))
	}
	return r.browser.navigate(ctx, request{step: StepIDP, frame: Page, method: http.MethodPost, url: acs, form: fields, initiator: a.left}, r.arrives)
}

// maxRequest bounds an inflated request.
const maxRequest = 64 * 1024

func readRequest(encoded string, deflated bool) (*authnRequest, error) {
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, fmt.Errorf("not base64: %w", err)
	}
	if deflated {
		raw, err = io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(raw)), maxRequest))
		if err != nil {
			return nil, fmt.Errorf("not deflated: %w", err)
		}
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(raw); err != nil {
		return nil, fmt.Errorf("not XML: %w", err)
	}
	root := doc.Root()
	if root == nil || root.Tag != "AuthnRequest" {
		return nil, errors.New("not an AuthnRequest")
	}
	return &authnRequest{id: root.SelectAttrValue("ID", ""), acs: root.SelectAttrValue("AssertionConsumerServiceURL", "")}, nil
}
