// Which rules of tacit promise this error: those whose symptom has its code or
// its text.

const words = text => text.toLowerCase().match(/[a-z0-9_]{3,}/g) ?? []

// 1 for an OAuth code, and up to 1 for the share of the text that the symptom
// has. Names of JavaScript's own errors say nothing.
function likeness(rule, code, description) {
  const symptom = new Set(words(rule.symptom))
  const said = words(description)
  const found = said.filter(word => symptom.has(word)).length
  return Number(/^[a-z_]+$/.test(code) && symptom.has(code)) + (said.length ? found / said.length : 0)
}

const via = { iframe: 'iframe', refresh: 'iframe', redirect: 'redirect', interactive: 'interactive' }

// The rules that are most like it, of those that apply to this way of asking.
export async function explain(code, description, mode) {
  const rules = await (await fetch('/rules.json')).json()
  const likely = rules.filter(rule => !via[mode] || via[mode] in rule.severity)
    .map(rule => ({ rule, score: likeness(rule, code, description) }))
    .filter(({ score }) => score >= 0.7)
  const best = Math.max(...likely.map(({ score }) => score))
  return likely.filter(({ score }) => score > best - 0.25).map(({ rule }) => rule)
}

// What happened, for people who do not read OAuth errors.
export const plain = {
  login_required: 'The tenant sees no session. The browser sent no session cookie, or the tenant does not accept it.',
  consent_required: 'The tenant wants to ask the user for consent, and a silent request cannot ask.',
  interaction_required: 'The tenant wants to show the user something, and a silent request cannot show anything.',
  mfa_required: 'The tenant wants a second factor, and a silent request cannot ask for one.',
  timeout: 'The hidden iframe never answered. It most likely holds an error page, which nobody sees; the link below opens the same request where it can be read.',
  unauthorized_client: 'The application is not allowed to ask this way.',
  access_denied: 'The tenant refuses the request.',
  invalid_request: 'The tenant refuses the request.',
  missing_refresh_token: 'There is no refresh token yet: after a login that began at the identity provider the first token needs the session.',
  missing_transaction: 'The SDK did not ask for the answer that it found in the URL.',
  invalid_token: 'The API does not accept the token.',
  insufficient_scope: 'The token is genuine, and does not allow this.',
  opaque_token: 'The access token is not a JWT: no API can read it.',
}
