import type { Page } from 'playwright-core'
import type { Level } from '../../shared/settings/schema'
import {
  heldDeletions,
  idle,
  lastChanges,
  notConnected,
  refusedTitle,
  someAccounts,
  unknownZone,
  type FakeWorld,
} from './fake-world'

/** A state of the page that a person can meet: how the world is, and what was clicked. */
export interface PageState {
  name: string
  level: Level
  prepare?: (world: FakeWorld) => void
  act?: (page: Page, world: FakeWorld) => Promise<void>
  /** Its news is in the settings form; elsewhere the form is as in `user-agrees` and need not be looked through again. */
  form?: true
  /** Shown as in the frame: a dialog or the save bar covers what lies behind it. */
  framed?: true
  /** Something that is on the page once it stands. */
  seen: string
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })
const unfold = (page: Page) =>
  page.locator('details').evaluateAll((all) => {
    for (const details of all as HTMLDetailsElement[]) details.open = true
  })
const fresh = (world: FakeWorld) => {
  world.connection = { ...notConnected }
  const never = { lastSyncAt: null, lastAgreedAt: null, nextSyncAt: null }
  world.kinds = { calendar: idle(0, never), tasks: idle(0, never) }
}
const troubled = (world: FakeWorld) => {
  world.problems = [refusedTitle, unknownZone]
  world.hold = heldDeletions(30)
  world.history = lastChanges
  const counts = { linked: 412, parked: 3, unlinked: 0, withheld: 0, held: 30, problems: 2 }
  world.kinds.calendar = idle(412, { state: 'attention', counts })
}

