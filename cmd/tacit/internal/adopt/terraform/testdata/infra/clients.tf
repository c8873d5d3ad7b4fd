# The customers' portal.
resource "auth0_client" "portal" {
  name            = "Customer portal"
  description     = "Where customers look after their orders"
  app_type        = "spa"
  is_first_party  = true
  oidc_conformant = true

  callbacks           = ["${var.app_url}/start-login", var.app_url]
  allowed_logout_urls = [var.app_url]
  web_origins         = [var.app_url]
  grant_types         = ["authorization_code", "implicit", "refresh_token"]

  jwt_configuration {
    alg                 = "RS256"
    lifetime_in_seconds = 36000
  }

  refresh_token {
    rotation_type   = "rotating"
    expiration_type = "expiring"
    leeway          = 0
    token_lifetime  = 2592000
  }

  lifecycle {
    prevent_destroy = true
    ignore_changes  = [logo_uri]
  }
}

resource "auth0_client_credentials" "portal" {
  client_id             = auth0_client.portal.id
  authentication_method = "none"
}

resource "auth0_client" "back_office" {
  name     = "Back office"
  app_type = "regular_web"
}

resource "auth0_client" "robot" {
  name     = "Robot"
  app_type = "non_interactive"
}
