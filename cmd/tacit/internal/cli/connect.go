package cli

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/net/http/httpproxy"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/schema"
)

// tenantFlags say which tenant a command talks to.
type tenantFlags struct {
	// sandbox is the store of the in-process sandbox; "true" means the default
	// place beside the configuration, "" the real tenant.
	sandbox string
	seed    string
	// maxRPS and parallelism bound the requests to the Management API.
	maxRPS      float64
	parallelism int
}

// besideConfig is the value of a bare --sandbox.
const besideConfig = "true"

// storeFlag is a flag whose value may be left out. It calls itself a bool so
// that the help text does not show a value for that case.
type storeFlag string

// String implements pflag.Value.
func (s *storeFlag) String() string { return string(*s) }

// Set implements pflag.Value.
func (s *storeFlag) Set(v string) error {
	if v == "" {
		return errors.New("name a file, or leave the equals sign out")
	}
	*s = storeFlag(v)
	return nil
}

// Type implements pflag.Value.
func (s *storeFlag) Type() string { return "bool" }

func (f *tenantFlags) register(cmd *cobra.Command) {
	cmd.Flags().Var((*storeFlag)(&f.sandbox), "sandbox", "use a local tenant instead of Auth0; `=FILE` says where it is kept (default DIR/.tacit/sandbox.json, sandbox-DOMAIN.json where variables choose the domain)")
	cmd.Flags().Lookup("sandbox").NoOptDefVal = besideConfig
	f.registerPace(cmd)
	cmd.Flags().StringVar(&f.seed, "seed", "", "what a new sandbox holds at first: a `FILE` of API bodies")
}

// registerPace registers the bounds of requests alone.
func (f *tenantFlags) registerPace(cmd *cobra.Command) {
	cmd.Flags().Float64Var(&f.maxRPS, "max-rps", 0, "send at most `N` requests per second; what the tenant's limits allow is learnt from its answers")
	cmd.Flags().IntVar(&f.parallelism, "parallelism", apply.DefaultParallelism, "send at most `N` requests at a time")
}

// connect opens the tenant that flags, environment and configuration name, and
// lets the configuration know its domain.
func (a *app) connect(ctx context.Context, f tenantFlags, cfg *schema.Config) (*mgmt.Tenant, error) {
	t, err := a.open(ctx, f, cfg)
	if err == nil {
		cfg.Connected = bareHost(t.Domain())
	}
	return t, err
}

func (a *app) open(ctx context.Context, f tenantFlags, cfg *schema.Config) (*mgmt.Tenant, error) {
	if f.sandbox != "" {
		return a.connectSandbox(ctx, f, cfg)
	}
	if f.seed != "" {
		return nil, errors.New("--seed fills a sandbox; give --sandbox as well")
	}
	domain, err := a.domain(cfg)
	if err != nil {
		return nil, err
	}
	return a.login(ctx, f, environment{a: a}, domain)
}

// environment reads the AUTH0_ variables of one tenant: those whose names begin
// with the prefix, and no others.
type environment struct {
	a      *app
	prefix string
}

func (e environment) get(names ...string) string {
	whole := make([]string, len(names))
	for i, n := range names {
		whole[i] = e.prefix + n
	}
	return e.a.getenv(whole...)
}

