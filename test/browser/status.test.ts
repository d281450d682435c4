import {
  heldDeletions,
  idle,
  lastChanges,
  refusedTitle,
  someAccounts,
  unknownZone,
} from './fake-world'
import { button, clickTwice, see, useStage } from './stage'

const stage = useStage()
const callsOf = (call: string) =>
  stage.service.world.calls.filter((made) => made.endsWith(call.split(' ')[1] ?? ''))

describe('the first sentence', () => {
  it('says that everything agrees, with the time in the viewer’s zone', async () => {
    const at = new Date()
    at.setUTCHours(at.getUTCHours(), 7, 0, 0)
    stage.service.world.kinds.calendar.lastAgreedAt = at.toISOString()
    stage.service.world.kinds.tasks.lastAgreedAt = at.toISOString()
    const page = await stage.open('user', { timezoneId: 'Asia/Kolkata' })
    await see(page, 'Everything agrees.')
    const shown = await page.locator('.agreement time').textContent()
    const kolkata = { timeZone: 'Asia/Kolkata', hour: '2-digit', minute: '2-digit' } as const
    expect(shown).toContain(new Intl.DateTimeFormat('en-GB', kolkata).format(at))
  })

  it('counts the exceptions', async () => {
    const counts = { linked: 9, parked: 0, unlinked: 0, withheld: 0, held: 30, problems: 1 }
    stage.service.world.kinds.calendar = idle(9, { counts })
    const page = await stage.open('user')
    await see(
      page,
      'Everything agrees except 1 item with a problem and 30 deletions that wait for you.',
    )
  })

  it('shows how far the first synchronization is', async () => {
    stage.service.world.kinds.calendar = idle(140, {
      state: 'running',
      inProgress: true,
      progress: { done: 140, total: 412 },
    })
    const page = await stage.open('user')
    const bar = page.getByRole('progressbar', { name: 'Calendar: In Progress' })
    await bar.waitFor()
    expect(await bar.getAttribute('value')).toBe('140')
    await see(page, '140 of 412')
  })
})

describe('Pause, Resume and Sync now', () => {
  it('pause and resume one account', async () => {
    const page = await stage.open('user')
    await button(page, 'Pause').click()
    await see(page, 'Synchronization is paused.')
    expect([...stage.service.world.paused]).toEqual(['user'])
    await button(page, 'Resume').click()
    await see(page, 'Everything agrees.')
    expect([...stage.service.world.paused]).toEqual([])
  })

  it('pause everybody, and a user then cannot resume', async () => {
    const admin = await stage.open('system')
    await button(admin, 'Pause for everybody').click()
    await see(admin, 'Paused for everybody.')
    const page = await stage.open('user')
    await see(page, 'Synchronization is paused for everybody.')
    expect(await button(page, 'Resume').count()).toBe(0)
  })

  it('synchronizes once on a double click', async () => {
    const page = await stage.open('user')
    await clickTwice(page, 'Sync now')
    await see(page, 'Synchronization has started.')
    expect(callsOf('POST 42/sync')).toHaveLength(1)
  })
})

describe('what needs the user', () => {
  it('is a problem that is tried again', async () => {
    stage.service.world.problems = [refusedTitle, unknownZone]
    const page = await stage.open('user')
    const problem = page.getByRole('listitem').filter({ hasText: 'Quarterly review' })
    await problem.getByRole('button', { name: 'Retry' }).click()
    await see(page, 'It is tried again now.')
    await problem.waitFor({ state: 'detached' })
    expect(callsOf('POST problems/p1/retry')).toHaveLength(1)
    await see(page, '1 item could not be synchronized')
  })

  it('is a held run, of which exactly the ticked deletions are confirmed', async () => {
    stage.service.world.hold = heldDeletions(30)
    const page = await stage.open('user')
    await page.getByRole('listitem').nth(0).getByRole('checkbox').uncheck()
    await button(page, 'Delete 29 items').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete 29 items' }).click()
    await see(page, '29 deletions confirmed.')
    await see(page, '1 deletion waits for your confirmation')
    expect(stage.service.world.hold.items.map(({ id }) => id)).toEqual(['h0'])
  })

  it('is a held run that is refused, with the choice to create again', async () => {
    stage.service.world.hold = heldDeletions(2)
    const page = await stage.open('user')
    await button(page, /^Keep 2 items/).click()
    await page.getByLabel('Create them again there').check()
    await page.getByRole('dialog').getByRole('button', { name: 'Keep' }).click()
    await see(page, '2 items kept.')
    expect(stage.service.world.bodies).toContainEqual({ ids: ['h0', 'h1'], then: 'recreate' })
  })

  it('is a held run of more items than one call takes', async () => {
    stage.service.world.hold = heldDeletions(501)
    const page = await stage.open('user')
    await button(page, 'Delete 501 items').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete 501 items' }).click()
    await see(page, '501 deletions confirmed.')
    expect(stage.service.world.hold.items).toEqual([])
    expect(callsOf('POST hold/confirm')).toHaveLength(2)
  })

  it('is nothing when nothing waits', async () => {
    await see(await stage.open('user'), 'Nothing needs you.')
  })
})

