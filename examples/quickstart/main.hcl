# A customer portal: users of two companies click its tile in their own
# identity provider and must end up with a token for the orders API.

tacit {
  required_version = ">= 0.1.0"
  workspace        = "quickstart"
}

tenant {
  domain       = "quickstart.eu.auth0.com"
  login_domain = "login.example.com"
}

variable "app" {
  type        = string
  default     = "https://app.example.com"
  description = "Where the single-page app is served."
}

locals {
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
}

spa_client "portal" {
  name                = "Customer portal"
  callbacks           = ["${var.app}/start-login"]
  allowed_logout_urls = [var.app]
}

api "orders" {
  name       = "Orders API"
  identifier = "https://api.example.com/orders"

  scope "read:orders" {
    description = "Read orders"
  }
}

saml_connection "customer" {
  for_each         = local.customers
  name             = each.key
  display_name     = each.value.display_name
  sign_in_endpoint = each.value.sso_url
  signing_cert     = file("idp/${each.key}.pem")
  domain_aliases   = each.value.domains

  idp_initiated {
    enabled         = true
    client          = spa_client.portal
    client_protocol = "oauth2"

    query {
      response_type = ["id_token"]
      scope         = ["openid", "profile", "email"]
      redirect_uri  = "${var.app}/start-login?connection=${each.key}"
    }
  }
}

# What the tool is for: whoever lands in the portal gets a token for the API.
silent_upgrade "orders" {
  connections  = saml_connection.customer
  client       = spa_client.portal
  api          = api.orders
  scopes       = ["read:orders"]
  via          = "iframe"
  redirect_uri = var.app
}
