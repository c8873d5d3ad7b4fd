# One portal under two brands. Browsers keep the session cookie from an iframe
# of another site, so each brand logs in below its own domain.

tacit {
  workspace = "custom-domain"
}

tenant {
  domain = "custom-domain.eu.auth0.com"
}

locals {
  brands = {
    example = {
      app = "https://app.example.com"
      # Customers are moving from sso to login. A session belongs to one host,
      # so the SPA asks at the host that the customer's IdP posts to.
      login_domains = ["login.example.com", "sso.example.com"]
    }
    partner = {
      app           = "https://portal.partner.example"
      login_domains = ["login.partner.example"]
    }
  }

  # Which brand a customer's users land in.
  customers = {
    acme   = "example"
    globex = "partner"
  }
}

# Looked up and checked, never written: a domain is made and verified in the
# dashboard. Without these blocks the rules still look at each login domain.
custom_domain "login" {
  for_each = toset(flatten([for b in local.brands : b.login_domains]))
  domain   = each.key
  status   = "ready"
}

spa_client "portal" {
  name                = "Customer portal"
  callbacks           = [for b in local.brands : "${b.app}/start-login"]
  allowed_logout_urls = [for b in local.brands : b.app]
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
  sign_in_endpoint = "https://idp.${each.key}.example/saml/sso"
  signing_cert     = file("idp/${each.key}.pem")

  idp_initiated {
    enabled         = true
    client          = spa_client.portal
    client_protocol = "oauth2"

    query {
      response_type = ["id_token"]
      scope         = ["openid", "profile", "email"]
      redirect_uri  = "${local.brands[each.value].app}/start-login?connection=${each.key}"
    }
  }
}

# A path for each customer of the brand and each of its login domains.
silent_upgrade "orders" {
  for_each      = local.brands
  connections   = [for name, brand in local.customers : saml_connection.customer[name] if brand == each.key]
  client        = spa_client.portal
  api           = api.orders
  scopes        = ["read:orders"]
  redirect_uri  = each.value.app
  login_domains = each.value.login_domains
}
