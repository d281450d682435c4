import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import type { Level } from '../../shared/settings/schema'
import { bundlePage } from '../../web/bundle'
import { launchChromium } from './chromium'
import { startFakeService, type FakeService } from './fake-api'

/** The built page, the fake interface and a browser, shared by the tests of a file; every test has a fresh world and browser profile. */
export interface Stage {
  service: FakeService
  open: (level: Level, options?: BrowserContextOptions) => Promise<Page>
  context: (options?: BrowserContextOptions) => Promise<BrowserContext>
  /** One tab for all tests of a file: they bring it into their state themselves. */
  lastingPage: () => Promise<Page>
  /** What the page must never cause: script errors and breaches of its own content security policy. */
  faults: string[]
}

export function useStage(): Stage {
  let browser: Browser
  const built = mkdtempSync(path.join(tmpdir(), 'settings-page-'))
  const contexts: BrowserContext[] = []
  const faults: string[] = []
  const stage = {
    faults,
    async context(options: BrowserContextOptions = {}) {
      const context = await watchedContext(browser, faults, options)
      contexts.push(context)
      return context
    },
    async lastingPage() {
      return (await watchedContext(browser, faults)).newPage()
    },
    async open(level: Level, options: BrowserContextOptions = {}) {
      const page = await (await stage.context(options)).newPage()
      await page.goto(stage.service.pageUrl(level))
      return page
    },
  } as Stage
  beforeAll(async () => {
    await bundlePage(built)
    stage.service = await startFakeService(built)
    browser = await launchChromium()
  })
  beforeEach(() => {
    stage.service.reset()
  })
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()))
    expect(faults.splice(0)).toEqual([])
  })
  afterAll(async () => {
    await browser.close()
    await stage.service.close()
    rmSync(built, { recursive: true })
  })
  return stage
}

/** A browser profile that notes script errors and breaches of a content security policy. */
export async function watchedContext(
  browser: Browser,
  faults: string[],
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
  context.setDefaultTimeout(5000)
  context.on('weberror', (error) => faults.push(String(error.error())))
  context.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) faults.push(message.text())
  })
  return context
}

export const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' })

/** Two clicks before the page can draw anything in between: the fastest double click there is. */
export const clickTwice = (page: Page, name: string) =>
  button(page, name).evaluate((element) => {
    const clicked = element as HTMLButtonElement
    clicked.click()
    clicked.click()
  })

/** Waits until a text stands on the page. */
export const see = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()
