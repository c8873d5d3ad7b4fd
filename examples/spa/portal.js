// What both pages show: the steps so far, the token, the API's answer, or the
// error with the rules that promise it.

import { modes } from './settings.js'
import { inspect, readable } from './token.js'
import { explain, plain } from './explain.js'

function element(name, attributes = {}, ...children) {
  const e = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (key in e) e[key] = value
    else e.setAttribute(key, value)
  }
  e.append(...children)
  return e
}

export class Failure extends Error {
  constructor(code, description, symptom) {
    super(`${code}: ${description}`)
    Object.assign(this, { code, description, symptom })
  }
}

// The requests that were made in an iframe, as the browser remembers them.
export const frames = () => performance.getEntriesByType('resource').filter(e => e.initiatorType === 'iframe').map(e => e.name)

// How a rule would put the API's refusal: status and reason. Without a scope the
// reason is another one in every API.
function symptomOf(status, body) {
  return `the API answers ${status}` + (status === 401 ? ` "${body.error_description.split(':')[0]}"` : '')
}

export class Portal {
  constructor(settings, retry) {
    this.settings = settings
    this.main = document.getElementById('portal')
    this.verdict = element('p', { id: 'verdict', role: 'status' })
    this.steps = element('ol', { id: 'steps' })
    this.choices = this.form(retry)
    this.main.replaceChildren(element('section', {}, this.verdict, this.steps), this.choices)
    this.conclude('waiting', 'Nobody has asked for a token yet')
  }

  conclude(outcome, text) {
    document.body.dataset.outcome = outcome
    this.verdict.textContent = text
  }

  step(text, outcome = 'passed') {
    this.steps.append(element('li', { className: outcome }, text))
  }

  section(id, title, ...content) {
    const heading = element('h2', { id: `${id}-title` }, title)
    this.choices.before(element('section', { id, 'aria-labelledby': heading.id }, heading, ...content))
  }

  // The token that came, and what the API makes of it.
  async present(token, how) {
    const seen = inspect(token)
    this.step(`${how}: an access token, ${seen.kind}`, seen.jwt ? 'passed' : 'failed')
    const rows = [['kind', seen.kind], ...(seen.claims ? readable(seen.claims) : [])]
    this.section('token', 'Access token', element('dl', {}, ...rows.flatMap(([name, value]) =>
      [element('dt', {}, name), element('dd', { 'data-claim': name }, value)])))
    const { api } = this.settings.config
    const response = await fetch(api, { headers: { Authorization: `Bearer ${token}` } })
    const body = await response.json()
    this.section('answer', `The API answers ${response.status}`, element('code', {}, `GET ${api}`),
      element('pre', {}, JSON.stringify(body, null, 2)))
    if (!response.ok) throw new Failure(body.error, body.error_description, symptomOf(response.status, body))
    this.step(`The API accepts it (${response.status})`)
    this.conclude('passed', 'The API call went through')
  }

  async fail(error) {
    const code = error.code ?? error.error ?? error.name
    const description = error.description ?? error.error_description ?? error.errorDescription ?? error.message ?? ''
    this.step(`${code}: ${description}`, 'failed')
    const { mode } = this.settings
    const content = [element('p', {}, element('code', { id: 'error' }, code), ' ', element('span', { id: 'description' }, description))]
    if (plain[code]) content.push(element('p', {}, plain[code]))
    if (code === 'timeout') {
      content.push(element('p', {}, element('a', { href: frames().at(-1), target: '_blank', rel: 'noopener' }, 'Open the request in a tab')))
    }
    const promised = await explain(error.symptom ? '' : code, error.symptom ?? description, mode)
    if (promised.length > 1) content.push(element('p', {}, 'Any of these rules promises it:'))
    for (const rule of promised) {
      content.push(element('details', { 'data-rule': rule.code, open: promised.length === 1 },
        element('summary', {}, `${rule.code} ${rule.summary}`), element('p', {}, rule.why), element('pre', {}, rule.fix)))
    }
    this.section('failure', 'What went wrong', ...content)
    this.conclude('failed', 'No API call')
  }

  // Whatever happens in work is shown.
  async show(work) {
    this.conclude('waiting', 'Asking …')
    try {
      await work()
    } catch (error) {
      await this.fail(error)
    }
  }

  form(retry) {
    const { config, mode, at } = this.settings
    const select = (name, label, options, chosen) => element('label', {}, label,
      element('select', { name }, ...Object.entries(options).map(([value, text]) =>
        element('option', { value, selected: value === chosen }, text))))
    const form = element('form', {},
      ...retry.modes.length > 1 ? [select('mode', 'How to ask', Object.fromEntries(retry.modes.map(m => [m, modes[m]])), mode)] : [],
      select('at', 'Whom to ask', { 'same-site': `${config.domain} (same site)`, 'another-site': `${config.canonical} (another site)` }, at),
      element('button', { type: 'submit' }, 'Ask for a token'))
    form.addEventListener('submit', event => {
      event.preventDefault()
      for (const [name, value] of new FormData(form)) sessionStorage.setItem(name, value)
      location.assign(retry.page + '?ask')
    })
    return element('section', { id: 'settings', 'aria-labelledby': 'settings-title' }, element('h2', { id: 'settings-title' }, 'Try it'), form,
      element('p', {}, 'A login begins at the ', element('a', { href: config.idp }, 'identity provider'), '.'))
  }

  // What the login brought to this page. It is taken out of the address bar, and
  // unless this is to show why not, none of it is used: nobody here asked for it.
  landed() {
    const answer = new URLSearchParams(location.hash.slice(1))
    const connection = new URLSearchParams(location.search).get('connection')
    const names = [...answer.keys()].filter(n => n !== 'expires_in' && n !== 'token_type')
    this.step(`Landed at ${location.pathname}${connection ? `, from connection ${connection}` : ''}: ` +
      (names.length ? `the fragment holds ${names.join(', ')}, ${this.settings.mode === 'landing' ? 'and is used' : 'which is dropped'}` : 'the fragment is empty'))
    history.replaceState(null, '', location.pathname + location.search)
    if (answer.has('error')) throw new Failure(answer.get('error'), answer.get('error_description') ?? '')
    return answer
  }
}
