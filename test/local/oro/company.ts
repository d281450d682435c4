import { startOro, type OroOptions, type OroStandIn } from '../../../local/oro/start'
import type { SeedWorld } from '../../../local/oro/seed'

/** The fictitious company of the contract's examples. */
const COMPANY: SeedWorld = {
  organizations: [
    { id: 1, name: 'Example GmbH' },
    { id: 2, name: 'Other Inc' },
  ],
  users: [
    { id: 2, email: 'sync@example.com', firstName: 'Sync', lastName: 'Service', calendarId: 6 },
    {
      id: 3,
      email: 'nora.feld@example.com',
      firstName: 'Nora',
      lastName: 'Feld',
      calendarId: 7,
      timeZone: 'Europe/Berlin',
      createdAt: '2025-02-03T09:00:00Z',
      updatedAt: '2026-06-30T12:00:00Z',
    },
    {
      id: 5,
      email: 'sam.ortiz@example.com',
      firstName: 'Sam',
      lastName: 'Ortiz',
      calendarId: 9,
      timeZone: 'America/Los_Angeles',
    },
    {
      id: 8,
      email: 'priya.nair@example.com',
      firstName: 'Priya',
      lastName: 'Nair',
      calendarId: 12,
    },
    { id: 20, organizationId: 2, email: 'olga@other.example', calendarId: 30 },
  ],
  applications: [
    { clientId: 'abc', clientSecret: 's3cr3t', organizationId: 1, userId: 2 },
    { clientId: 'nora', clientSecret: 's3cr3t', organizationId: 1, userId: 3 },
    { clientId: 'other', clientSecret: 's3cr3t', organizationId: 2, userId: 20 },
  ],
}

export interface TestOro {
  oro: OroStandIn
  clock: { now: number }
  /** One call with a token of the application; the body is sent as JSON. */
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>
}

export interface CallOptions {
  headers?: Record<string, string>
  clientId?: string
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** Parsed; undefined when there are no bytes. */
  body: any
}

const started: OroStandIn[] = []

export async function stopAll(): Promise<void> {
  await Promise.all(started.splice(0).map((oro) => oro.stop()))
}

/** A stand-in with the company on a clock that the test moves; starts at 2026-08-24T09:12:40Z. */
export async function startCompany(options: OroOptions = {}): Promise<TestOro> {
  const clock = { now: Date.parse('2026-08-24T09:12:40Z') }
  const oro = await startOro({ now: () => clock.now, ...options })
  started.push(oro)
  oro.seed(COMPANY)
  const tokens = new Map<string, string>()
  const prefix = options.prefix ?? ''
  return {
    oro,
    clock,
    async call(method, path, body, { headers = {}, clientId = 'abc' } = {}) {
      const token = tokens.get(clientId) ?? (await tokenOf(oro, clientId))
      tokens.set(clientId, token)
      const isJsonApi = !path.startsWith('/api/rest/')
      const type = isJsonApi ? 'application/vnd.api+json' : 'application/json'
      const response = await fetch(`${oro.url}${prefix}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          accept: type,
          ...(body === undefined && !(isJsonApi && method !== 'GET')
            ? {}
            : { 'content-type': type }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: parsed(text),
      }
    },
  }
}

export async function tokenOf(oro: OroStandIn, clientId: string): Promise<string> {
  const response = await fetch(`${oro.url}/oauth2-token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: 's3cr3t',
    }),
  })
  return ((await response.json()) as { access_token: string }).access_token
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

export const EVENTS = '/api/rest/latest/calendarevents'

/** A plain write body; tests add what they are about. */
export const meeting = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  calendar: 7,
  title: 'Budget talk',
  start: '2026-09-15T08:00:00+00:00',
  end: '2026-09-15T09:00:00+00:00',
  ...changes,
})
