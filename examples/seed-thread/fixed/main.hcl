# The same tenant, put right: tacit manages the application and the API, so it
# may add what the path needs, and the query asks only for what is used.

tenant {
  domain       = "thread.eu.auth0.com"
  login_domain = "login.example.com"
}

spa_client "app" {
  name = "Thread app"
}

api "backend" {
  identifier = "https://api.example.com/"
}

saml_connection "customer" {
  name             = "customer"
  sign_in_endpoint = "https://idp.customer.example/sso"
  signing_cert     = file("idp.pem")

  idp_initiated {
    enabled         = true
    client          = spa_client.app
    client_protocol = "oauth2"

    query {
      response_type = ["id_token"]
      scope         = ["openid", "profile", "email"]
      redirect_uri  = "https://app.example.com/start-login?connection=customer"
    }
  }
}

silent_upgrade "backend" {
  connections  = saml_connection.customer
  client       = spa_client.app
  api          = api.backend
  scopes       = ["read:things"]
  redirect_uri = "https://app.example.com"
}

# Tests of the login, kept beside what they are about: tacit rehearse runs them,
# and so does tacit apply before it changes the path.
rehearsal "users land in the app with a token for the API" {
  path = silent_upgrade.backend

  expect {
    token          = "jwt"
    audience       = api.backend.identifier
    scopes_contain = ["read:things"]
    landing        = "https://app.example.com/start-login"
  }
}

rehearsal "a response signed with another key opens nothing" {
  path  = silent_upgrade.backend
  fault = "wrong-key"

  expect {
    token = "none"
    step  = "acs"
  }
}
