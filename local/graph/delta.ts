import { GraphError, invalidRequest, notFound } from './errors'
import type { Calendar, Json, LogEntry, Mailbox, Occurrence, StoredEvent } from './model'
import type { Preferences } from './prefer'
import { showEvent, showStub, showOccurrence } from './render'
import type { RouteContext } from './routing'
import { occurrencesOf } from './series'
import { instantParameter } from './times'
import { calendarOf, type World } from './world'

/** One place of a round: an item, a tombstone, or a page without items. */
type RoundItem =
  | { kind: 'event'; event: StoredEvent }
  | { kind: 'occurrence'; event: StoredEvent; occurrence: Occurrence }
  | { kind: 'removed'; ids: LogEntry['ids'] }
  | { kind: 'empty-page' }

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
}

interface Window {
  startMs: number
  endMs: number
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
    const start = query.get('startdatetime')
    const end = query.get('enddatetime')
    if (start === undefined || end === undefined) {
      throw invalidRequest(
        'This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.',
      )
    }
    const window = {
      startMs: instantParameter(start, 'startDateTime'),
      endMs: instantParameter(end, 'endDateTime'),
    }
    if (window.endMs <= window.startMs) {
      throw invalidRequest('The query parameter EndDateTime must be later than StartDateTime.')
    }
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
    const items = laterRound(world, mailbox, calendar, window, token)
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
      const lost = world.switches.use(mailbox.userId, 'lostSyncState')
      const skip = query.get('skiptoken')
      const deltaText = query.get('deltatoken')
      const continued = skip !== undefined || deltaText !== undefined
      if (lost !== null && continued)
        throw lostError(context, lost.status, lost.code, lost.location)
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
  const whole = world.switches.use(mailbox.userId, 'oversizedPages')
  const value: Json[] = []
  let next = offset
  while (next < round.items.length) {
    const item = round.items[next]
    if (item === undefined) break
    if (item.kind === 'empty-page') {
      if (next === offset) next += 1
      break
    }
    if (value.length >= size && !(whole && sameSeries(round.items[next - 1], item))) break
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

const sameSeries = (one: RoundItem | undefined, other: RoundItem): boolean =>
  one?.kind === 'occurrence' && other.kind === 'occurrence' && one.event === other.event

function showItem(
  world: World,
  mailbox: Mailbox,
  item: Exclude<RoundItem, { kind: 'empty-page' }>,
  preferences: Preferences,
): Json | undefined {
  if (item.kind === 'removed') {
    return {
      '@odata.type': '#microsoft.graph.event',
      id: preferences.immutableIds ? item.ids.immutableId : item.ids.movableId,
      '@removed': { reason: 'deleted' },
    }
  }
  // Deleted since the round began: the next round tells.
  if (item.event.deleted) return undefined
  if (item.kind === 'event') {
    return { '@odata.type': '#microsoft.graph.event', ...showEvent(item.event, preferences) }
  }
  if (world.switches.use(mailbox.userId, 'occurrenceStubs')) {
    return showStub(item.event, item.occurrence, preferences)
  }
  const full = showOccurrence(item.event, item.occurrence, preferences)
  return { '@odata.type': '#microsoft.graph.event', ...full }
}

function firstRound(
  world: World,
  mailbox: Mailbox,
  calendar: Calendar,
  window: Window,
): RoundItem[] {
  const items: RoundItem[] = []
  const late: RoundItem[] = []
  const mastersFirst = world.switches.use(mailbox.userId, 'masters') === 'first'
  for (const event of calendar.events) {
    if (event.series !== null) {
      const dates = seriesItems(event, window)
      if (dates.length === 0) continue
      if (mastersFirst) late.push({ kind: 'event', event })
      late.push(...dates)
    } else if (isInWindow(event, window)) {
      // Exceptions come with the single events, before their series.
      items.push({ kind: 'event', event })
    }
  }
  items.push(...late)
  return items
}

function seriesItems(master: StoredEvent, window: Window): RoundItem[] {
  return occurrencesOf(master, window.startMs, window.endMs).map((occurrence) => ({
    kind: 'occurrence',
    event: master,
    occurrence,
  }))
}

const isInWindow = (event: StoredEvent, window: Window): boolean =>
  overlaps(event.start.ms, event.end.ms, window)

function overlaps(startMs: number, endMs: number, window: Window): boolean {
  if (startMs >= window.endMs) return false
  return endMs > window.startMs || (endMs === startMs && startMs === window.startMs)
}

function laterRound(
  world: World,
  mailbox: Mailbox,
  calendar: Calendar,
  window: Window,
  token: DeltaToken,
): RoundItem[] {
  const { log } = calendar
  const falseTombstones = world.switches.use(mailbox.userId, 'falseTombstones')
  const mastersFirst = world.switches.use(mailbox.userId, 'masters') === 'first'
  const first = new Map<StoredEvent, LogEntry>()
  const last = new Map<StoredEvent, LogEntry>()
  for (let at = firstAfter(log, token.q); at < log.length; at += 1) {
    const entry = log[at]
    if (entry === undefined) break
    if (!first.has(entry.event)) first.set(entry.event, entry)
    last.set(entry.event, entry)
  }
  const items: RoundItem[] = []
  for (const [event, entry] of last) {
    const begun = first.get(event)
    const gone = entry.kind === 'gone' || event.deleted || event.calendar !== calendar
    // Created and deleted between two rounds: no trace.
    if (gone && begun?.kind === 'created') continue
    if (!gone && event.series !== null) {
      const dates = seriesItems(event, window)
      if (dates.length > 0) {
        if (mastersFirst) items.push({ kind: 'event', event })
        items.push(...dates)
        continue
      }
    } else if (!gone && isInWindow(event, window)) {
      items.push({ kind: 'event', event })
      continue
    }
    const wasInside =
      begun?.before != null && overlaps(begun.before.startMs, begun.before.endMs, window)
    if (falseTombstones || wasInside || event.series !== null) {
      items.push({ kind: 'removed', ids: entry.ids })
    }
  }
  for (const key of token.r) {
    const event = mailbox.events.get(key)
    if (event === undefined || last.has(event) || event.deleted) continue
    if (event.calendar === calendar && isInWindow(event, window))
      items.push({ kind: 'event', event })
  }
  return items
}

/** Index of the first entry after a position. */
function firstAfter(log: LogEntry[], seq: number): number {
  let low = 0
  let high = log.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((log[middle]?.seq ?? 0) > seq) high = middle
    else low = middle + 1
  }
  return low
}

/** Adds what makes rounds unpleasant: empty pages (G-10), repeated items and what the next round repeats (G-08). */
function finished(context: RouteContext, round: Round): Round {
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
  return round
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