describe('the page', () => {
  it('shows a title with markup as the text it is', async () => {
    const label = '<img src=x onerror="document.title=1"><b>Bold</b>'
    stage.service.world.problems = [{ ...refusedTitle, label }]
    stage.service.world.history = lastChanges.map((entry) => ({ ...entry, label }))
    const page = await stage.open('user')
    await page.locator('#history ~ *, .history').getByText(label).first().waitFor()
    expect(await page.locator('main img, main b').count()).toBe(0)
    expect(await page.title()).toBe('Microsoft 365 Synchronization')
  })

  it('names old, new and lost values of the last changes and who changed a setting', async () => {
    stage.service.world.history = lastChanges
    const page = await stage.open('user')
    await see(page, 'lost, kept here: Budget meeting')
    await see(page, 'by Grace Admin')
    expect(await page.locator('.history del').allTextContents()).toEqual([
      'Budget',
      'Oro to Microsoft',
    ])
  })

  it('shows remembered times in the viewer’s zone, and says of a long text only that it is one', async () => {
    const at = (start: string, end: string) => ({ start, end, allDay: false })
    stage.service.world.history = lastChanges.slice(0, 1).map((entry) => ({
      ...entry,
      fields: [
        {
          name: 'when',
          old: at('2026-03-01T09:00:00Z', '2026-03-01T10:00:00Z'),
          new: at('2026-03-02T09:00:00Z', '2026-03-02T10:00:00Z'),
        },
        { name: 'description', old: null, new: { fingerprint: 'c0ffee' } },
      ],
    }))
    const page = await stage.open('user', { timezoneId: 'Asia/Tokyo' })
    await page.locator('.history ins').first().waitFor()
    expect(await page.locator('.history del').allTextContents()).toEqual([
      '1 Mar 2026, 18:00 – 1 Mar 2026, 19:00',
      'empty',
    ])
    expect(await page.locator('.history ins').last().textContent()).toBe('a long text')
  })

  it('goes on when one part fails, and that part can be tried again', async () => {
    const history = 'organizations/1/users/42/history'
    stage.service.world.faults.set(history, 503)
    const page = await stage.open('user')
    await see(page, 'Everything agrees.')
    await see(page, 'This part could not be loaded.')
    stage.service.world.faults.delete(history)
    await button(page, 'Try again').click()
    await see(page, 'Nothing has happened yet.')
  })

  it('asks to be opened again when its token has expired', async () => {
    stage.service.world.tokens.clear()
    const page = await stage.open('user')
    await see(page, 'This page has expired')
    expect(await page.getByRole('heading', { level: 2 }).count()).toBe(1)
    await page.reload()
    await see(page, 'Open this page from Oro')
  })

  it('asks to be opened from Oro when it is not told for whom', async () => {
    const page = await (await stage.context()).newPage()
    await page.goto(`${stage.service.url}/api/settings-page/index.html`)
    await see(page, 'Open this page from Oro')
    expect(stage.service.world.calls).toEqual([])
  })

  it('lists the accounts that need attention, then all', async () => {
    stage.service.world.accounts = someAccounts()
    const page = await stage.open('organization')
    await see(page, '3 accounts need attention.')
    await page.getByText('All', { exact: true }).click()
    await see(page, 'User 47')
    expect(await page.locator('.accounts tbody tr').count()).toBe(6)
  })
})
