import type { Page } from 'playwright-core'
import type { Person } from '../scenarios/company'
import {
  appointment,
  connected,
  inOro,
  inOutlook,
  subjectsInOutlook,
  syncLater,
  titlesInOro,
} from '../scenarios/observe'
import { violationsInBothSchemes } from './axe'
import { tokenOf, useRealStage } from './real-stage'
import { button, see } from './stage'

const stage = useRealStage()
const ready = (page: Page) =>
  page.getByRole('heading', { name: 'Calendar Synchronization' }).waitFor()
const reload = async (page: Page) => {
  await page.reload()
  await ready(page)
}
const interval = (page: Page) => page.getByLabel('Sync Interval (In Minutes)', { exact: true })
const useOrganization = (page: Page) => page.getByLabel('Use Organization: Sync Interval')
const history = (page: Page) => page.locator('li.history')

/** Answers the question and follows the pop-up to the sign-in form of the stand-in. */
async function signIn(page: Page): Promise<Page> {
  await button(page, 'Connect').click()
  const opened = page.waitForEvent('popup')
  await button(page, 'Continue to Microsoft').click()
  const form = await opened
  await form.getByRole('heading', { name: 'Sign in' }).waitFor()
  return form
}

async function newcomer(): Promise<Person> {
  const person = await stage.company.newPerson()
  await stage.company.settings(person, { tasks: { enabled: false } })
  return person
}

// First, while nobody is connected: the clock then moves by hours in no time.
describe('the right of a page', () => {
  it('is given once per ticket, and not at all after five minutes', async () => {
    const person = await newcomer()
    const url = await stage.ticket(person.path)
    const page = await (await stage.context()).newPage()
    await page.goto(url)
    await ready(page)
    expect(page.url()).not.toMatch(/ticket|token/)
    await page.goto(url)
    await see(page, 'This page cannot be opened')
    const late = await stage.ticket(person.path)
    await stage.company.advance('PT5M1S')
    await page.goto(late)
    await see(page, 'This page cannot be opened')
  })

  it('ends after an hour; what was typed stays readable', async () => {
    const person = await newcomer()
    const page = await stage.open(person.path)
    await useOrganization(page).uncheck()
    await interval(page).fill('77')
    await stage.company.advance('PT1H1S')
    await button(page, 'Save').click()
    await see(page, 'This page has expired')
    expect(await interval(page).inputValue()).toBe('77')
  })

  it('reaches its own level alone, and acts for the one for whom the page was opened', async () => {
    const { company } = stage
    const [person, other] = [await newcomer(), await newcomer()]
    const own = await tokenOf(await stage.open(person.path, { by: 'Grace Admin' }))
    const organization = await tokenOf(await stage.open('/organizations/1'))
    const calls = {
      own: `${person.path.slice(1)}/connection`,
      other: `${other.path.slice(1)}/connection`,
      accounts: 'organizations/1/accounts',
      settings: 'settings',
    }
    const statuses = async (token: string) =>
      Promise.all(
        Object.values(calls).map(async (call) => (await stage.pageCall(token, 'GET', call)).status),
      )
    expect(await statuses(own)).toEqual([200, 403, 403, 403])
    expect(await statuses(organization)).toEqual([403, 403, 200, 403])
    expect(await statuses('forged')).toEqual([401, 401, 401, 401])

    const forged = { 'x-acting-user': 'Mallory' }
    await stage.pageCall(own, 'POST', `${person.path.slice(1)}/pause`, forged)
    const { body } = await company.call('GET', `${person.path}/history`)
    const [entry] = (body as { items: { operation: string; by: string }[] }).items
    expect(entry).toMatchObject({ operation: 'pause', by: 'Grace Admin' })
  })
})

