domain       = "portal-staging.eu.auth0.com"
login_domain = "login.staging.example.com"
app          = "https://app.staging.example.com"

customers = {
  acme = {
    display_name = "Acme (test)"
    sso_url      = "https://idp.test.acme.example/saml/sso"
    domains      = ["acme.example"]
  }
}

# As short as in production, so that renewals are tested.
token_lifetime = 7200
