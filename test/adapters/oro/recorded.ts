import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventRow, type OroEventRow } from '../../../shared/adapters/oro/event-row'

/** The recorded pair of this name (test/payloads/oro). */
export const recorded = (
  name: string,
): { request: { body: unknown }; response: { status: number; body: unknown } } =>
  JSON.parse(
    readFileSync(join(__dirname, '..', '..', 'payloads', 'oro', `${name}.json`), 'utf8'),
  ) as { request: { body: unknown }; response: { status: number; body: unknown } }

/** The single event that a recorded answer holds. */
export function recordedEvent(name: string): OroEventRow {
  const row = eventRow(recorded(name).response.body)
  if (row === undefined) throw new Error(`${name} holds no event`)
  return row
}