describe('a new user', () => {
  it('connects through the sign-in form, sees the account and that everything agrees, and checks the connection', async () => {
    const { company } = stage
    const person = await newcomer()
    inOutlook(company, person, 'From Outlook')
    const page = await stage.open(person.path)
    await see(page, 'No Microsoft account is connected.')
    const form = await signIn(page)
    await see(page, 'Waiting for Microsoft…')
    expect(await violationsInBothSchemes(page)).toEqual([])
    await form.getByLabel('Or type one').fill(person.upn)
    const closed = form.waitForEvent('close')
    await form.getByRole('button', { name: 'Accept' }).click()
    await see(page, person.upn)
    await closed
    await see(page, 'Everything agrees.')
    await see(page, 'Nothing needs you.')
    await history(page).filter({ hasText: 'From Outlook' }).getByText('Created in Oro').waitFor()
    expect(titlesInOro(company, person)).toEqual(['From Outlook'])

    await button(page, 'Check connection').click()
    await see(page, 'The connection works.')
    expect(await page.locator('.probes li').allTextContents()).toEqual([
      'Sign-in works',
      'Permissions works',
      'Outlook mailbox works',
      'Microsoft To Do works',
      'Oro interface works',
      'Oro calendar works',
    ])
    expect(await violationsInBothSchemes(page)).toEqual([])
  })

  it('is told so when the consent was denied, and can connect again', async () => {
    const person = await newcomer()
    const page = await stage.open(person.path)
    const form = await signIn(page)
    await form.getByRole('button', { name: 'Cancel' }).click()
    await see(page, 'The permission for this was not granted.')
    await button(page, 'Connect').waitFor()
    expect(await violationsInBothSchemes(page)).toEqual([])
  })

  it('is told so when the window was closed half-way, and connects at the second attempt', async () => {
    const person = await newcomer()
    const page = await stage.open(person.path)
    await (await signIn(page)).close()
    await see(page, 'The window was closed before the account was connected.')
    const opened = page.waitForEvent('popup')
    await button(page, 'Connect').click()
    const form = await opened
    await form.getByLabel('Or type one').fill(person.upn)
    await form.getByRole('button', { name: 'Accept' }).click()
    await see(page, person.upn)
  })
})

describe('the settings', () => {
  it('are overridden, handed back to “Use Organization”, and follow the administrator after a reload', async () => {
    const { company } = stage
    const person = await newcomer()
    const page = await stage.open(person.path, { by: 'Grace Admin' })
    expect(await interval(page).isDisabled()).toBe(true)
    await useOrganization(page).uncheck()
    await interval(page).fill('10')
    await button(page, 'Save').click()
    await see(page, 'Saved.')
    const read = async () =>
      (await company.call('GET', `${person.path}/settings`)).body as {
        syncInterval: { own: unknown; effective: unknown }
      }
    expect((await read()).syncInterval).toMatchObject({ own: 10, effective: 10 })

    await useOrganization(page).check()
    await button(page, 'Save').click()
    await page.getByText('1 unsaved change').waitFor({ state: 'detached' })
    expect((await read()).syncInterval).toMatchObject({ own: null, effective: 15 })

    const admin = await stage.open('/organizations/1')
    await admin.getByLabel('Use System: Sync Interval').uncheck()
    await interval(admin).fill('45')
    await button(admin, 'Save').click()
    await see(admin, 'Saved.')
    await reload(admin)
    await history(admin).first().getByText('by Ada Admin').waitFor()
    await reload(page)
    expect(await interval(page).inputValue()).toBe('45')
    const change = history(page).filter({ hasText: 'Sync Interval' }).first()
    expect(await change.locator('del').textContent()).toBe('10 minutes')
    expect(await change.locator('ins').textContent()).toBe('inherited')
    await change.getByText('by Grace Admin').waitFor()
  })

  it('changed in another tab meanwhile are explained, and nothing that was typed is lost', async () => {
    const person = await newcomer()
    const context = await stage.context()
    const first = await stage.open(person.path, { context })
    const second = await stage.open(person.path, { context })
    for (const tab of [first, second]) await useOrganization(tab).uncheck()
    await interval(first).fill('20')
    await button(first, 'Save').click()
    await see(first, 'Saved.')
    await interval(second).fill('60')
    await button(second, 'Save').click()
    await see(second, 'Not saved: the settings were changed elsewhere')
    await see(second, 'Meanwhile changed by somebody else to: 20 minutes')
    expect(await interval(second).inputValue()).toBe('60')
    await button(second, 'Save').click()
    await see(second, 'Saved.')
    await reload(first)
    expect(await interval(first).inputValue()).toBe('60')
  })
})

