import { GraphError, invalidRequest, notFound } from './errors'
import type { Calendar, Json } from './model'
import {
  firstRound,
  laterRound,
  sameSeries,
  showItem,
  type RoundItem,
  type Window,
} from './delta-items'
import type { RouteContext } from './routing'
import { windowOf } from './times'
import { calendarOf } from './world'

/** A round under way. Items are references: a page shows what they are when it is read. */
interface Round {
  calendar: Calendar
  window: Window
  items: RoundItem[]
  /** Position of the mailbox when the round began; the deltaLink holds it. */
  seq: number
  generation: number
  /** Keys of items that the next round repeats (G-08). */
  repeat: number[]
  /** From this item on everything is said again. */
  saidOnce: number
}

/** What a deltaLink holds. */
interface DeltaToken {
  c: string
  s: number
  e: number
  q: number
  g: number
  r: number[]
}

const KEPT_ROUNDS = 32
const DEFAULT_PAGE = 10

/** Rounds under way of all mailboxes. */
export interface DeltaRounds {
  /** Answers a calendarView/delta call of the calendar (null = the default one). */
  page(context: RouteContext, calendarId: string | null): Json
}

export function createDeltaRounds(): DeltaRounds {
  const rounds = new Map<string, Round>()
  let lastRound = 0

  const open = (round: Round): string => {
    lastRound += 1
    const id = String(lastRound)
    rounds.set(id, round)
    if (rounds.size > KEPT_ROUNDS) {
      const oldest = rounds.keys().next().value
      if (oldest !== undefined) rounds.delete(oldest)
    }
    return id
  }

  const begin = (context: RouteContext, calendarId: string | null): string => {
    const { mailbox, query, world } = context
    const calendar = calendarId === null ? mailbox.defaultCalendar : calendarOf(mailbox, calendarId)
    const window = windowOf(query)
    const items = firstRound(world, mailbox, calendar, window)
    return open(
      finished(context, {
        calendar,
        window,
        items,
        seq: mailbox.seq,
        generation: mailbox.syncGeneration,
        repeat: [],
      }),
    )
  }

  const resume = (context: RouteContext, text: string): string => {
    const { mailbox, world } = context
    const token = decodeToken(text)
    const calendar = mailbox.calendars.get(token.c)
    if (calendar === undefined) throw notFound()
    if (token.g !== mailbox.syncGeneration || token.q > mailbox.seq) throw syncStateNotFound()
    const window = { startMs: token.s, endMs: token.e }
    const items = laterRound(world, mailbox, calendar, window, { seq: token.q, repeat: token.r })
    return open(
      finished(context, {
        calendar,
        window,
        items,
        seq: mailbox.seq,
        generation: mailbox.syncGeneration,
        repeat: [],
      }),
    )
  }

  return {
    page(context, calendarId) {
      const { world, mailbox, query } = context
      const skip = query.get('skiptoken')
      const deltaText = query.get('deltatoken')
      const continued = skip !== undefined || deltaText !== undefined
      const lost = continued ? world.switches.use(mailbox.userId, 'lostSyncState') : null
      if (lost !== null) throw lostError(context, lost.status, lost.code, lost.location)
      checkOptions(context)
      let id: string
      let offset = 0
      if (skip !== undefined) {
        const [given, at] = skip.split('.')
        id = given ?? ''
        offset = Number(at)
      } else if (deltaText !== undefined) id = resume(context, deltaText)
      else id = begin(context, calendarId)
      const round = rounds.get(id)
      if (round === undefined || Number.isNaN(offset)) throw syncStateNotFound()
      if (!mailbox.calendars.has(round.calendar.id)) throw notFound()
      if (round.generation !== mailbox.syncGeneration) throw syncStateNotFound()
      return pageOf(context, round, id, offset)
    },
  }
}

