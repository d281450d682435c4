import { startGraph, type GraphStandIn } from '../../../local/graph/start'
import type { Switches } from '../../../local/graph/switches'

export type Json = Record<string, unknown>

export interface Answer {
  status: number
  headers: Headers
  body: Json
}

export interface TestWorld {
  graph: GraphStandIn
  /** The clock, in ms. */
  clock: { now: number }
  /** One request as Anna (or as whom `as` names); paths below the version root, or whole links. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>
  /** A whole round: items of all pages, the pages, the delta link. */
  round(link: string, headers?: Record<string, string>): Promise<Round>
}

export interface Round {
  items: Json[]
  pages: Json[][]
  deltaLink: string
}

export const ANNA = 'anna@contoso.example'
export const BEN = 'ben@contoso.example'
export const ALL_SCOPES = ['User.Read', 'Calendars.ReadWrite', 'MailboxSettings.Read']
export const WINDOW = 'startDateTime=2026-01-01T00:00:00Z&endDateTime=2026-12-31T00:00:00Z'
export const IMMUTABLE = { prefer: 'IdType="ImmutableId"' }

/** Switches that make the stand-in as plain as it gets, for tests of one thing at a time. */
const CALM: Partial<Switches> = {
  touchAfterCreate: false,
  replays: false,
  emptyPages: 0,
}

/** A stand-in with Anna and Ben; the bearer is the address. */
export async function startWorld(
  switches: Partial<Switches> = CALM,
  scopes: string[] = ALL_SCOPES,
): Promise<TestWorld> {
  const clock = { now: Date.parse('2026-06-01T08:00:00Z') }
  const graph = await startGraph({
    now: () => clock.now,
    verifyToken: (bearer) =>
      bearer === 'expired'
        ? { error: 'expired' }
        : bearer.includes('@')
          ? { mailbox: bearer, scopes }
          : { error: 'invalid' },
  })
  for (const [name, value] of Object.entries(switches)) {
    graph.setSwitch('*', name as keyof Switches, value)
  }
  graph.addMailbox({ userPrincipalName: ANNA, displayName: 'Anna Beck' })
  graph.addMailbox({ userPrincipalName: BEN, displayName: 'Ben Cole' })
  const call: TestWorld['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(path.startsWith('http') ? path : `${graph.url}/v1.0${path}`, {
      method,
      headers: {
        authorization: `Bearer ${ANNA}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const json = text.startsWith('{') ? (JSON.parse(text) as Json) : { text }
    return { status: response.status, headers: response.headers, body: json }
  }
  return {
    graph,
    clock,
    call,
    async round(link, headers = IMMUTABLE) {
      const pages: Json[][] = []
      let next = link
      for (let count = 0; count < 200; count += 1) {
        const { status, body } = await call('GET', next, undefined, headers)
        if (status !== 200)
          throw new Error(`page answered ${String(status)}: ${JSON.stringify(body)}`)
        pages.push(body['value'] as Json[])
        const deltaLink = body['@odata.deltaLink']
        if (typeof deltaLink === 'string') return { items: pages.flat(), pages, deltaLink }
        next = String(body['@odata.nextLink'])
      }
      throw new Error('no delta link after 200 pages')
    },
  }
}

/** A single event of one hour. */
export function meeting(subject: string, start = '2026-06-10T09:00:00', more: Json = {}): Json {
  const end = new Date(Date.parse(`${start}Z`) + 3_600_000).toISOString().slice(0, 19)
  return {
    subject,
    start: { dateTime: start, timeZone: 'UTC' },
    end: { dateTime: end, timeZone: 'UTC' },
    ...more,
  }
}

/** A create with what the contract wants along. */
export function creation(subject: string, transactionId: string, more: Json = {}): Json {
  return { ...meeting(subject), transactionId, ...more }
}