describe('the status', () => {
  it('says when it ran last and runs next, what happened with old and new values, and nothing of a private event', async () => {
    const { company } = stage
    const person = await connected(company)
    const id = inOro(company, person, 'Budget')
    company.graph.createEvent(person.upn, {
      ...appointment('Surgery', 4),
      sensitivity: 'private',
    })
    await syncLater(company, person)
    company.oro.events.update(id, { title: '<b>Budget</b> review <img src=x onerror=alert(1)>' })
    await syncLater(company, person)
    const page = await stage.open(person.path)
    await see(page, 'Everything agrees.')
    const facts = await page.locator('section.kind').first().locator('dd').allTextContents()
    expect(facts).toEqual([
      expect.stringMatching(/^\d\d:\d\d$/),
      expect.stringMatching(/^\d\d:\d\d$/),
      '2 items',
    ])
    const made = history(page).filter({ hasText: 'Created in Microsoft 365' })
    expect(await made.locator('dt').allTextContents()).toEqual(['Title', 'Time'])
    const update = history(page).filter({ hasText: 'Changed in Microsoft 365' })
    expect(await update.locator('del').allTextContents()).toEqual(['Budget'])
    expect(await update.locator('ins').allTextContents()).toEqual([
      '<b>Budget</b> review <img src=x onerror=alert(1)>',
    ])
    expect(await page.locator('main img, main b').count()).toBe(0)
    await history(page).getByText('Private', { exact: true }).first().waitFor()
    expect(await page.locator('body').textContent()).not.toContain('Surgery')
    expect(await violationsInBothSchemes(page)).toEqual([])
  })

  it('shows a run that is under way, and then that it is over', async () => {
    const { company } = stage
    const person = await connected(company)
    // The minute timer would carry over what is there before it.
    await company.advance('PT61S')
    inOro(company, person, 'Slow')
    const slow = { method: 'POST', path: '/events$', principal: person.upn, delayMs: 2000 }
    company.graph.faults.add(slow)
    const page = await stage.open(person.path)
    await button(page, 'Sync now').click()
    await see(page, 'Synchronization has started.')
    await page.getByRole('progressbar', { name: 'Calendar: In Progress' }).waitFor()
    await see(page, 'Changes are being synchronized.')
    await see(page, 'Everything agrees.')
    expect(await page.getByRole('progressbar').count()).toBe(0)
    expect(subjectsInOutlook(company, person)).toEqual(['Slow'])
  })

  it('can be paused, and nothing is called until it is resumed', async () => {
    const { company } = stage
    const person = await connected(company)
    const page = await stage.open(person.path)
    await button(page, 'Pause').click()
    await see(page, 'Synchronization is paused.')
    inOro(company, person, 'Meanwhile')
    await company.advance('PT16M')
    expect(subjectsInOutlook(company, person)).toEqual([])
    await button(page, 'Resume').click()
    await see(page, 'Everything agrees.')
    await company.idle()
    expect(subjectsInOutlook(company, person)).toEqual(['Meanwhile'])
  })
})

describe('what needs the user', () => {
  it('is an event that Outlook refuses: tried again, or ignored', async () => {
    const { company } = stage
    const person = await connected(company)
    inOro(company, person, 'Refused')
    inOro(company, person, 'Refused as well', 3)
    const refusal = { error: { code: 'ErrorInvalidRequest', message: 'Your request is invalid.' } }
    const rule = { method: 'POST', path: '/events$', principal: person.upn, times: 0 }
    company.graph.faults.add({ ...rule, status: 400, body: refusal })
    await syncLater(company, person)
    const page = await stage.open(person.path)
    await see(page, 'Everything agrees except 2 items with a problem.')
    expect(await violationsInBothSchemes(page)).toEqual([])
    const row = (title: string) =>
      page.getByRole('listitem').filter({ has: page.getByText(title, { exact: true }) })
    await row('Refused as well').getByRole('button', { name: 'Ignore' }).click()
    await see(page, 'It is ignored from now on.')
    await row('Refused as well').waitFor({ state: 'detached' })
    company.graph.faults.clear()
    await row('Refused').getByRole('button', { name: 'Retry' }).click()
    await see(page, 'It is tried again now.')
    await see(page, 'Everything agrees.')
    await company.idle()
    expect(subjectsInOutlook(company, person)).toContain('Refused')
  })

  it('is a held deletion of many items, of which those confirmed go and the others stay', async () => {
    const { company } = stage
    const person = await connected(company)
    const ids = Array.from({ length: 24 }, (_, n) =>
      inOutlook(company, person, `Event ${String(n)}`, n),
    )
    await syncLater(company, person)
    for (const id of ids) company.graph.deleteEvent(person.upn, id)
    await syncLater(company, person)
    const page = await stage.open(person.path)
    await see(page, '24 deletions wait for your confirmation')
    expect(await violationsInBothSchemes(page)).toEqual([])
    await page.getByRole('listitem').filter({ hasText: 'Event 7' }).getByRole('checkbox').uncheck()
    await button(page, 'Delete 23 items').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete 23 items' }).click()
    await see(page, '23 deletions confirmed.')
    await company.idle()
    expect(titlesInOro(company, person)).toEqual(['Event 7'])
    await see(page, '1 deletion waits for your confirmation')
  })
})