function pageOf(context: RouteContext, round: Round, id: string, offset: number): Json {
  const { world, mailbox, preferences, root, path } = context
  const size = preferences.maxPageSize ?? DEFAULT_PAGE
  if (size === 1 && world.switches.use(mailbox.userId, 'tinyPagesTimeOut')) {
    throw new GraphError(504, 'UnknownError', 'The request timed out.')
  }
  const whole = world.switches.use(mailbox.userId, 'oversizedPages') !== false
  const value: Json[] = []
  let next = offset
  while (next < round.items.length) {
    const item = round.items[next]
    if (item === undefined) break
    if (item.kind === 'empty-page') {
      if (next === offset) next += 1
      break
    }
    const uncut = whole && next < round.saidOnce && sameSeries(round.items[next - 1], item)
    if (value.length >= size && !uncut) break
    const shown = showItem(world, mailbox, item, preferences)
    if (shown !== undefined) value.push(shown)
    next += 1
  }
  const endless = world.switches.use(mailbox.userId, 'endlessPaging')
  const page: Json = { '@odata.context': `${root}/$metadata#Collection(event)` }
  if (endless) {
    const noise = `${String(offset)}.${world.ids.guid()}`
    page['@odata.nextLink'] = `${root}${path}?$skiptoken=${id}.${noise}`
  } else if (next < round.items.length) {
    page['@odata.nextLink'] = `${root}${path}?$skiptoken=${id}.${String(next)}`
  } else {
    const token: DeltaToken = {
      c: round.calendar.id,
      s: round.window.startMs,
      e: round.window.endMs,
      q: round.seq,
      g: round.generation,
      r: round.repeat,
    }
    const text = Buffer.from(JSON.stringify(token)).toString('base64url')
    page['@odata.deltaLink'] = `${root}${path}?$deltatoken=${text}`
  }
  page['value'] = value
  return page
}

/** Adds what makes rounds unpleasant: empty pages (G-10), repeated items and what the next round repeats (G-08). */
function finished(context: RouteContext, round: Omit<Round, 'saidOnce'>): Round {
  const { world, mailbox, preferences } = context
  const size = preferences.maxPageSize ?? DEFAULT_PAGE
  const replays = world.switches.use(mailbox.userId, 'replays')
  const emptyPages = world.switches.use(mailbox.userId, 'emptyPages')
  const { items } = round
  const singles = items.filter((item) => item.kind === 'event')
  const fresh = context.query.get('deltatoken') === undefined
  const previous = fresh ? [] : decodeToken(context.query.get('deltatoken') ?? '').r
  if (replays) {
    const candidate = singles.at(-1)
    if (candidate?.kind === 'event' && !previous.includes(candidate.event.key)) {
      round.repeat = [candidate.event.key]
    }
    const early = items[size - 1]
    if (items.length > size && early !== undefined)
      items.splice(Math.min(size + 1, items.length), 0, early)
  }
  if (items.length > size && emptyPages > 0) {
    const gaps = Array.from({ length: emptyPages }, (): RoundItem => ({ kind: 'empty-page' }))
    items.splice(size, 0, ...gaps)
  }
  const saidOnce = items.length
  if (world.switches.use(mailbox.userId, 'oversizedPages') === 'repeated')
    items.push(...items.filter((item) => item.kind !== 'empty-page'))
  return { ...round, saidOnce }
}

function checkOptions(context: RouteContext): void {
  const { world, mailbox, query } = context
  for (const name of ['select', 'expand', 'filter', 'orderby', 'search', 'top', 'skip']) {
    if (!query.has(name)) continue
    context.violation('G-13', `$${name} is not supported on calendarView/delta`)
    if (world.switches.use(mailbox.userId, 'unsupportedOptions') === 'refuse') {
      throw invalidRequest(`The query parameter '$${name}' is not supported.`)
    }
  }
}

function decodeToken(text: string): DeltaToken {
  try {
    const token = JSON.parse(Buffer.from(text, 'base64url').toString()) as DeltaToken
    if (typeof token.c === 'string' && Array.isArray(token.r)) return token
  } catch {
    // said below
  }
  throw new GraphError(400, 'ErrorInvalidUrlQuery', 'Badly formed token.')
}

const syncStateNotFound = (): GraphError =>
  new GraphError(410, 'SyncStateNotFound', 'The sync state generation is not found.')

function lostError(
  context: RouteContext,
  status: number,
  code: string | null,
  location: boolean,
): GraphError {
  const headers: Record<string, string> = location
    ? { location: `${context.root}${context.path}?startDateTime=&endDateTime=` }
    : {}
  return new GraphError(
    status,
    code ?? '',
    'The sync state generation is not found; generation=149;[highest=157][157][155][156].',
    headers,
  )
}
