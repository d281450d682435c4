import type { CompanyView } from '../company-view'
import type { ShownRequest } from '../request-view'
import { ask, button, byId, element, input } from './dom'
import { events } from './events'
import {
  KINDS,
  otherOf,
  SIDES,
  type Edit,
  type Kind,
  type KindOnPage,
  type Row,
  type Side,
} from './kinds'
import { tasks } from './tasks'

const LOOK_MS = 1000
const ON_PAGE: Readonly<Record<Kind, KindOnPage>> = { calendar: events, tasks }
const LABELS: Readonly<Record<Kind, string>> = { calendar: 'Calendar', tasks: 'Tasks' }

const address = new URLSearchParams(location.search)
const more = byId('more') as HTMLInputElement
let user = address.get('user')
let kind: Kind = address.get('show') === 'tasks' ? 'tasks' : 'calendar'
let view: CompanyView | undefined
/** What each item looked like at the last look, to mark what has just arrived; cleared when something else is shown. */
let before: Map<string, string> | null = null
let shown = ''

function say(text: string, wrong = false): void {
  const message = byId('message')
  message.textContent = text
  message.classList.toggle('wrong', wrong)
}

/** Carries out an edit on one side; what becomes of it shows at the next looks. */
const edit: Edit = (side, what, done) => {
  ask('POST', 'edits', { accountId: view?.person.accountId, side, ...what }).then(
    () => {
      say(done)
      return look()
    },
    (error: unknown) => {
      say((error as Error).message, true)
    },
  )
}

function showHeadings(company: CompanyView): void {
  for (const side of SIDES) {
    const heading = byId(`${side}-heading`)
    const { person } = company
    const mail = side === 'oro' ? person.email : person.upn
    const count = `${ON_PAGE[kind].count(company, side)}, ${mail}`
    heading.replaceChildren(ON_PAGE[kind].headings[side], element('small', { text: count }))
  }
  byId('more-label').textContent = ON_PAGE[kind].more
}

function rowElement(row: Row, open: boolean): HTMLElement {
  const isFresh = before !== null && before.get(`${row.side} ${row.id}`) !== row.content
  const made = element(
    'details',
    { class: isFresh ? `${row.look} fresh` : row.look, 'data-id': row.id },
    [element('summary', {}, row.summary), row.editor],
  ) as HTMLDetailsElement
  made.open = open
  return made
}

/** One section per day, so that what is on one side only leaves a gap on the other. */
function showSections(rows: readonly Row[]): void {
  const container = byId('sections')
  const open = new Set(
    [...container.querySelectorAll('details[open]')].map((row) => row.getAttribute('data-id')),
  )
  const sections = new Map<string, { name: string; rows: Row[] }>()
  for (const row of rows) {
    const { key, name } = row.section
    const section = sections.get(key) ?? { name, rows: [] }
    section.rows.push(row)
    sections.set(key, section)
  }
  const made = [...sections.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, section]) =>
      element('section', { class: 'day' }, [
        element('h3', { text: section.name }),
        ...SIDES.map((side) =>
          element(
            'div',
            { 'data-side': side, 'aria-label': ON_PAGE[kind].sides[side], role: 'group' },
            section.rows
              .filter((row) => row.side === side)
              .map((row) => rowElement(row, open.has(row.id))),
          ),
        ),
      ]),
    )
  const focused = document.activeElement?.closest('details')?.getAttribute('data-id')
  const nothing = element('p', { text: ON_PAGE[kind].nothing })
  container.replaceChildren(...(made.length > 0 ? made : [nothing]))
  if (focused != null) {
    const again = [...container.querySelectorAll('details')].find(
      (row) => row.getAttribute('data-id') === focused,
    )
    again?.querySelector('summary')?.focus()
  }
}

function showRequests(requests: readonly ShownRequest[]): void {
  const lines = [...requests].reverse().map(({ at, to, method, path, status }) => {
    const write = method !== 'GET' && !path.endsWith('/token') && !path.endsWith('oauth2-token')
    const failed = status !== null && status >= 400
    return element('li', { 'data-to': to, title: `${at} ${method} ${path}` }, [
      element('span', { class: 'to', text: to }),
      element('span', { class: write ? 'write' : '', text: method }),
      element('span', { class: 'path', text: path }),
      element('span', { class: failed ? 'failed' : '', text: String(status ?? '…') }),
    ])
  })
  byId('requests').replaceChildren(...lines)
}