export const pageStates: PageState[] = [
  { name: 'user-new', level: 'user', prepare: fresh, seen: 'No Microsoft account is connected.' },
  {
    name: 'user-attendees-question',
    framed: true,
    level: 'user',
    prepare: fresh,
    act: (page) => button(page, 'Connect').click(),
    seen: 'Before you connect',
  },
  {
    name: 'user-agrees',
    form: true,
    level: 'user',
    prepare: (world) => void (world.history = lastChanges),
    seen: 'Everything agrees.',
  },
  {
    name: 'user-first-sync',
    level: 'user',
    prepare: (world) => {
      const first = { lastSyncAt: null, lastAgreedAt: null, nextSyncAt: null }
      world.kinds = {
        calendar: idle(140, {
          ...first,
          state: 'running',
          inProgress: true,
          progress: { done: 140, total: 412 },
        }),
        tasks: idle(0, { ...first, state: 'queued' }),
      }
    },
    seen: 'The first synchronization is under way.',
  },
  { name: 'user-needs-you', level: 'user', prepare: troubled, seen: 'Everything agrees except' },
  {
    name: 'user-confirm-deletions',
    framed: true,
    level: 'user',
    prepare: troubled,
    act: (page) => button(page, /^Delete 30/).click(),
    seen: 'Delete 30 items?',
  },
  {
    name: 'user-keep-held',
    framed: true,
    level: 'user',
    prepare: troubled,
    act: (page) => button(page, /^Keep 30/).click(),
    seen: 'Keep 30 items?',
  },
  {
    name: 'user-paused',
    level: 'user',
    prepare: (world) => void world.paused.add('user'),
    seen: 'Synchronization is paused.',
  },
  {
    name: 'user-paused-by-administrator',
    level: 'user',
    prepare: (world) => void world.paused.add('organization'),
    seen: 'Synchronization is paused for your organization.',
  },
  {
    name: 'user-must-reconnect',
    level: 'user',
    prepare: (world) => {
      world.connection.state = 'needs-reconnect'
      const stopped = { state: 'attention', nextSyncAt: null } as const
      world.kinds = { calendar: idle(412, stopped), tasks: idle(58, stopped) }
      world.connection.reason = { code: 'token', message: 'The sign-in has ended; connect again.' }
    },
    seen: 'must be connected again',
  },
  {
    name: 'user-wrong-account',
    level: 'user',
    prepare: (world) => {
      world.connection.state = 'needs-attention'
      world.connection.reason = {
        code: 'access',
        message: 'This is another Microsoft account than the one that was connected before.',
      }
    },
    seen: 'another Microsoft account',
  },
  {
    name: 'user-throttled',
    level: 'user',
    prepare: (world) => {
      const reason = { code: 'throttled', message: 'The mailbox is throttled by Microsoft.' }
      world.kinds.calendar = idle(412, { state: 'throttled', reason })
    },
    seen: 'Microsoft asks us to wait',
  },
  {
    name: 'user-switched-off',
    form: true,
    level: 'user',
    prepare: (world) => {
      world.settings.system = {}
      world.settings.user = { calendar: { enabled: true } }
    },
    seen: 'Switched off for everybody at system level.',
  },
  {
    name: 'user-check-fails',
    level: 'user',
    prepare: (world) => {
      const message = 'The permission for this was not granted.'
      world.probes = world.probes.map((probe) =>
        probe.name === 'to-do' ? { ...probe, ok: false, code: 'consent', message } : probe,
      )
    },
    act: (page) => button(page, 'Check connection').click(),
    seen: 'Not everything works.',
  },
  {
    name: 'user-disconnect-question',
    framed: true,
    level: 'user',
    act: (page) => button(page, /^Disconnect/).click(),
    seen: 'Disconnect the Microsoft account?',
  },
  {
    name: 'user-settings-unfolded-and-refused',
    form: true,
    framed: true,
    level: 'user',
    prepare: (world) =>
      void (world.settings.user = { calendar: { direction: 'oro-to-microsoft' } }),
    act: async (page) => {
      await unfold(page)
      await page.getByLabel('Use Organization: Sync Interval').uncheck()
      await page.getByLabel('Sync Interval (In Minutes)', { exact: true }).fill('4')
      await button(page, 'Save').click()
    },
    seen: 'Must be a whole number from 5 to 1440.',
  },
  {
    name: 'user-lost-race',
    form: true,
    framed: true,
    level: 'user',
    act: async (page, world) => {
      await page.getByLabel('Use Organization: Sync Interval').uncheck()
      await page.getByLabel('Sync Interval (In Minutes)', { exact: true }).fill('60')
      world.settings.user = { syncInterval: 20, calendar: { direction: 'microsoft-to-oro' } }
      world.versions.user++
      await button(page, 'Save').click()
    },
    seen: 'Not saved: the settings were changed elsewhere',
  },
  {
    name: 'user-error',
    level: 'user',
    prepare: (world) => {
      for (const call of ['status', 'settings', 'history', 'connection']) {
        world.faults.set(`organizations/1/users/42/${call}`, 503)
      }
    },
    seen: 'This part could not be loaded.',
  },
  {
    name: 'user-loading',
    level: 'user',
    prepare: (world) => {
      for (const call of ['status', 'settings', 'history', 'connection']) {
        world.faults.set(`organizations/1/users/42/${call}`, 0)
      }
    },
    seen: 'Loading…',
  },
  {
    name: 'user-expired',
    level: 'user',
    prepare: (world) => {
      world.tokens.clear()
    },
    seen: 'This page has expired',
  },
  {
    name: 'organization-needs-attention',
    level: 'organization',
    prepare: (world) => void (world.accounts = someAccounts()),
    seen: 'accounts need attention.',
  },
  {
    name: 'organization-all-accounts',
    form: true,
    level: 'organization',
    prepare: (world) => {
      world.accounts = someAccounts()
      world.paused.add('organization')
    },
    act: (page) => page.getByText('All', { exact: true }).click(),
    seen: 'User 47',
  },
  { name: 'organization-empty', level: 'organization', seen: 'No account needs attention.' },
  { name: 'system', form: true, level: 'system', act: unfold, seen: 'Enable Calendar Sync' },
  {
    name: 'system-not-configured',
    form: true,
    framed: true,
    level: 'system',
    prepare: (world) => {
      world.microsoftConfigured = false
      world.settings.system = {}
    },
    act: async (page) => {
      await page.getByLabel('Use default: Enable Calendar Sync').uncheck()
      await page.getByLabel('Enable Calendar Sync', { exact: true }).check()
      await button(page, 'Save').click()
    },
    seen: 'Cannot be enabled yet',
  },
]

/** Brings the page into a state of a fresh world. */
export async function show(
  page: Page,
  state: PageState,
  service: { reset: () => void; world: FakeWorld; pageUrl: (level: Level) => string },
): Promise<void> {
  service.reset()
  state.prepare?.(service.world)
  await page.goto('about:blank')
  await page.goto(service.pageUrl(state.level))
  if (state.act) await page.locator('h3').first().waitFor()
  await state.act?.(page, service.world)
  await page.getByText(state.seen).first().waitFor()
}
