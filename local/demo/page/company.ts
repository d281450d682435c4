import type { CompanyView, ShownEvent, ShownRequest } from '../company-view'

type Side = 'oro' | 'outlook'

const SIDES: readonly Side[] = ['oro', 'outlook']
const LOOK_MS = 1000
const HOUR_MINUTES = 60

const byId = (id: string): HTMLElement => {
  const found = document.getElementById(id)
  if (!found) throw new Error(`no element ${id}`)
  return found
}

interface Attributes {
  readonly text?: string
  readonly [name: string]: string | undefined
}

/** Titles come from calendars: they are set as text and never become markup. */
function element(tag: string, attributes: Attributes = {}, children: Node[] = []): HTMLElement {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'text') made.textContent = value ?? ''
    else if (value !== undefined) made.setAttribute(name, value)
  }
  made.append(...children)
  return made
}

function button(label: string, act: () => void): HTMLElement {
  const made = element('button', { type: 'button', text: label })
  made.addEventListener('click', act)
  return made
}

const past = byId('past') as HTMLInputElement
let user = new URLSearchParams(location.search).get('user')
let view: CompanyView | undefined
/** What each event looked like at the last look, to mark what has just arrived; cleared when the user changes. */
let before: Map<string, string> | null = null
let shown = ''

function say(text: string, wrong = false): void {
  const message = byId('message')
  message.textContent = text
  message.classList.toggle('wrong', wrong)
}

async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const init = body && {
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  }
  const response = await fetch(path, { method, ...init })
  const answer = (await response.json()) as T & { error?: string }
  if (!response.ok) throw new Error(answer.error ?? `The answer was ${String(response.status)}.`)
  return answer
}

/** Carries out an edit in one of the calendars; what becomes of it shows at the next looks. */
function edit(side: Side, what: object, done: string): void {
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

const NAMES: Readonly<Record<Side, string>> = { oro: 'Oro', outlook: 'Outlook' }
const otherOf = (side: Side): Side => (side === 'oro' ? 'outlook' : 'oro')

function editor(side: Side, event: ShownEvent): HTMLElement {
  const title = element('input', { type: 'text', 'aria-label': 'Title' }) as HTMLInputElement
  title.value = event.title
  const { id } = event
  const move = (minutes: number): void => {
    edit(side, { do: 'move', id, minutes }, `Moved in ${NAMES[side]}.`)
  }
  return element('div', { class: 'edit' }, [
    title,
    button('Rename', () => {
      edit(side, { do: 'rename', id, title: title.value }, `Renamed in ${NAMES[side]}.`)
    }),
    button('An hour later', () => {
      move(HOUR_MINUTES)
    }),
    button('A day later', () => {
      move(24 * HOUR_MINUTES)
    }),
    button('Delete', () => {
      edit(side, { do: 'delete', id }, `Deleted in ${NAMES[side]}.`)
    }),
    button('Rename on both sides', () => {
      edit(side, { do: 'conflict', id }, 'Both sides were given another title: one of them wins.')
    }),
  ])
}

const clock = (zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' })
const dayName = (zone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  })

function eventRow(side: Side, event: ShownEvent, zone: string, open: boolean): HTMLElement {
  const time = clock(zone)
  const span = `${time.format(new Date(event.start))} – ${time.format(new Date(event.end))}`
  const isFresh = before !== null && before.get(`${side} ${event.id}`) !== JSON.stringify(event)
  const row = element(
    'details',
    { class: isFresh ? 'event fresh' : 'event', 'data-id': event.id },
    [
      element('summary', {}, [
        element('span', {
          class: 'time',
          text: event.marks.includes('all-day') ? 'all day' : span,
        }),
        element('span', { class: 'title', text: event.title }),
        ...event.marks
          .filter((mark) => mark !== 'all-day')
          .map((mark) => element('span', { class: 'mark', text: mark })),
      ]),
      editor(side, event),
    ],
  ) as HTMLDetailsElement
  row.open = open
  return row
}

/** All-day events of Outlook lie at midnight UTC whatever the zone; those of Oro at the user's midnight. */
const zoneOf = (side: Side, event: ShownEvent, zone: string): string =>
  side === 'outlook' && event.marks.includes('all-day') ? 'UTC' : zone

function showHeading(side: Side, { person, [side]: events }: CompanyView): void {
  const count = document.querySelector(`.calendar[data-side="${side}"] small`)
  const address = side === 'oro' ? person.email : person.upn
  if (count) count.textContent = `${String(events.length)} events, ${address}`
}

interface Day {
  readonly name: string
  readonly rows: Record<Side, HTMLElement[]>
}

/** One row per day, so that what is on one side only leaves a gap on the other. */
function showDays(company: CompanyView): void {
  const container = byId('days')
  const now = new Date().toISOString()
  const open = new Set(
    [...container.querySelectorAll('details[open]')].map((row) => row.getAttribute('data-id')),
  )
  const days = new Map<string, Day>()
  for (const side of SIDES) {
    for (const event of company[side]) {
      if (!past.checked && event.end < now) continue
      const zone = zoneOf(side, event, company.person.zone)
      const start = new Date(event.start)
      const key = new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(start)
      const day = days.get(key) ?? {
        name: dayName(zone).format(start),
        rows: { oro: [], outlook: [] },
      }
      day.rows[side].push(eventRow(side, event, zone, open.has(event.id)))
      days.set(key, day)
    }
  }
  const shownDays = [...days.entries()]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([, { name, rows }]) =>
      element('section', { class: 'day' }, [
        element('h3', { text: name }),
        ...SIDES.map((side) =>
          element(
            'div',
            { class: 'cell', 'data-side': side, 'aria-label': NAMES[side], role: 'group' },
            rows[side],
          ),
        ),
      ]),
    )
  container.replaceChildren(
    ...(shownDays.length > 0 ? shownDays : [element('p', { text: 'Nothing ahead.' })]),
  )
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

function showPeople({ people, person }: CompanyView): void {
  byId('people').replaceChildren(
    ...people.map(({ accountId, name, organizationId }) => {
      const tab = button(name, () => {
        user = accountId
        before = null
        history.replaceState(null, '', `?user=${accountId}`)
        say('')
        void look()
      })
      tab.setAttribute('aria-current', String(accountId === person.accountId))
      tab.append(element('small', { text: `organization ${String(organizationId)}` }))
      return tab
    }),
  )
  byId('person').textContent = `Times in ${person.zone}`
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
    const key = JSON.stringify([next.person, next.oro, next.outlook, past.checked])
    if (key === shown || isTyping()) return
    shown = key
    const isFocused = document.activeElement?.closest('nav') != null
    showPeople(next)
    if (isFocused) document.querySelector<HTMLElement>('nav [aria-current="true"]')?.focus()
    for (const side of SIDES) showHeading(side, next)
    showDays(next)
    before = new Map(
      SIDES.flatMap((side) =>
        next[side].map((event): [string, string] => [`${side} ${event.id}`, JSON.stringify(event)]),
      ),
    )
  } catch {
    say('The demo does not answer. Is npm start still running?', true)
  }
}