/** Another user, or the other kind: the address says which, so that it can be kept or sent to somebody. */
function choose(next: { user?: string; kind?: Kind }): void {
  user = next.user ?? user
  const isOtherKind = next.kind !== undefined && next.kind !== kind
  kind = next.kind ?? kind
  before = null
  const query = new URLSearchParams({ ...(user === null ? {} : { user }), show: kind })
  history.replaceState(null, '', `?${query.toString()}`)
  say('')
  if (isOtherKind) {
    more.checked = false
    prepareForms()
  }
  void look()
}

function showPeople({ people, person }: CompanyView): void {
  byId('people').replaceChildren(
    ...people.map(({ accountId, name, organizationId }) => {
      const tab = button(name, () => {
        choose({ user: accountId })
      })
      tab.setAttribute('aria-current', String(accountId === person.accountId))
      tab.append(element('small', { text: `organization ${String(organizationId)}` }))
      return tab
    }),
  )
  byId('person').textContent = `Times in ${person.zone}`
}

function showKinds(): void {
  for (const tab of byId('kinds').children) {
    tab.setAttribute('aria-pressed', String(tab.getAttribute('data-kind') === kind))
  }
}

/** Somebody is typing: redrawing would take the words away. */
const isTyping = (): boolean =>
  document.activeElement instanceof HTMLInputElement &&
  document.activeElement.closest('.edit') !== null

async function look(): Promise<void> {
  try {
    const query = user === null ? '' : `?user=${encodeURIComponent(user)}`
    const next = await ask<CompanyView>('GET', `company.json${query}`)
    if (user !== null && next.person.accountId !== user) return
    view = next
    showRequests(next.requests)
    const { person, oro, outlook, tasks: lists } = next
    const key = JSON.stringify([kind, person, oro, outlook, lists, more.checked])
    if (key === shown || isTyping()) return
    shown = key
    const isFocused = document.activeElement?.closest('nav') != null
    showPeople(next)
    if (isFocused) document.querySelector<HTMLElement>('nav [aria-current="true"]')?.focus()
    showKinds()
    showHeadings(next)
    showSections(ON_PAGE[kind].rows(next, more.checked, edit))
    const all = ON_PAGE[kind].rows(next, true, edit)
    before = new Map(all.map(({ side, id, content }) => [`${side} ${id}`, content]))
  } catch {
    say('The demo does not answer. Is npm start still running?', true)
  }
}

function prepareForm(side: Side): void {
  const { what, fields, members } = ON_PAGE[kind].newItem()
  const { sides } = ON_PAGE[kind]
  const form = byId(`${side}-form`) as HTMLFormElement
  const title = input('text', {
    name: 'title',
    required: '',
    maxlength: '255',
    placeholder: `New ${what}`,
    'aria-label': `Title of a new ${what} in ${sides[side]}`,
  })
  form.replaceChildren(title, ...fields, element('button', { type: 'submit', text: 'Create' }))
  form.onsubmit = (submitted) => {
    submitted.preventDefault()
    const item = { do: 'create', title: title.value, ...members(view?.person.zone ?? 'UTC') }
    edit(side, item, `Created in ${sides[side]}; it should appear in ${sides[otherOf(side)]}.`)
    title.value = ''
  }
}

function prepareForms(): void {
  for (const side of SIDES) prepareForm(side)
}

byId('kinds').replaceChildren(
  ...KINDS.map((each) => {
    const tab = button(LABELS[each], () => {
      choose({ kind: each })
    })
    tab.setAttribute('data-kind', each)
    return tab
  }),
)
showKinds()
prepareForms()
more.addEventListener('change', () => void look())
byId('settings').addEventListener('click', () => {
  const query = `?user=${encodeURIComponent(view?.person.accountId ?? '')}`
  // Opened at once, since a window that opens after an answer is taken for an advertisement.
  const page = window.open('about:blank', '_blank')
  ask<{ url: string }>('POST', `settings-page${query}`).then(
    ({ url }) => {
      if (page) page.location.href = url
    },
    (error: unknown) => {
      page?.close()
      say((error as Error).message, true)
    },
  )
})
void look()
setInterval(() => void look(), LOOK_MS)
