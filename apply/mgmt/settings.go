package mgmt

import (
	"context"
	"errors"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/option"

	"github.com/tacit-dev/tacit/schema"
)

// settingsEndPoint serves the one object that every tenant has: it is read and
// updated, never created or deleted.
func (t *Tenant) settingsEndPoint() endPoint {
	return endPoint{
		noun: "tenant settings",
		get: func(ctx context.Context, _ string) error {
			_, err := t.settings.Get(ctx, &management.GetTenantSettingsRequestParameters{})
			return err
		},
		update: func(ctx context.Context, _ string, body option.RequestOption) error {
			_, err := t.settings.Update(ctx, nil, body)
			return err
		},
		list: func(ctx context.Context, _ []string) ([]map[string]any, []string, error) {
			if err := t.allowed("read the tenant settings", "read:tenant_settings"); err != nil {
				return nil, nil, err
			}
			o, err := t.Get(ctx, schema.TenantSettings, "")
			if err != nil {
				return nil, nil, err
			}
			return []map[string]any{o.Raw}, nil, nil
		},
	}
}

// customDomainsEndPoint is read only: tacit looks custom domains up.
func (t *Tenant) customDomainsEndPoint() endPoint {
	return endPoint{
		noun: "custom domain", id: "custom_domain_id",
		get: func(ctx context.Context, id string) error {
			_, err := t.customDomains.Get(ctx, id)
			return err
		},
		list: func(ctx context.Context, _ []string) ([]map[string]any, []string, error) {
			if err := t.allowed("list custom domains", "read:custom_domains"); err != nil {
				return nil, nil, err
			}
			// Without take and q the answer is a bare array of all
			// domains (recorded).
			v, err := t.do(ctx, "list custom domains", func(ctx context.Context) error {
				_, err := t.customDomains.List(ctx, &management.ListCustomDomainsRequestParameters{})
				return err
			})
			if err != nil {
				return nil, nil, err
			}
			list, ok := v.([]any)
			if !ok {
				return nil, nil, errors.New("list custom domains: Auth0's answer is not a list")
			}
			var out []map[string]any
			for _, e := range list {
				item, _ := e.(map[string]any)
				if id, _ := item["custom_domain_id"].(string); id == "" {
					return nil, nil, errors.New("list custom domains: Auth0's answer holds a domain without custom_domain_id")
				}
				out = append(out, item)
			}
			return out, nil, nil
		},
	}
}
