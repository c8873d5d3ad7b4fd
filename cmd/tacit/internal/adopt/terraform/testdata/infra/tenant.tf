resource "auth0_tenant" "this" {
  friendly_name           = "Example"
  support_email           = "support@example.com"
  session_lifetime        = 8760
  idle_session_lifetime   = 72
  enabled_locales         = ["en", "de"]

  flags {
    enable_client_connections = false
    enable_sso                = true
  }

  session_cookie {
    mode = "non-persistent"
  }
}

resource "auth0_organization" "acme" {
  name         = "acme"
  display_name = "Acme Inc."

  branding {
    logo_url = "https://acme.example/logo.png"
    colors = {
      primary         = "#f2f2f2"
      page_background = "#e1e1e1"
    }
  }
}

resource "auth0_organization_connections" "acme" {
  organization_id = auth0_organization.acme.id

  enabled_connections {
    connection_id              = auth0_connection.customer["acme"].id
    assign_membership_on_login = true
  }
}

resource "auth0_action" "login" {
  name = "Log"
}

module "logs" {
  source = "./logs"
}

output "portal_client_id" {
  value = auth0_client.portal.client_id
}

output "portal_secret" {
  value     = auth0_client_credentials.portal.client_secret
  sensitive = true
}

output "connections" {
  value = { for name, c in auth0_connection.customer : name => c.id }
}
