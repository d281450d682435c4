import type { Platform } from '../platform'
import type { Product } from '../seams/product'
import { ORGANIZATIONS, PEOPLE } from './people'

/** Levels whose settings page is shown: the path of their calls, and what they are called. */
const LEVELS = [
  { path: '', name: 'system' },
  ...ORGANIZATIONS.map(({ id, name }) => ({ path: `/organizations/${String(id)}`, name })),
  ...PEOPLE.map(({ path, name }) => ({ path, name })),
]

/** A fresh address of a level's settings page that opens logged in, once, within five minutes. */
export async function pageAddress(product: Product, path: string): Promise<string> {
  const { status, body } = await product('POST', `${path}/page-tickets`)
  if (status !== 201) throw new Error(`No page ticket: ${String(status)} ${JSON.stringify(body)}`)
  return (body as { url: string }).url
}

const listed = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n')
}

/** API, stand-ins and, where nobody configured them, the outside systems. */
export function platformAddresses({ url, settings, standIns }: Platform): string {
  const { oro, graph, entra } = standIns
  const outside = (name: string): string => `${settings[name] ?? ''} (yours)`
  const standIn = (at: { url: string } | undefined, name: string): string =>
    at ? `${at.url}  stand-in, seams below ${at.url}/_control/` : outside(name)
  return listed([
    ['API', `${url}/api  (header x-functions-key)`],
    ['Local seams', `${url}/_local/  (clock, idle, hint, settings, log)`],
    ['Oro', standIn(oro, 'ORO_URL')],
    ['Graph', standIn(graph, 'MICROSOFT_GRAPH_URL')],
    ['Entra', standIn(entra, 'MICROSOFT_LOGIN_URL')],
  ])
}

/** One settings page per level and user, and how to get another address. */
export async function settingsPages(
  product: Product,
  platform: Pick<Platform, 'url'>,
  functionKey: string,
): Promise<string> {
  const rows: [string, string][] = []
  for (const { path, name } of LEVELS) rows.push([name, await pageAddress(product, path)])
  const example = `${platform.url}/api${PEOPLE[0]?.path ?? ''}/page-tickets`
  return [
    'Settings pages (each opens once, within five minutes)',
    listed(rows),
    '  another address of the same kind:',
    `  curl -X POST -H 'x-functions-key: ${functionKey}' ${example}`,
  ].join('\n')
}

const DAY_MS = 86_400_000

/** Two edits to paste into another terminal, one on each side, tomorrow morning. */
export function tryIt({ standIns: { oro, graph } }: Platform, now: number): string {
  const [person] = PEOPLE
  if (!person || !oro || !graph) return ''
  const day = new Date(now + DAY_MS).toISOString().slice(0, 10)
  const post = (url: string, body: object): string =>
    `  curl ${url} -H 'content-type: application/json' -d '${JSON.stringify(body)}'`
  const at = (time: string) => ({ dateTime: `${day}T${time}`, timeZone: 'UTC' })
  return [
    `Try it: make an event in ${person.name}'s Oro calendar, and another in Outlook`,
    post(`${oro.url}/_control/events`, {
      calendarId: person.calendarId,
      title: 'Lunch with Kim',
      start: `${day}T11:00:00Z`,
      end: `${day}T12:00:00Z`,
    }),
    post(`${graph.url}/_control/mailboxes/${person.upn}/events`, {
      event: { subject: 'Call with Lee', start: at('14:00:00'), end: at('14:30:00') },
    }),
  ].join('\n')
}
