import { createMovableClock, type MovableClock } from '../../local/clock/movable-clock'
import { SAMPLE, startPlatform, type Platform, type StandIns } from '../../local/platform'
import type { Storage } from '../../local/storage/storage'
import { registerFunctions } from '../../functions/register'
import { createMemoryRows } from '../../shared/adapters/memory/rows'
import { useSettings } from '../../shared/compose'
import hostJson from '../../host.json'

/** A user of the company with a mailbox, an Oro calendar and, once connected, a connection. */
export interface Person {
  readonly organizationId: number
  readonly userId: number
  readonly calendarId: number
  readonly email: string
  readonly upn: string
  readonly accountId: string
  /** Path of the person's calls. */
  readonly path: string
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: any
}

/** The whole product on one machine, driven from outside as DESIGN 7 and 12 describe. */
export interface Company extends StandIns {
  readonly platform: Platform
  readonly clock: MovableClock
  /** Only of a company with tables. */
  readonly storage: Storage
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>
  local(method: string, path: string, body?: unknown): Promise<Answer>
  /** Moves the clock; answers when everything that fell due is done. */
  advance(duration: string): Promise<void>
  idle(): Promise<void>
  newPerson(options?: { timeZone?: string; organizationId?: number }): Promise<Person>
  connect(person: Person): Promise<void>
  settings(person: Person, settings: object): Promise<void>
  /** A person with both enabled and a finished first run. */
  connected(settings?: object): Promise<Person>
  sync(person: Person, body?: object): Promise<Answer>
  status(person: Person): Promise<Answer['body']>
  stop(): Promise<void>
}

const TENANT = { id: SAMPLE.tenantId, name: 'Sample Company' }

/** 2026-09-07 is a Monday. */
const START = new Date('2026-09-07T08:00:00Z')

/**
 * @param options.pageFolder where the built settings page lies; without it the company has none
 * @param options.tables on Azurite, for tests of storage itself; else in the twin that passes the same contract suite, which is faster
 */
export async function startCompany({
  settings = {},
  pageFolder = '',
  tables = false,
}: {
  settings?: Record<string, string>
  pageFolder?: string
  tables?: boolean
} = {}): Promise<Company> {
  let people = 0
  const clock = createMovableClock(START)
  const restore = clock.install()
  const users = Array.from({ length: 60 }, (_, index) => ({
    upn: `person${String(index + 1)}@sample.example`,
    name: `Person ${String(index + 1)}`,
    tenantId: SAMPLE.tenantId,
  }))
  const platform = await startPlatform({
    clock,
    hostJson,
    tables,
    settings,
    directory: { tenants: [TENANT], users },
    register(known) {
      useSettings(known, tables ? undefined : createMemoryRows())
      registerFunctions({ pageFolder })
    },
  })
  const { entra, graph, oro } = platform.standIns as StandIns
  oro.seed({
    organizations: [{ id: 1 }],
    applications: [
      {
        clientId: SAMPLE.oroClientId,
        clientSecret: SAMPLE.oroClientSecret,
        organizationId: 1,
        userId: 1,
      },
    ],
    users: [{ id: 1, email: 'service@oro.example', organizationId: 1 }],
  })

  const request = async (
    method: string,
    url: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<Answer> => {
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    let json: unknown = text
    try {
      json = JSON.parse(text)
    } catch {
      // Pages and empty answers stay text.
    }
    return { status: response.status, headers: response.headers, body: json }
  }

  const company: Company = {
    entra,
    graph,
    oro,
    platform,
    clock,
    get storage() {
      if (!platform.storage) throw new Error('This company keeps its rows in memory')
      return platform.storage
    },
    call: (method, path, body, headers = {}) =>
      request(method, `${platform.url}/api${path}`, body, {
        'x-functions-key': SAMPLE.functionKey,
        ...headers,
      }),
    local: (method, path, body) => request(method, `${platform.url}/_local/${path}`, body, {}),
    async advance(duration) {
      const answer = await company.local('PUT', 'clock', { advance: duration })
      if (answer.status !== 200)
        throw new Error(`The clock did not arrive: ${JSON.stringify(answer.body)}`)
    },
    async idle() {
      const answer = await company.local('GET', 'idle?timeout=20')
      if (answer.status !== 200) throw new Error('Not idle')
    },
    async newPerson({ timeZone = 'UTC', organizationId = 1 } = {}) {
      people += 1
      const upn = `person${String(people)}@sample.example`
      const email = `person${String(people)}@oro.example`
      const { users: seeded } = oro.seed({
        users: [{ email, organizationId, timeZone, firstName: 'Person', lastName: String(people) }],
      })
      const user = seeded[0]
      if (!user) throw new Error('No user was seeded')
      graph.addMailbox({
        userPrincipalName: upn,
        displayName: `Person ${String(people)}`,
        tenantId: SAMPLE.tenantId,
        timeZone,
      })
      await Promise.resolve()
      const ids = { organizationId, userId: user.id }
      return {
        ...ids,
        calendarId: user.calendarId,
        email,
        upn,
        accountId: `${String(organizationId)}-${String(user.id)}`,
        path: `/organizations/${String(organizationId)}/users/${String(user.id)}`,
      }
    },
    async connect(person) {
      const begun = await company.call('POST', `${person.path}/connection`, {
        calendarId: person.calendarId,
        timeZone: 'UTC',
        email: person.email,
      })
      if (begun.status !== 201) throw new Error(JSON.stringify(begun.body))
      const start = await fetch((begun.body as { connectUrl: string }).connectUrl, {
        redirect: 'manual',
      })
      const cookie = (start.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
      const back = await entra.browse(start.headers.get('location') ?? '', person.upn, 'accept')
      const finished = await fetch(back, { redirect: 'manual', headers: { cookie } })
      if (finished.status !== 200) throw new Error(await finished.text())
      await company.idle()
    },
    async settings(person, own) {
      const { headers } = await company.call('GET', `${person.path}/settings`)
      const answer = await company.call('PATCH', `${person.path}/settings`, own, {
        'if-match': headers.get('etag') ?? '',
      })
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
    },
    async connected(own = {}) {
      const person = await company.newPerson()
      await company.settings(person, { calendar: { enabled: true }, ...own })
      await company.connect(person)
      return person
    },
    async sync(person, body = {}) {
      const answer = await company.call('POST', `${person.path}/sync`, body)
      await company.idle()
      return answer
    },
    status: async (person) => (await company.call('GET', `${person.path}/status`)).body as unknown,
    async stop() {
      await platform.stop()
      restore()
    },
  }
  const system = await company.call('GET', '/settings')
  await company.call(
    'PATCH',
    '/settings',
    { calendar: { enabled: true }, tasks: { enabled: true } },
    { 'if-match': system.headers.get('etag') ?? '' },
  )
  return company
}
