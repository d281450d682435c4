import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { launchChromium } from './chromium'
import { startFakeService, type FakeService } from './fake-api'
import { pageStates, show } from './states'
import { bundlePage } from '../../web/bundle'

const folder = path.join(__dirname, '../../dist/screenshots')
const frames = [
  { suffix: '', width: 920, height: 800 },
  { suffix: '-narrow', width: 320, height: 640 },
]

const built = mkdtempSync(path.join(tmpdir(), 'settings-page-'))
let service: FakeService
let browser: Browser
beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  await bundlePage(built)
  service = await startFakeService(built)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await service.close()
  rmSync(built, { recursive: true })
})

// Not part of the test run: `npm run screenshots` writes every level and state for people to look at.
it.each(frames)(
  'writes every state of the page, $width wide',
  async ({ suffix, width, height }) => {
    const context = await browser.newContext({ viewport: { width, height } })
    context.setDefaultTimeout(5000)
    for (const state of pageStates) {
      const tab = await context.newPage()
      await show(tab, state, service)
      for (const colorScheme of ['light', 'dark'] as const) {
        await tab.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        const file = `${state.name}-${colorScheme}${suffix}.png`
        await tab.screenshot({ path: path.join(folder, file), fullPage: !state.framed })
      }
      await tab.close()
    }
    await context.close()
  },
  90_000,
)

it('writes the two pictures of the README', async () => {
  const context = await browser.newContext({ viewport: { width: 920, height: 1400 } })
  context.setDefaultTimeout(5000)
  const pictures = [
    { name: 'user-needs-you', colorScheme: 'light', until: '#needs' },
    { name: 'organization-all-accounts', colorScheme: 'dark', until: '#everybody' },
  ] as const
  for (const { name, colorScheme, until } of pictures) {
    const tab = await context.newPage()
    await tab.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const state of pageStates.filter((known) => known.name === name)) {
      await show(tab, state, service)
    }
    const end = await tab.locator(until).locator('xpath=ancestor::section').boundingBox()
    const height = Math.min(end ? end.y + end.height + 20 : 1000, 1400)
    const clip = { x: 0, y: 0, width: 920, height }
    await tab.screenshot({ path: path.join(folder, `readme-${name}.png`), clip })
  }
  await context.close()
})
