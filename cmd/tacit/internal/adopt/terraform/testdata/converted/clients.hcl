# The customers' portal.
spa_client "portal" {
  prevent_destroy            = true
  name                       = "Customer portal"
  description                = "Where customers look after their orders"
  app_type                   = "spa"
  token_endpoint_auth_method = "none"
  oidc_conformant            = true
  is_first_party             = true
  grant_types                = ["authorization_code", "implicit", "refresh_token"]
  callbacks                  = ["${var.app_url}/start-login", var.app_url]
  allowed_logout_urls        = [var.app_url]
  web_origins                = [var.app_url]

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
}

client "back_office" {
  existing = true
  name     = "Back office"
}
