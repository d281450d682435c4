import type { Page } from 'playwright-core'
import { fieldsAt, labelOf } from '../../shared/settings/fields'
import { button, clickTwice, see, useStage } from './stage'

const stage = useStage()

const interval = (page: Page) => page.getByLabel('Sync Interval (In Minutes)', { exact: true })
const useOrganization = (page: Page) => page.getByLabel('Use Organization: Sync Interval')
const patches = () =>
  stage.service.world.bodies.filter((_, i) => stage.service.world.calls[i]?.startsWith('PATCH'))

describe('a field of the settings', () => {
  it('is overridden with an own value and handed back to “Use Organization”', async () => {
    const page = await stage.open('user')
    await interval(page).waitFor()
    expect(await interval(page).isDisabled()).toBe(true)
    expect(await interval(page).inputValue()).toBe('30')
    await useOrganization(page).uncheck()
    await interval(page).fill('10')
    await button(page, 'Save').click()
    await see(page, 'Saved.')
    expect(stage.service.world.settings.user).toEqual({ syncInterval: 10 })

    await useOrganization(page).check()
    expect(await interval(page).inputValue()).toBe('30')
    await button(page, 'Save').click()
    await see(page, 'Saved.')
    expect(stage.service.world.settings.user).toEqual({})
    expect(patches()).toEqual([{ syncInterval: 10 }, { syncInterval: null }])
  })

  it('keeps an own value that equals the inherited one', async () => {
    const page = await stage.open('user')
    await useOrganization(page).uncheck()
    await button(page, 'Save').click()
    await see(page, 'Saved.')
    expect(stage.service.world.settings.user).toEqual({ syncInterval: 30 })
  })

  it('shows an administrator’s change after a reload, without a token in the address', async () => {
    const page = await stage.open('user')
    await interval(page).waitFor()
    expect(page.url()).not.toContain('token')
    stage.service.world.settings.organization = { syncInterval: 45 }
    await page.reload()
    await interval(page).waitFor()
    expect(await interval(page).inputValue()).toBe('45')
  })

  it('carries its error, with the focus on it, and the others keep what was typed', async () => {
    const page = await stage.open('user')
    await useOrganization(page).uncheck()
    await interval(page).fill('often')
    await page.getByText('What is synchronized').first().click()
    await page.getByLabel('Use Organization: Only Categories').uncheck()
    await page.getByLabel('Only Categories', { exact: true }).fill('Sales, sales')
    await button(page, 'Save').click()
    await see(page, 'Must be a whole number from 5 to 1440.')
    await see(page, /Must be a list of at most 50 different names/)
    expect(await interval(page).evaluate((el) => el === document.activeElement)).toBe(true)
    expect(await interval(page).inputValue()).toBe('often')
    expect(stage.service.world.settings.user).toEqual({})
  })

  it('is saved with the keyboard alone', async () => {
    const page = await stage.open('user')
    await useOrganization(page).focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.type('12')
    await page.keyboard.press('Enter')
    await see(page, 'Saved.')
    expect(stage.service.world.settings.user).toEqual({ syncInterval: 12 })
  })

  it('offers a conflict resolution only where both directions write', async () => {
    const page = await stage.open('organization')
    const calendar = page.getByRole('group', { name: 'Calendar Synchronization' })
    const conflict = calendar.getByLabel('Conflict Resolution', { exact: true })
    await conflict.waitFor()
    await calendar.getByLabel('Use System: Sync Direction').uncheck()
    await calendar.getByLabel('Sync Direction', { exact: true }).selectOption('Oro to Microsoft')
    await conflict.waitFor({ state: 'detached' })
    await calendar.getByText('Safety').click()
    await calendar.getByLabel('Edits on the Receiving Side', { exact: true }).waitFor()
  })

  it('cannot enable a kind before the Microsoft application is configured, and says why', async () => {
    stage.service.world.microsoftConfigured = false
    stage.service.world.settings.system = {}
    const page = await stage.open('system')
    await page.getByLabel('Use default: Enable Tasks Sync').uncheck()
    await page.getByLabel('Enable Tasks Sync', { exact: true }).check()
    await button(page, 'Save').click()
    await see(page, /Cannot be enabled yet/)
    expect(stage.service.world.settings.system).toEqual({})
  })

  it.each(['system', 'organization', 'user'] as const)(
    'stands on the page of %s level exactly if the schema has it there',
    async (level) => {
      stage.service.world.settings.system.tasks = { enabled: true, direction: 'oro-to-microsoft' }
      const page = await stage.open(level)
      await interval(page).waitFor()
      const labels = await page.locator('form .field .label').allTextContents()
      // Calendar is bidirectional and tasks are not, so that each conditional field shows in one of both.
      const hidden = ['calendar.foreignEdit', 'tasks.conflictResolution', 'tasks.deleteVsEdit']
      const expected = fieldsAt(level).filter((path) => !hidden.includes(path))
      expect(labels.sort()).toEqual(expected.map((path) => labelOf(path, level)).sort())
    },
  )
})

describe('two tabs that edit at once', () => {
  it('explains the lost race, keeps what was typed and saves at the second attempt', async () => {
    const context = await stage.context()
    const [first, second] = [await context.newPage(), await context.newPage()]
    for (const tab of [first, second]) await tab.goto(stage.service.pageUrl('user'))
    for (const tab of [first, second]) await useOrganization(tab).uncheck()
    await interval(first).fill('20')
    await button(first, 'Save').click()
    await see(first, 'Saved.')

    await interval(second).fill('60')
    await second.getByLabel('Use Organization: Sync Direction').first().uncheck()
    await button(second, 'Save').click()
    await see(second, 'Not saved: the settings were changed elsewhere')
    await see(second, 'Meanwhile changed by somebody else to: 20 minutes')
    expect(await interval(second).inputValue()).toBe('60')
    await button(second, 'Save').click()
    await see(second, 'Saved.')
    expect(stage.service.world.settings.user).toEqual({
      syncInterval: 60,
      calendar: { direction: 'bidirectional' },
    })
  })
})

describe('unsaved changes', () => {
  it('are guarded when the page is left, and gone when discarded', async () => {
    const page = await stage.open('user')
    await useOrganization(page).uncheck()
    await see(page, '1 unsaved change')
    const asked = page.waitForEvent('dialog')
    await page.evaluate(
      () =>
        void setTimeout(() => {
          location.reload()
        }),
    )
    const dialog = await asked
    expect(dialog.type()).toBe('beforeunload')
    await dialog.dismiss()
    await button(page, 'Discard').click()
    await page.reload()
    await interval(page).waitFor()
    expect(stage.service.world.settings.user).toEqual({})
  })

  it('stay readable when the page has expired meanwhile', async () => {
    const page = await stage.open('user')
    await useOrganization(page).uncheck()
    await interval(page).fill('77')
    stage.service.world.tokens.clear()
    await button(page, 'Save').click()
    await see(page, 'This page has expired')
    expect(await interval(page).inputValue()).toBe('77')
  })

  it('are sent once on a double click', async () => {
    const page = await stage.open('user')
    await useOrganization(page).uncheck()
    await clickTwice(page, 'Save')
    await see(page, 'Saved.')
    expect(patches()).toHaveLength(1)
  })
})
