import type { Page } from 'playwright-core'
import { violationsInBothSchemes } from './axe'
import { useStage } from './stage'
import { pageStates, show } from './states'

const stage = useStage()
const wide = { width: 920, height: 800 }
const narrow = { width: 320, height: 640 }

let page: Page
beforeAll(async () => {
  page = await stage.lastingPage()
})

describe('every state of the page', () => {
  it.each(pageStates.map((state) => [state.name, state] as const))(
    '%s is accessible in light and dark and fits a narrow frame',
    async (_name, state) => {
      await page.setViewportSize(wide)
      await show(page, state, stage.service)
      const aside = state.form ? undefined : 'form > fieldset.settings'
      expect(await violationsInBothSchemes(page, aside)).toEqual([])
      await page.setViewportSize(narrow)
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow).toBe(0)
    },
  )
})

it('the check itself finds what is planted, in either scheme', async () => {
  await page.goto('about:blank')
  await page.setContent(
    '<!doctype html><html lang="en"><title>Planted</title><style>p{color:#000;background:#fff}' +
      '@media(prefers-color-scheme:dark){p{background:#111}}</style><main><h1>x</h1><p>Text</p><img src="data:,"></main>',
  )
  const found = await violationsInBothSchemes(page)
  expect(found.map((line) => line.split(':', 1)[0])).toEqual(['image-alt', 'color-contrast'])
})
