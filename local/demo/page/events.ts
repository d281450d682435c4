import type { CompanyView, ShownEvent } from '../company-view'
import { button, element, input } from './dom'
import { SIDES, type Edit, type KindOnPage, type Row, type Side } from './kinds'

const HOUR_MINUTES = 60
const NAMES: Readonly<Record<Side, string>> = { oro: 'Oro', outlook: 'Outlook' }

function editor(side: Side, event: ShownEvent, edit: Edit): HTMLElement {
  const title = input('text', { 'aria-label': 'Title' })
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

/** All-day events of Outlook lie at midnight UTC whatever the zone; those of Oro at the user's midnight. */
const zoneOf = (side: Side, event: ShownEvent, zone: string): string =>
  side === 'outlook' && event.marks.includes('all-day') ? 'UTC' : zone

function row(side: Side, event: ShownEvent, userZone: string, edit: Edit): Row {
  const zone = zoneOf(side, event, userZone)
  const start = new Date(event.start)
  const time = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
  })
  const day = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  })
  const span = `${time.format(start)} – ${time.format(new Date(event.end))}`
  return {
    side,
    id: event.id,
    section: {
      key: new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(start),
      name: day.format(start),
    },
    summary: [
      element('span', { class: 'time', text: event.marks.includes('all-day') ? 'all day' : span }),
      element('span', { class: 'title', text: event.title }),
      ...event.marks
        .filter((mark) => mark !== 'all-day')
        .map((mark) => element('span', { class: 'mark', text: mark })),
    ],
    editor: editor(side, event, edit),
    look: 'item',
    content: JSON.stringify(event),
  }
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

/** `yyyy-MM-ddTHH:mm` of tomorrow morning, for the field. */
const tomorrow = (): string =>
  `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)}T10:00`

export const events: KindOnPage = {
  headings: { oro: 'Oro calendar', outlook: 'Outlook calendar' },
  sides: NAMES,
  more: 'Show past events',
  nothing: 'Nothing ahead.',
  count: (company, side) => `${String(company[side].length)} events`,
  rows(company: CompanyView, showsPast, edit) {
    const now = new Date().toISOString()
    return SIDES.flatMap((side) =>
      company[side]
        .filter(({ end }) => showsPast || end >= now)
        .map((event) => row(side, event, company.person.zone, edit)),
    )
  },
  newItem() {
    const start = input('datetime-local', { name: 'start', required: '', 'aria-label': 'Start' })
    start.value = tomorrow()
    return {
      what: 'event',
      fields: [start],
      members: (zone) => ({ start: inZone(start.value, zone), minutes: HOUR_MINUTES }),
    }
  },
}
