variable "auth0_domain" {}
variable "auth0_client_id" {}
variable "auth0_client_secret" {
  sensitive = true
}

# Where the portal runs.
variable "app_url" {
  type    = string
  default = "https://app.example.com"

  validation {
    condition     = startswith(var.app_url, "https://")
    error_message = "The portal speaks https."
  }
}
