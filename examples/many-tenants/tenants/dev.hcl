domain       = "portal-dev.eu.auth0.com"
login_domain = "login.dev.example.com"
app          = "https://app.dev.example.com"

customers = {
  acme = {
    display_name = "Acme (test)"
    sso_url      = "https://idp.test.acme.example/saml/sso"
    domains      = ["acme.example"]
  }
}
