// The portal with @auth0/auth0-spa-js.

import { Auth0Client } from '/node_modules/@auth0/auth0-spa-js/dist/auth0-spa-js.production.esm.js'
import { load } from './settings.js'
import { Failure, Portal } from './portal.js'

const settings = await load()
const { mode, domain, config } = settings
const portal = new Portal(settings, { page: '/', modes: ['iframe', 'redirect', 'refresh', 'refresh-only', 'interactive'] })
const query = new URLSearchParams(location.search)

const client = new Auth0Client({
  domain,
  clientId: config.client_id,
  authorizationParams: { audience: settings.audience, scope: settings.scope },
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
  if (mode === 'redirect') return client.loginWithRedirect({ authorizationParams: { redirect_uri, prompt: 'none' } })
  if (mode === 'interactive') return client.loginWithRedirect({ authorizationParams: { redirect_uri, ...connection && { connection } } })
  const token = await silently('Asked silently')
  if (mode !== 'refresh') return portal.present(token, 'Asked silently')
  portal.step('Asked in an iframe: an access token and a refresh token')
  const renewed = await silently('Renewed')
  const frames = performance.getEntriesByType('resource').filter(e => e.initiatorType === 'iframe').length
  return portal.present(renewed, frames === 1 ? 'Renewed with the refresh token, without an iframe' : 'Asked in an iframe again')
}

// cacheMode off: every call shows a request.
async function silently() {
  try {
    return await client.getTokenSilently({ cacheMode: 'off' })
  } catch (error) {
    if (error.error === 'timeout') error.request = lastFrame()
    throw error
  }
}

// The request of the iframe, as the browser remembers it.
function lastFrame() {
  return performance.getEntriesByType('resource').filter(e => e.initiatorType === 'iframe').at(-1)?.name
}

async function callback() {
  try {
    await client.handleRedirectCallback()
  } finally {
    history.replaceState(null, '', location.pathname)
  }
  return portal.present(await client.getTokenSilently(), 'Asked with the whole page')
}
