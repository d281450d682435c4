import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { bundlePage } from '../../web/bundle'
import { startCompany, type Answer, type Company } from '../scenarios/company'
import { launchChromium } from './chromium'
import { watchedContext } from './stage'

/** The whole product with its stand-ins, its page and a browser, shared by the tests of a file; every test has its own person and profile. */
export interface RealStage {
  company: Company
  context: () => Promise<BrowserContext>
  /** The page behind a ticket for this path (`''` = system), as the back office opens it for the one who acts. */
  open: (at: string, options?: { by?: string; context?: BrowserContext }) => Promise<Page>
  /** The address that a fresh ticket gives. */
  ticket: (at: string, by?: string) => Promise<string>
  /** A call that the page would make, with the token of an opened page. */
  pageCall: (token: string, method: string, call: string, headers?: object) => Promise<Answer>
  /** Pages that frame the address in their query: the back office, and somebody else's. */
  backOffice: string
  elsewhere: string
  /** What the page must never cause: script errors and breaches of a content security policy. */
  faults: string[]
}

/**
 * Runs in every document: its time is that of the company, and passes faster, so that polls are not waited for. (Playwright's own clock
 * reads the one of this process, which the company has moved.)
 */
function runFast({ from, to, speed }: { from: number; to: number; speed: number }): void {
  const RealDate = Date
  const now = () => to + (RealDate.now() - from) * speed
  globalThis.Date = new Proxy(RealDate, {
    construct: (real, args, by) =>
      Reflect.construct(real, args.length === 0 ? [now()] : args, by) as Date,
    get: (real, name) => (name === 'now' ? now : (Reflect.get(real, name) as unknown)),
  })
  const wait = globalThis.setTimeout
  globalThis.setTimeout = ((work: () => void, ms = 0) =>
    wait(work, ms / speed)) as typeof setTimeout
}

export function useRealStage(): RealStage {
  const built = mkdtempSync(path.join(tmpdir(), 'settings-page-'))
  const contexts: BrowserContext[] = []
  let browser: Browser
  let framing: Server
  const stage = {
    faults: [] as string[],
    async context() {
      const context = await watchedContext(browser, stage.faults)
      const from = performance.timeOrigin + performance.now()
      await context.addInitScript(runFast, { from, to: stage.company.clock.now(), speed: 10 })
      contexts.push(context)
      return context
    },
    async ticket(at: string, by = 'Ada Admin') {
      const headers = { 'x-acting-user': by }
      const { body } = await stage.company.call('POST', `${at}/page-tickets`, undefined, headers)
      return (body as { url: string }).url
    },
    async open(at: string, { by, context }: { by?: string; context?: BrowserContext } = {}) {
      const page = await (context ?? (await stage.context())).newPage()
      await page.goto(await stage.ticket(at, by))
      await page.getByRole('heading', { name: 'Calendar Synchronization' }).waitFor()
      return page
    },
    pageCall: (token: string, method: string, call: string, headers: object = {}) =>
      stage.company.call(method, `/page/${call}`, undefined, {
        authorization: `Bearer ${token}`,
        'x-functions-key': '',
        ...headers,
      }),
  } as RealStage
  beforeAll(async () => {
    framing = createServer((request, response) => {
      const framed = new URL(request.url ?? '/', 'http://localhost').searchParams.get('frame') ?? ''
      const html = `<!doctype html><title>Frame</title><iframe width="900" height="700" src="${framed}"></iframe>`
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html)
    })
    await new Promise<void>((resolve) => framing.listen(0, '127.0.0.1', resolve))
    const port = String((framing.address() as AddressInfo).port)
    stage.backOffice = `http://localhost:${port}`
    stage.elsewhere = `http://127.0.0.1:${port}`
    ;[, browser, stage.company] = await Promise.all([
      bundlePage(built),
      launchChromium(),
      startCompany({ settings: { BACK_OFFICE_ORIGIN: stage.backOffice }, pageFolder: built }),
    ])
  })
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()))
    stage.company.graph.faults.clear()
    expect(stage.faults.splice(0)).toEqual([])
  })
  afterAll(async () => {
    await browser.close()
    await stage.company.stop()
    framing.closeAllConnections()
    framing.close()
    rmSync(built, { recursive: true })
  })
  return stage
}

/** The right of an opened page, as it keeps it for a reload. */
export const tokenOf = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const fragment = sessionStorage.getItem(sessionStorage.key(0) ?? '') ?? ''
    return new URLSearchParams(fragment.slice(1)).get('token') ?? ''
  })
