# Terraform has no word for it: users of these connections land in the application, which asks for a
# token for the API without a prompt. To have tacit check and complete what that needs, set
# redirect_uri to what the application sends, and take the comment signs away; plan shows the rest.
# silent_upgrade "orders" {
#   connections  = saml_connection.customer
#   client       = spa_client.portal
#   api          = api.orders
#   redirect_uri = "${var.app_url}/start-login"
# }
