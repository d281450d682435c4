import type { EntraStandIn } from '../entra/start'
import type { Product, ProductAnswer } from '../seams/product'
import { ORGANIZATIONS, PEOPLE, type Person } from './people'

function expectStatus(what: string, answer: ProductAnswer, status: number): void {
  if (answer.status === status) return
  throw new Error(`${what}: ${String(answer.status)} ${JSON.stringify(answer.body)}`)
}

/** Switches calendar and tasks on for everybody and stores the second organization's own Oro application, as an administrator does. */
export async function configureCompany(product: Product): Promise<void> {
  const read = await product('GET', '/settings')
  const changed = await product(
    'PATCH',
    '/settings',
    { calendar: { enabled: true }, tasks: { enabled: true } },
    { 'if-match': read.etag ?? '', 'x-acting-user': 'demo' },
  )
  expectStatus('Enabling the sync', changed, 200)
  for (const { id, clientId, clientSecret } of ORGANIZATIONS.slice(1)) {
    const path = `/organizations/${String(id)}/oro-credentials`
    const stored = await product('PUT', path, { clientId, clientSecret })
    expectStatus('Storing the Oro application', stored, 204)
  }
}

/** One user's way through the pop-up: the link, the sign-in page of the stand-in, the way back with the browser's cookie. */
async function connectPerson(product: Product, entra: EntraStandIn, person: Person): Promise<void> {
  const { calendarId, zone: timeZone, email } = person
  const begun = await product('POST', `${person.path}/connection`, { calendarId, timeZone, email })
  expectStatus(`Connecting ${person.name}`, begun, 201)
  const { connectUrl } = begun.body as { connectUrl: string }
  const start = await fetch(connectUrl, { redirect: 'manual' })
  const cookie = (start.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
  const back = await entra.browse(start.headers.get('location') ?? '', person.upn, 'accept')
  const finished = await fetch(back, { redirect: 'manual', headers: { cookie } })
  if (finished.status !== 200) {
    throw new Error(`Connecting ${person.name}: ${await finished.text()}`)
  }
}

/** All of them, one after the other. */
export async function connectCompany(product: Product, entra: EntraStandIn): Promise<void> {
  for (const person of PEOPLE) await connectPerson(product, entra, person)
}
