package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"unicode"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/onboard"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
	"github.com/tacit-dev/tacit/schema/saml"
)

// customer reads what the customer sent, and tells what it is.
func (a *app) customer(ctx context.Context, o *onboardOptions) (*onboard.Request, *view.Onboarding, error) {
	if err := schema.SAMLConnection.Attr("name").Check(o.name); err != nil {
		return nil, nil, fmt.Errorf("%q cannot be the name of a connection: %w", o.name, err)
	}
	if err := o.sources(a); err != nil {
		return nil, nil, err
	}
	id, err := a.identity(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	idp, detected := onboard.Detect(id.EntityID, id.SignOn), true
	if o.idp != "" || idp == nil {
		if idp, detected = onboard.MakerByName(o.idp), false; idp == nil && o.idp != "" {
			return nil, nil, fmt.Errorf("--idp is one of %s, not %q", strings.Join(onboard.MakerNames(), ", "), o.idp)
		}
	}
	if idp == nil {
		idp = onboard.MakerByName(o.answer(a, "Which identity provider is it? "+strings.Join(onboard.MakerNames(), ", "), "generic"))
		if idp == nil {
			return nil, nil, fmt.Errorf("the identity provider is one of %s", strings.Join(onboard.MakerNames(), ", "))
		}
	}
	found := view.InspectCertificates([]*saml.Certificate{id.Cert}, a.env.Now())
	if id.Metadata != nil {
		found = view.InspectMetadata(id.Metadata, a.env.Now())
	} else {
		found.Kind, found.SSORedirect = "values", &id.SignOn[0].Location
		if id.EntityID != "" {
			found.EntityID = &id.EntityID
		}
		found.Warnings = append([]string{}, id.Warnings(a.env.Now())...)
	}
	r := &onboard.Request{Name: o.name, Maker: *idp, Identity: id, Again: o.again, Load: func(extra map[string][]byte) (*hclconf.Files, *schema.Config, schema.Diagnostics) {
		return a.readWith(o.config, extra)
	}}
	return r, &view.Onboarding{Name: o.name, Maker: idp.Name, Title: idp.Title, Detected: detected, Advice: idp.Advice, Found: found, Paths: []string{}, Files: []view.FileChange{}}, nil
}

// sources sees that there is a document or values, and asks where that is
// possible.
func (o *onboardOptions) sources(a *app) error {
	values := o.ssoURL != "" || o.cert != ""
	if o.metadata == "" && !values && o.lines != nil {
		o.metadata = o.answer(a, "The customer's metadata: a file or an https URL (nothing when there is none)", "")
		if o.metadata == "" {
			o.ssoURL = o.answer(a, "The identity provider's sign-on URL", "")
			o.cert = o.answer(a, "A file with the certificate that it signs with", "")
			o.entityID = o.answer(a, "Its entity ID, if known", "")
		}
	}
	switch {
	case o.metadata != "" && values:
		return errors.New("--metadata says sign-on URL and certificate; leave --sso-url and --cert out")
	case o.metadata == "" && (o.ssoURL == "" || o.cert == ""):
		return errors.New("what did the customer send? Give --metadata FILE, URL or -, or else --sso-url URL and --cert FILE")
	}
	return nil
}

// identity reads the document or the values. What cannot be used is refused in
// words for the customer.
func (a *app) identity(ctx context.Context, o *onboardOptions) (*onboard.Identity, error) {
	if o.metadata == "" {
		cert, err := a.document(ctx, o.cert, o.allowPrivate)
		if err != nil {
			return nil, fmt.Errorf("--cert: %w", err)
		}
		id, err := onboard.FromValues(o.ssoURL, o.entityID, cert)
		return id, o.refused(o.cert, err)
	}
	text, err := a.document(ctx, o.metadata, o.allowPrivate)
	if err != nil {
		var pe *os.PathError
		if errors.As(err, &pe) {
			return nil, fmt.Errorf("--metadata: %w", err)
		}
		return nil, err
	}
	id, err := onboard.FromDocument(text, o.entityID, a.env.Now())
	var r *saml.Refusal
	if errors.As(err, &r) && r.Reason == saml.SeveralIDPs && o.lines != nil && o.entityID == "" {
		a.err.Line("%s", r.Text)
		o.entityID = o.answer(a, "Entity ID of the customer's identity provider", "")
		id, err = onboard.FromDocument(text, o.entityID, a.env.Now())
	}
	return id, o.refused(o.metadata, err)
}

// refused is a refusal as a diagnostic of what was sent, other errors as they
// are.
func (o *onboardOptions) refused(from string, err error) error {
	var r *saml.Refusal
	if !errors.As(err, &r) {
		return err
	}
	return (&inspectOptions{file: from}).unusable(r)
}

var domainName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)

// details completes the request with what people decide.
func (a *app) details(o *onboardOptions, r *onboard.Request) error {
	if r.DisplayName = o.display; r.DisplayName == "" {
		r.DisplayName = o.answer(a, "Name of the customer on login pages", titled(o.name))
	}
	if err := schema.SAMLConnection.Attr("display_name").Check(r.DisplayName); err != nil || !printable(r.DisplayName) {
		return fmt.Errorf("%+q cannot be a display name: at most 128 visible characters", r.DisplayName)
	}
	if len(o.domains) == 0 {
		o.domains = strings.FieldsFunc(o.answer(a, "E-mail domains of the customer, with spaces between", ""), func(c rune) bool { return c == ' ' || c == ',' })
	}
	for _, d := range o.domains {
		d = strings.ToLower(strings.TrimPrefix(d, "@"))
		if !domainName.MatchString(d) {
			return fmt.Errorf("--domain-alias %+q is not a domain such as acme.com", d)
		}
		r.Domains = append(r.Domains, d)
	}
	r.Set = map[string]string{}
	for _, s := range o.set {
		name, value, ok := strings.Cut(s, "=")
		if !ok || name == "" || !printable(value) {
			return fmt.Errorf("--set %+q: write NAME=VALUE, on one line", s)
		}
		r.Set[name] = value
	}
	r.Ask = func(s hclconf.Slot) (string, bool) {
		if o.lines == nil {
			return "", false
		}
		return o.answer(a, fmt.Sprintf("%s of the customer, as the configuration has it", s.Name), strings.Trim(s.Like, `"`)), true
	}
	_, cfg, ds := r.Load(nil)
	if ds.HasErrors() {
		return &badConfig{ds}
	}
	var err1, err2, err3 error
	r.Client, err1 = pointedAt(cfg, "--client", o.client, "spa_client", "client")
	r.API, err2 = pointedAt(cfg, "--api", o.api, "api")
	r.Organization, err3 = pointedAt(cfg, "--organization", o.organization, "organization")
	return errors.Join(err1, err2, err3)
}

// answer asks on a terminal; elsewhere, and on an empty line, it is the default.
func (o *onboardOptions) answer(a *app, question, otherwise string) string {
	if o.lines == nil {
		return otherwise
	}
	if otherwise != "" {
		question += " [" + otherwise + "]"
	}
	a.err.Line("%s:", question)
	line, _ := o.lines.ReadString('\n') // the end of the input is an empty answer
	if line = strings.TrimSpace(line); line != "" {
		return line
	}
	return otherwise
}

// titled makes words of a connection's name: big-bank is Big Bank.
func titled(name string) string {
	words := strings.Split(name, "-")
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return !unicode.IsPrint(c) })
}