describe('Disconnect', () => {
  it('leaves everything where it is and says so', async () => {
    const { company } = stage
    const person = await connected(company)
    inOutlook(company, person, 'Stays')
    await syncLater(company, person)
    const page = await stage.open(person.path)
    await button(page, /^Disconnect/).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click()
    await see(page, 'Nothing was removed on either side.')
    await see(page, 'No Microsoft account is connected.')
    await button(page, 'Connect').waitFor()
    expect(titlesInOro(company, person)).toEqual(['Stays'])
    expect(subjectsInOutlook(company, person)).toEqual(['Stays'])
  })
})

describe('an administrator', () => {
  it('sees first the accounts that need attention', async () => {
    const { company } = stage
    const person = await connected(company)
    company.entra.revoke(person.upn, { access: true })
    inOro(company, person, 'Cannot be sent')
    await syncLater(company, person)
    const page = await stage.open('/organizations/1')
    await see(page, /accounts? needs? attention\./)
    const row = page.locator('.accounts tbody tr').filter({ hasText: person.upn })
    await row.getByText('Must reconnect').waitFor()
    expect(await violationsInBothSchemes(page)).toEqual([])
    const few = await page.locator('.accounts tbody tr').count()
    await page.getByText('All', { exact: true }).click()
    await page.locator('.accounts tbody tr').nth(few).waitFor()
  })

  it('pauses the organization, which its users are told and cannot take back', async () => {
    const { company } = stage
    const person = await connected(company)
    const admin = await stage.open('/organizations/1')
    await see(admin, 'Running for the organization.')
    await button(admin, 'Pause for the organization').click()
    await see(admin, 'Paused for the organization.')
    const page = await stage.open(person.path)
    await see(page, 'Synchronization is paused for your organization.')
    expect(await button(page, 'Resume').count()).toBe(0)
    await reload(admin)
    await button(admin, 'Resume for the organization').click()
    await see(admin, 'Running for the organization.')
    await company.idle()
  })

  it('sets what holds for everybody on a page of its own', async () => {
    const page = await stage.open('')
    await see(page, 'Running for everybody who is connected.')
    expect(await page.getByLabel('Enable Calendar Sync', { exact: true }).isChecked()).toBe(true)
    expect(await violationsInBothSchemes(page)).toEqual([])
  })
})

describe('a frame', () => {
  const frame = async (around: string, url: string) => {
    const page = await (await stage.context()).newPage()
    await page.goto(`${around}/?frame=${encodeURIComponent(url)}`)
    return page
  }

  it('of the back office shows the page', async () => {
    const person = await newcomer()
    const page = await frame(stage.backOffice, await stage.ticket(person.path))
    const inner = page.frameLocator('iframe')
    await inner.getByText('No Microsoft account is connected.').waitFor()
  })

  it('of somebody else stays empty', async () => {
    const person = await newcomer()
    const refused = (page: Page) =>
      page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'))
    const page = await (await stage.context()).newPage()
    const said = refused(page)
    await page.goto(
      `${stage.elsewhere}/?frame=${encodeURIComponent(await stage.ticket(person.path))}`,
    )
    await said
    expect(await page.frameLocator('iframe').getByText('Microsoft').count()).toBe(0)
    expect(stage.faults.splice(0)).toEqual([expect.stringContaining('frame-ancestors')])
  })
})
