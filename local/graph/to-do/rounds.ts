import { GraphError, invalidRequest } from '../errors'
import type { Json, Mailbox } from '../model'
import type { RouteContext } from '../routing'
import type { LogEntry } from './model'

/** Something whose changes are told in rounds: the set of lists, or one list. */
export interface Feed {
  key: string
  log: readonly LogEntry[]
  generation: number
  /** Position of the newest change. */
  seq: number
  /** Ids of everything there is now. */
  ids(): string[]
  /** What an id is now; undefined = it is gone. */
  show(id: string, expand: string): Json | undefined
  /** Somebody has been told everything up to now. */
  told(): void
}

interface Round {
  feed: string
  /** null = a page without items (G-10). */
  items: (string | null)[]
  seq: number
  generation: string
  expand: string
  /** Only later rounds tell what is gone (G-16). */
  first: boolean
  /** Told again by the next round (G-08). */
  repeat: string[]
}

interface Token {
  k: string
  q: number
  g: string
  e: string
  r: string[]
}

const KEPT_ROUNDS = 32
const DEFAULT_PAGE = 20

export interface Rounds {
  /** @throws GraphError 410 or 400 when the state is lost (contract section 11) */
  page(context: RouteContext, feed: Feed, type: string): Json
}

export function createRounds(): Rounds {
  const rounds = new Map<string, Round>()
  let last = 0

  const open = (context: RouteContext, feed: Feed, token: Token | null): string => {
    const { mailbox, query, world } = context
    last += 1
    const id = String(last)
    const repeat = token?.r ?? []
    const items =
      token === null ? feed.ids() : [...new Set([...repeat, ...changedSince(feed, token.q)])]
    const honoured = world.switches.use(mailbox.userId, 'toDoDeltaExpand') === 'honoured'
    const expand = token?.e ?? (honoured ? (query.get('expand') ?? '') : '')
    const generation = generationOf(mailbox, feed)
    const round: Round = {
      feed: feed.key,
      items,
      seq: feed.seq,
      generation,
      expand,
      first: token === null,
      repeat: [],
    }
    addNastiness(context, round, repeat)
    rounds.set(id, round)
    const oldest = rounds.keys().next().value
    if (rounds.size > KEPT_ROUNDS && oldest !== undefined) rounds.delete(oldest)
    return id
  }

  return {
    page(context, feed, type) {
      const { mailbox, query, world } = context
      const skip = query.get('skiptoken')
      const text = query.get('deltatoken')
      const lost =
        skip === undefined && text === undefined
          ? null
          : world.switches.use(mailbox.userId, 'lostSyncState')
      if (lost !== null) throw stateLost(context, lost)
      if (skip === undefined && text === undefined) checkOptions(context)
      let offset = 0
      let id: string
      if (skip !== undefined) {
        const [round, at] = skip.split('.')
        id = round ?? ''
        offset = Number(at)
      } else {
        const token = text === undefined ? null : decoded(text)
        if (token !== null && (token.k !== feed.key || token.g !== generationOf(mailbox, feed))) {
          throw notFoundState()
        }
        id = open(context, feed, token)
      }
      const round = rounds.get(id)
      if (round === undefined || Number.isNaN(offset) || round.feed !== feed.key) {
        throw notFoundState()
      }
      if (round.generation !== generationOf(mailbox, feed)) throw notFoundState()
      return pageOf(context, feed, { round, id, offset, type })
    },
  }
}

const generationOf = (mailbox: Mailbox, feed: Feed): string =>
  `${String(mailbox.syncGeneration)}.${String(feed.generation)}`

function changedSince({ log }: Feed, seq: number): string[] {
  let from = log.length
  while (from > 0 && (log[from - 1]?.seq ?? 0) > seq) from -= 1
  return log.slice(from).map(({ id }) => id)
}

/** Repeated items (G-08) and pages without any (G-10). */
function addNastiness(context: RouteContext, round: Round, repeated: string[]): void {
  const { world, mailbox, preferences } = context
  const size = preferences.maxPageSize ?? DEFAULT_PAGE
  const { items } = round
  const final = items.at(-1)
  if (world.switches.use(mailbox.userId, 'replays')) {
    if (typeof final === 'string' && !repeated.includes(final)) round.repeat = [final]
    const early = items[size - 1]
    if (items.length > size && early !== undefined) items.splice(size + 1, 0, early)
  }
  const gaps = world.switches.use(mailbox.userId, 'emptyPages')
  if (items.length > size) items.splice(size, 0, ...Array.from({ length: gaps }, () => null))
}

function pageOf(
  context: RouteContext,
  feed: Feed,
  place: { round: Round; id: string; offset: number; type: string },
): Json {
  const { world, mailbox, preferences, root, path } = context
  const { round, id, offset, type } = place
  const size = preferences.maxPageSize ?? DEFAULT_PAGE
  const value: Json[] = []
  let next = offset
  while (next < round.items.length && value.length < size) {
    const item = round.items[next]
    if (item == null) {
      if (next === offset) next += 1
      break
    }
    next += 1
    const shown = feed.show(item, round.expand)
    if (shown !== undefined) value.push(shown)
    else if (!round.first) value.push({ id: item, '@removed': { reason: 'deleted' } })
  }
  const page: Json = { '@odata.context': `${root}/$metadata#Collection(${type})` }
  if (world.switches.use(mailbox.userId, 'endlessPaging')) {
    page['@odata.nextLink'] =
      `${root}${path}?$skiptoken=${id}.${String(offset)}.${world.ids.guid()}`
  } else if (next < round.items.length) {
    page['@odata.nextLink'] = `${root}${path}?$skiptoken=${id}.${String(next)}`
  } else {
    const { seq, generation, expand, repeat } = round
    const token: Token = { k: feed.key, q: seq, g: generation, e: expand, r: repeat }
    const text = Buffer.from(JSON.stringify(token)).toString('base64url')
    page['@odata.deltaLink'] = `${root}${path}?$deltatoken=${text}`
    feed.told()
  }
  page['value'] = value
  return page
}

function checkOptions(context: RouteContext): void {
  for (const name of ['filter', 'orderby', 'search', 'skip', 'count']) {
    if (!context.query.has(name)) continue
    context.violation('G-13', `$${name} is not supported on delta`)
    throw invalidRequest(`The query parameter '$${name}' is not supported.`)
  }
}

function decoded(text: string): Token {
  try {
    const token = JSON.parse(Buffer.from(text, 'base64url').toString()) as Token
    if (typeof token.k === 'string' && Array.isArray(token.r)) return token
  } catch {
    // said below
  }
  throw new GraphError(400, 'invalidRequest', 'Badly formed token.')
}

const notFoundState = (): GraphError =>
  new GraphError(410, 'SyncStateNotFound', 'The sync state generation is not found.')

function stateLost(
  context: RouteContext,
  lost: { status: number; code: string | null; location: boolean },
): GraphError {
  const location = `${context.root}${context.path}`
  return new GraphError(
    lost.status,
    lost.code ?? '',
    'The sync state generation is not found.',
    lost.location ? { location } : {},
  )
}