// login opens the tenant with the credentials of an environment.
func (a *app) login(ctx context.Context, f tenantFlags, env environment, domain string) (*mgmt.Tenant, error) {
	transport, err := a.transport()
	if err != nil {
		return nil, err
	}
	o := mgmt.Options{
		Domain: domain, Transport: transport, UserAgent: "tacit/" + release, RunID: a.run,
		Token: env.get("AUTH0_API_TOKEN", "AUTH0_ACCESS_TOKEN"), ClientID: env.get("AUTH0_CLIENT_ID"),
		ClientSecret: env.get("AUTH0_CLIENT_SECRET"), Audience: env.get("AUTH0_AUDIENCE"),
		AssertionAlg: env.get("AUTH0_CLIENT_ASSERTION_SIGNING_ALG", "AUTH0_CLIENT_SIGNING_ALGORITHM"),
		MaxRPS:       f.maxRPS, Parallelism: f.parallelism, Waiting: a.waiting(f),
	}
	if o.AssertionKey, err = env.assertionKey(); err != nil {
		return nil, err
	}
	if p := env.prefix; o.Token == "" && (o.ClientID == "" || o.ClientSecret == "" && o.AssertionKey == "") {
		return nil, fmt.Errorf("no credentials for %s: set %[2]sAUTH0_CLIENT_ID and %[2]sAUTH0_CLIENT_SECRET or %[2]sAUTH0_CLIENT_ASSERTION_PRIVATE_KEY (or %[2]sAUTH0_API_TOKEN), or try it on a local tenant with --sandbox", domain, p)
	}
	if a.getenv("AUTH0_DEBUG") != "" {
		o.Debug = a.env.Stderr
	}
	return mgmt.New(ctx, o)
}

// assertionKey is the private key for private-key JWT: its text, or, by the
// deploy CLI's name, the file that holds it.
func (e environment) assertionKey() (string, error) {
	if key := e.get("AUTH0_CLIENT_ASSERTION_PRIVATE_KEY"); key != "" {
		return key, nil
	}
	path := e.get("AUTH0_CLIENT_SIGNING_KEY_PATH")
	if path == "" {
		return "", nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%sAUTH0_CLIENT_SIGNING_KEY_PATH: %w", e.prefix, err)
	}
	return string(raw), nil
}

// domain binds credentials to a tenant: when environment and configuration
// name different ones, nothing is sent.
func (a *app) domain(cfg *schema.Config) (string, error) {
	env, conf := a.getenv("AUTH0_DOMAIN"), cfg.Domain()
	switch {
	case env == "" && conf == "":
		return "", errors.New("no tenant: set AUTH0_DOMAIN, or try it on a local tenant with --sandbox")
	case env == "":
		// Files come from pull requests; they must not choose where the
		// credentials of the environment go.
		return "", fmt.Errorf("set AUTH0_DOMAIN=%s to say that the credentials are meant for that tenant, or try it on a local tenant with --sandbox", conf)
	case conf != "" && !strings.EqualFold(bareHost(env), conf):
		return "", fmt.Errorf("AUTH0_DOMAIN is %s but the configuration is for %s; nothing was sent. Use the credentials of that tenant", bareHost(env), conf)
	default:
		return env, nil
	}
}

func bareHost(domain string) string {
	if u, err := url.Parse(domain); err == nil && u.Host != "" {
		return u.Host
	}
	return strings.TrimSuffix(domain, "/")
}

func (a *app) getenv(names ...string) string {
	for _, n := range names {
		if v, ok := a.env.LookupEnv(n); ok && v != "" {
			return v
		}
	}
	return ""
}

// transport trusts SSL_CERT_FILE on every system and honours the proxy
// variables of the environment that commands see.
func (a *app) transport() (http.RoundTripper, error) {
	base, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return nil, errors.New("the default HTTP transport was replaced")
	}
	t := base.Clone()
	proxy := a.proxy()
	t.Proxy = func(r *http.Request) (*url.URL, error) { return proxy(r.URL) }
	roots, err := a.roots()
	if err != nil {
		return nil, err
	}
	if roots != nil {
		t.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	return t, nil
}

// proxy is the proxy that the environment names for a URL.
func (a *app) proxy() func(*url.URL) (*url.URL, error) {
	return (&httpproxy.Config{
		HTTPProxy: a.getenv("HTTP_PROXY", "http_proxy"), HTTPSProxy: a.getenv("HTTPS_PROXY", "https_proxy"),
		NoProxy: a.getenv("NO_PROXY", "no_proxy"),
	}).ProxyFunc()
}

// roots are the system's certificate authorities and those of SSL_CERT_FILE;
// nil when it names none.
func (a *app) roots() (*x509.CertPool, error) {
	file := a.getenv("SSL_CERT_FILE")
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("SSL_CERT_FILE: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("SSL_CERT_FILE: %s holds no certificate", file)
	}
	return pool, nil
}

