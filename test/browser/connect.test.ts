import type { Page } from 'playwright-core'
import { connected, notConnected } from './fake-world'
import { button, see, useStage } from './stage'

const stage = useStage()

/** Lets the page's clock run until the text stands there: polls happen without waiting for them. */
async function seeInTime(page: Page, text: string) {
  for (let step = 0; step < 12; step++) {
    await page.clock.runFor(1600)
    if (await page.getByText(text).first().isVisible()) return
    await page.evaluate(() => fetch('/api/settings-page/index.html'))
  }
  throw new Error(`“${text}” did not appear.`)
}

async function openFrozen() {
  const page = await (await stage.context()).newPage()
  await page.clock.install()
  await page.goto(stage.service.pageUrl('user'))
  await page.getByRole('heading', { name: 'Calendar Synchronization' }).waitFor()
  return page
}

/** Answers the question and follows the pop-up to the sign-in form. */
async function signIn(page: Page) {
  await button(page, 'Connect').click()
  const popup = page.waitForEvent('popup')
  await button(page, 'Continue to Microsoft').click()
  const form = await popup
  await form.getByRole('heading', { name: 'Sign in' }).waitFor()
  return form
}

const callsOf = (call: string) =>
  stage.service.world.calls.filter(
    (made) => made === call.replace(' ', ' organizations/1/users/42/'),
  )

describe('Connect', () => {
  beforeEach(() => void (stage.service.world.connection = { ...notConnected }))

  it('asks about attendees, waits for the pop-up, then names the account and closes the window', async () => {
    const page = await openFrozen()
    await button(page, 'Connect').click()
    await page.getByLabel('Invite').check()
    const opened = page.waitForEvent('popup')
    await button(page, 'Continue to Microsoft').click()
    const popup = await opened
    await see(page, 'Waiting for Microsoft…')
    await popup.getByText('accept').click()
    const closed = popup.waitForEvent('close')
    await seeInTime(page, 'Ada Lindt')
    await closed
    await see(page, 'Everything agrees.')
    expect(stage.service.world.settings.user).toEqual({ calendar: { attendees: 'invite' } })
  })

  it('saves nothing of its own when the answer is what holds anyway', async () => {
    const page = await openFrozen()
    await signIn(page)
    expect(stage.service.world.settings.user).toEqual({})
  })

  it('opens nothing when the question is left with Escape, and gives the focus back', async () => {
    const page = await openFrozen()
    await button(page, 'Connect').focus()
    await page.keyboard.press('Enter')
    await see(page, 'Before you connect')
    await page.keyboard.press('Escape')
    await page.getByText('Before you connect').waitFor({ state: 'hidden' })
    expect(await button(page, 'Connect').evaluate((el) => el === document.activeElement)).toBe(true)
    expect(callsOf('POST connection')).toEqual([])
  })

  it('says so when the window is closed half-way, and can be begun again', async () => {
    const page = await openFrozen()
    await (await signIn(page)).close()
    await seeInTime(page, 'The window was closed before the account was connected.')
    const opened = page.waitForEvent('popup')
    await button(page, 'Connect').click()
    const popup = await opened
    await popup.getByText('accept').click()
    await seeInTime(page, 'Ada Lindt')
    expect(callsOf('POST connection')).toHaveLength(2)
  })

  it('shows the reason when the consent is denied', async () => {
    const page = await openFrozen()
    await (await signIn(page)).getByText('deny').click()
    await seeInTime(page, 'The permissions were not granted at Microsoft.')
    await button(page, 'Connect').waitFor()
  })

  it('offers the link for an administrator when only one may consent', async () => {
    const page = await openFrozen()
    await (await signIn(page)).getByText('admin').click()
    await seeInTime(page, 'An administrator has to consent first.')
    const link = page.getByRole('link', { name: /administrator to consent/ })
    expect(await link.getAttribute('href')).toContain('/api/oauth/admin-consent?ticket=')
  })

  it('names the wrong account and offers to connect again', async () => {
    const page = await openFrozen()
    await (await signIn(page)).getByText('other').click()
    await seeInTime(page, 'ada@home.example')
    await see(page, 'This is another Microsoft account than the one that was connected before.')
    const opened = page.waitForEvent('popup')
    await button(page, 'Connect again').click()
    await (await opened).getByText('accept').click()
    await seeInTime(page, 'ada.lindt@contoso.example')
  })

  it('offers a link when the browser blocks the window', async () => {
    const context = await stage.context()
    await context.addInitScript('window.open = () => null')
    const page = await context.newPage()
    await page.goto(stage.service.pageUrl('user'))
    await button(page, 'Connect').click()
    await button(page, 'Continue to Microsoft').click()
    const link = page.getByRole('link', { name: /Open the Microsoft sign-in/ })
    expect(await link.getAttribute('href')).toContain('/sign-in')
  })

  it('looks at once on a message from its own origin, and not at all on one from another', async () => {
    const page = await openFrozen()
    const popup = await signIn(page)
    const before = callsOf('GET connection').length
    await popup.evaluate(() => {
      const opener = window.opener as Window
      opener.postMessage('connected', '*')
    })
    await page.evaluate(() => fetch('/api/settings-page/index.html'))
    expect(callsOf('GET connection')).toHaveLength(before)
    const asked = page.waitForResponse(/\/connection$/)
    await page.evaluate(() => {
      window.postMessage('connected', location.origin)
    })
    await asked
    expect(callsOf('GET connection')).toHaveLength(before + 1)
  })

  it('begins once on a double click', async () => {
    stage.service.world.connection = { ...connected(), state: 'needs-reconnect' }
    const page = await openFrozen()
    await button(page, 'Connect again').dblclick()
    await see(page, 'Waiting for Microsoft…')
    expect(callsOf('POST connection')).toHaveLength(1)
  })
})

describe('a connected account', () => {
  it('says in words that the connection works', async () => {
    const page = await stage.open('user')
    await button(page, 'Check connection').click()
    await see(page, 'The connection works.')
    await see(page, 'Outlook mailbox')
  })

  it('says which part does not work, and why', async () => {
    const probe = { name: 'mailbox', ok: false, code: 'mailbox', message: 'No usable mailbox.' }
    stage.service.world.probes = [probe]
    const page = await stage.open('user')
    await button(page, 'Check connection').click()
    await see(page, 'Not everything works.')
    await see(page, 'No usable mailbox.')
  })

  it('is disconnected after a question, with a receipt, and can be connected again', async () => {
    const page = await stage.open('user')
    await button(page, /^Disconnect/).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click()
    await see(page, 'Nothing was removed on either side.')
    await see(page, 'No Microsoft account is connected.')
    await button(page, 'Connect').waitFor()
    expect(callsOf('DELETE connection?cleanup=leave')).toHaveLength(1)
  })
})
