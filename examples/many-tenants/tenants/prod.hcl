domain         = "portal.eu.auth0.com"
login_domain   = "login.example.com"
app            = "https://app.example.com"
token_lifetime = 7200

customers = {
  acme = {
    display_name = "Acme Corp"
    sso_url      = "https://idp.acme.example/saml/sso"
    domains      = ["acme.example"]
  }
  globex = {
    display_name = "Globex"
    sso_url      = "https://idp.globex.example/saml/sso"
    domains      = ["globex.example", "globex.test"]
  }
}
