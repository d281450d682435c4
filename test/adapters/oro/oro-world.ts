import { startOro, type OroStandIn } from '../../../local/oro/start'
import { createOro, type OroDeps } from '../../../shared/adapters/oro/oro'
import { fromOroEvent } from '../../../shared/adapters/oro/from-oro-event'
import type { Reading } from '../../../shared/core/model'
import type { Meter, SidePort } from '../../../shared/ports/side'
import type { AccountContext, Oro } from '../../../shared/ports/systems'
import { resolveSettings } from '../../../shared/settings/resolve'

export const NORA = { organizationId: 1, userId: 3 }
export const CALENDAR = '7'
/** Nothing in the samples is earlier than this. */
export const NOW = Date.parse('2026-09-01T08:00:00Z')
export const WINDOW = { start: '2026-08-02T08:00:00Z', end: '2027-09-01T08:00:00Z' }

export interface OroWorld {
  readonly standIn: OroStandIn
  readonly oro: Oro
  readonly clock: { now: number }
  /** Waits that the adapter asked for, in milliseconds; none is waited. */
  readonly waits: number[]
  readonly meter: Meter
  /** A side as a new run gets it. */
  side(options?: { calendarId?: string | null; userId?: number; list?: boolean }): SidePort
  /** The tasks of Nora, or of somebody else, as a new run gets them. */
  tasks(options?: { userId?: number; checklist?: boolean }): SidePort
  /** Calls of a kind since the last look, as `METHOD path?query`, token requests left out. */
  calls(): string[]
  /** Ends the stand-in and expects that nothing was sent that the contract does not allow. */
  stop(): Promise<void>
}

/** An adapter on a stand-in with a small company; `sync` is the application's user, as a service account would be. */
export async function startOroWorld(
  options: { prefix?: string; deps?: Partial<OroDeps> } = {},
): Promise<OroWorld> {
  const clock = { now: NOW }
  const prefix = options.prefix ?? ''
  const standIn = await startOro({ now: () => clock.now, prefix })
  standIn.seed({
    organizations: [{ id: 1 }, { id: 2 }],
    users: [
      { id: 2, email: 'sync@example.com', calendarId: 6 },
      { id: 3, email: 'Nora.Feld@example.com', firstName: 'Nora', lastName: 'Feld', calendarId: 7 },
      { id: 5, email: 'sam.ortiz@example.com', calendarId: 9, timeZone: 'America/Los_Angeles' },
      { id: 20, organizationId: 2, email: 'olga@other.example', calendarId: 30 },
    ],
    applications: [
      { clientId: 'sync', clientSecret: 'sample', organizationId: 1, userId: 2 },
      { clientId: 'other', clientSecret: 'sample', organizationId: 2, userId: 20 },
    ],
  })
  const waits: number[] = []
  const credentials = {
    credentials: (organizationId: number) =>
      Promise.resolve(
        organizationId > 2
          ? null
          : { clientId: organizationId === 1 ? 'sync' : 'other', clientSecret: 'sample' },
      ),
  }
  const oro = createOro({
    oroUrl: standIn.url,
    prefix,
    credentials,
    now: () => clock.now,
    sleep: (ms) => {
      waits.push(ms)
      return Promise.resolve()
    },
    ...options.deps,
  })
  const meter = { microsoft: 0, oro: 0, feed: 0 }
  return {
    standIn,
    oro,
    clock,
    waits,
    meter,
    side: (whose) => oro.calendar(contextOf(whose, meter)),
    tasks: (whose) => oro.tasks(contextOf(whose, meter)),
    calls() {
      const lines = standIn.log.filter((line) => line.path !== '/oauth2-token')
      standIn.log.length = 0
      return lines.map((line) => `${line.method} ${decodeURIComponent(line.path)}`)
    },
    async stop() {
      await standIn.stop()
      expect(standIn.violations()).toEqual([])
    },
  }
}

/** What an adapter is given for one run of Nora's, or of somebody else. */
export function contextOf(
  {
    calendarId = CALENDAR,
    userId = 3,
    list = false,
    checklist = false,
  }: { calendarId?: string | null; userId?: number; list?: boolean; checklist?: boolean } = {},
  meter: Meter = { microsoft: 0, oro: 0, feed: 0 },
): AccountContext {
  const account = { organizationId: 1, userId }
  return {
    account,
    connection: {
      account,
      state: 'connected',
      microsoft: null,
      granted: { calendar: true, tasks: true },
      oro: { calendarId, timeZone: 'Europe/Berlin', zoneGiven: true, email: null, name: null },
      reason: null,
      since: '2026-08-01T00:00:00Z',
      connectedAt: '2026-08-01T00:00:00Z',
    },
    settings: resolveSettings({
      system: {
        ...(list ? { calendar: { attendees: 'list-in-body' } } : {}),
        ...(checklist ? { tasks: { checklist: 'in-description' } } : {}),
      },
      organization: {},
      user: {},
    }),
    meter,
  }
}

/** An Outlook event as the use case hands it to the Oro side. */
export const outlookEvent = (changes: Partial<Reading> = {}): Reading => ({
  ...fromOroEvent({ id: 'AAMk1' }, { userId: 3, withAttendeeList: false, now: NOW }),
  side: 'microsoft',
  id: 'AAMk1',
  container: 'calendar-1',
  keys: { uid: '3f0e7c52-1b1a-5c3d-9a70-2f8f4c7be001' },
  unmappable: null,
  ...changes,
})

/** Fields of an event in Oro's form, a week after `NOW`. */
export const eventFields = (changes: Reading['fields'] = {}): Reading['fields'] => ({
  title: 'Budget talk',
  description: '<p>Numbers</p>',
  when: { start: '2026-09-08T08:00:00Z', end: '2026-09-08T09:00:00Z', allDay: false },
  reminder: null,
  ...changes,
})

export const draft = (changes: Partial<Parameters<SidePort['create']>[0]> = {}) => ({
  fields: eventFields(),
  container: CALENDAR,
  counterpart: outlookEvent(),
  token: 'token-1',
  categories: [],
  mayWrite: () => true,
  ...changes,
})

export const ref = (id: number | string, container = CALENDAR) => ({ id: String(id), container })