/** `yyyy-MM-ddTHH:mm` of tomorrow morning, for the field. */
const tomorrow = (): string => {
  const date = new Date(Date.now() + 86_400_000)
  return `${date.toISOString().slice(0, 10)}T10:00`
}

/** Wall-clock time in the shown user's zone → RFC 3339. */
function inZone(local: string, zone: string): string {
  const guess = Date.parse(`${local}:00Z`)
  const text = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(guess)
  return new Date(2 * guess - Date.parse(`${text.replace(' ', 'T')}Z`)).toISOString()
}

function prepareForm(side: Side): void {
  const form = document.querySelector<HTMLFormElement>(`.calendar[data-side="${side}"] > form`)
  if (!form) return
  const title = element('input', {
    type: 'text',
    name: 'title',
    required: '',
    maxlength: '255',
    placeholder: `New event in ${NAMES[side]}`,
    'aria-label': `Title of a new event in ${NAMES[side]}`,
  }) as HTMLInputElement
  const start = element('input', {
    type: 'datetime-local',
    name: 'start',
    required: '',
    'aria-label': 'Start',
  }) as HTMLInputElement
  start.value = tomorrow()
  form.append(title, start, element('button', { type: 'submit', text: 'Create' }))
  form.addEventListener('submit', (submitted) => {
    submitted.preventDefault()
    const at = inZone(start.value, view?.person.zone ?? 'UTC')
    edit(
      side,
      { do: 'create', title: title.value, start: at, minutes: HOUR_MINUTES },
      `Created in ${NAMES[side]}; it should appear in ${NAMES[otherOf(side)]}.`,
    )
    title.value = ''
  })
}

for (const side of SIDES) prepareForm(side)
past.addEventListener('change', () => void look())
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
