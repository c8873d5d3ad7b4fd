// The portal with @auth0/auth0-spa-js.

import { Auth0Client } from '/node_modules/@auth0/auth0-spa-js/dist/auth0-spa-js.production.esm.js'
import { load, modes } from './settings.js'
import { Failure, Portal, frames } from './portal.js'

const settings = await load()
const { mode, domain, config } = settings
const portal = new Portal(settings, { page: '/', modes: Object.keys(modes) })
const query = new URLSearchParams(location.search)

const client = new Auth0Client({
  domain,
  clientId: config.client_id,
  authorizationParams: { audience: settings.audience, scope: settings.scope, ...settings.organization && { organization: settings.organization } },
  authorizeTimeoutInSeconds: Number(settings.timeout),
  useRefreshTokens: mode.startsWith('refresh'),
  useRefreshTokensFallback: mode === 'refresh',
})

// The landing page of logins that begin at the identity provider, the callback
// of requests that take the whole page, or the start page.
if (location.pathname === '/start-login') portal.show(land)
else if (query.has('code') || query.has('error')) portal.show(callback)
else if (query.has('ask')) portal.show(() => ask(null))
else if (!config.client_id) portal.step('The tenant has no single-page app yet: apply a configuration, then load this page again', 'failed')

async function land() {
  const answer = portal.landed()
  if (mode === 'landing') {
    if (!answer.has('access_token')) throw new Failure('access_denied', 'The landing brought no access token')
    return portal.present(answer.get('access_token'), 'From the landing')
  }
  return ask(query.get('connection'))
}

async function ask(connection) {
  const redirect_uri = location.origin
  if (mode === 'landing') throw new Failure('no_landing', 'There is a token only after a login: begin at the identity provider')
  if (mode === 'redirect') return client.loginWithRedirect({ authorizationParams: { redirect_uri, prompt: 'none' } })
  if (mode === 'interactive') return client.loginWithRedirect({ authorizationParams: { redirect_uri, ...connection && { connection } } })
  const token = await silently()
  if (mode !== 'refresh') return portal.present(token, 'Asked silently')
  portal.step('Asked in an iframe: an access token and, if the API allows it, a refresh token')
  const renewed = await silently()
  return portal.present(renewed, frames().length === 1 ? 'Renewed with the refresh token, without an iframe' : 'Asked in an iframe again')
}

// cacheMode off: every call is a request.
function silently() {
  return client.getTokenSilently({ cacheMode: 'off' })
}

async function callback() {
  try {
    await client.handleRedirectCallback()
  } finally {
    history.replaceState(null, '', location.pathname)
  }
  return portal.present(await client.getTokenSilently(), 'Asked with the whole page')
}