// sandboxDomain names the in-process tenant of a configuration without one.
const sandboxDomain = "sandbox.localhost"

// path is the sandbox's store. A directory that describes several tenants has
// one for each.
func (f *tenantFlags) path(cfg *schema.Config) string {
	name := "sandbox.json"
	if domain := cfg.Domain(); cfg.DomainVaries && domain != "" {
		name = "sandbox-" + strings.ReplaceAll(domain, ":", "_") + ".json"
	}
	if f.sandbox == besideConfig {
		return filepath.Join(cfg.Dir, ".tacit", name)
	}
	return f.sandbox
}

// connectSandbox ignores the AUTH0_ variables and reaches no network: its
// transport answers in this process and refuses other hosts.
func (a *app) connectSandbox(ctx context.Context, f tenantFlags, cfg *schema.Config) (*mgmt.Tenant, error) {
	path := f.path(cfg)
	if f.sandbox == besideConfig {
		if err := privateDir(filepath.Dir(path)); err != nil {
			return nil, err
		}
	}
	_, err := os.Stat(path)
	fresh := errors.Is(err, os.ErrNotExist)
	store, err := sandbox.OpenStore(path)
	if err != nil {
		return nil, err
	}
	domain := cfg.Domain()
	if domain == "" {
		domain = sandboxDomain
	}
	custom := customDomains(cfg, domain)
	srv, err := sandbox.New(sandbox.Options{Domains: append([]string{domain}, custom...), Store: store})
	if err != nil {
		return nil, err
	}
	if f.seed == "" && fresh {
		err = srv.Load(holding(custom))
	} else {
		err = a.seedSandbox(srv, f.seed, path, fresh)
	}
	if err != nil {
		return nil, err
	}
	return mgmt.New(ctx, mgmt.Options{
		Domain: domain, Token: a.run, Transport: srv.Transport(), UserAgent: "tacit/" + release, RunID: a.run,
		MaxRPS: f.maxRPS, Parallelism: f.parallelism,
	})
}

// customDomains are the hosts other than the tenant's own at which the files
// let users log in.
func customDomains(cfg *schema.Config, own string) []string {
	hosts := []any{cfg.LoginDomain()}
	for _, o := range cfg.Objects {
		if o.Kind == schema.SilentUpgrade {
			more, _ := o.Want("login_domains").V.([]any)
			hosts = append(append(hosts, o.Want("login_domain").V), more...)
		}
	}
	var out []string
	for _, h := range hosts {
		if s, _ := h.(string); s != "" && s != own && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// holding is the seed of a new sandbox: the custom domains that the files count
// on, which tacit cannot make and nobody verified here.
func holding(custom []string) []byte {
	list := make([]any, len(custom))
	for i, d := range custom {
		list[i] = map[string]any{"domain": d, "status": "ready", "type": "auth0_managed_certs"}
	}
	seed, err := json.Marshal(map[string]any{"custom_domains": list})
	if err != nil {
		panic("cli: not a JSON value: " + err.Error())
	}
	return seed
}

// privateDir refuses a .tacit that a pull request made point elsewhere.
func privateDir(dir string) error {
	info, err := os.Lstat(dir)
	if err == nil && !info.IsDir() {
		return fmt.Errorf("%s is not a directory of its own; remove it, tacit makes one", dir)
	}
	return nil
}

func (a *app) seedSandbox(srv *sandbox.Server, seed, store string, fresh bool) error {
	if seed == "" {
		return nil
	}
	if !fresh {
		a.err.Line("Note: %s exists, so the sandbox starts from it and --seed is not used; delete it to start again.", store)
		return nil
	}
	raw, err := os.ReadFile(seed)
	if err != nil {
		return fmt.Errorf("--seed: %w", err)
	}
	if err := srv.Load(raw); err != nil {
		return fmt.Errorf("--seed %s: %w", seed, err)
	}
	return nil
}

// runID marks this run's writes in the tenant's log (X-Correlation-ID).
func runID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails (its documentation)
	return "tacit-" + hex.EncodeToString(b[:])
}
