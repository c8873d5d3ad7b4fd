# The portal of this directory, on a sandbox: the sandbox serves the pages, the
# API and an identity provider, and each connection lands on the page of another
# SDK.

tacit {
  workspace = "spa"
}

tenant {
  login_domain = "login.example.localhost"
}

variable "port" {
  type        = number
  default     = 8443
  description = "Where tacit sandbox --spa listens."
}

locals {
  app = "https://app.example.localhost:${var.port}"
  idp = "https://idp.customer.localhost:${var.port}"

  customers = {
    acme   = { display_name = "Acme Corp", landing = "start-login" }
    globex = { display_name = "Globex", landing = "auth0-js" }
  }
}

spa_client "portal" {
  name                = "Customer portal"
  callbacks           = [for c in local.customers : "${local.app}/${c.landing}"]
  allowed_logout_urls = [local.app]
  grant_types         = ["authorization_code", "implicit", "refresh_token"]

  refresh_token {
    rotation_type   = "rotating"
    expiration_type = "expiring"
  }
}

api "orders" {
  name                 = "Orders API"
  identifier           = "https://api.example.com/orders"
  allow_offline_access = true

  scope "read:orders" {
    description = "Read orders"
  }
}

# The certificate is a stand-in, as the provider is: tacit sandbox --spa signs
# with a key of its own.
saml_connection "customer" {
  for_each         = local.customers
  name             = each.key
  display_name     = each.value.display_name
  sign_in_endpoint = "${local.idp}/sso/${each.key}"
  signing_cert     = file("idp.pem")

  idp_initiated {
    enabled         = true
    client          = spa_client.portal
    client_protocol = "oauth2"

    query {
      response_type = ["id_token"]
      scope         = ["openid", "profile", "email"]
      redirect_uri  = "${local.app}/${each.value.landing}?connection=${each.key}"
    }
  }
}

silent_upgrade "orders" {
  connections  = saml_connection.customer
  client       = spa_client.portal
  api          = api.orders
  scopes       = ["read:orders"]
  via          = "iframe"
  redirect_uri = local.app
}
