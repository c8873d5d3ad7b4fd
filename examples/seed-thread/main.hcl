# What people write first, and what Auth0's community was asked about it:
# "Access token not a JWT after SAML IdP initiated SSO".
# The application and the API were made in the dashboard; see seed.json.

tenant {
  domain       = "thread.eu.auth0.com"
  login_domain = "login.example.com"
}

spa_client "app" {
  existing = true
  name     = "Thread app"
}

api "backend" {
  existing   = true
  identifier = "https://api.example.com/"
}

saml_connection "customer" {
  name             = "customer"
  sign_in_endpoint = "https://idp.customer.example/sso"
  signing_cert     = file("idp.pem")

  idp_initiated {
    enabled               = true
    client                = spa_client.app
    client_protocol       = "oauth2"
    client_authorizequery = "response_type=token id_token&scope=openid"
  }
}

silent_upgrade "backend" {
  connections  = saml_connection.customer
  client       = spa_client.app
  api          = api.backend
  scopes       = ["read:things"]
  redirect_uri = "https://app.example.com"
}
