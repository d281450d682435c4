import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { useStage } from './stage'
import { pageStates, show, type PageState } from './states'

const stage = useStage()

async function violations(page: Page, state: PageState, rules?: string[]) {
  const builder = new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'], preload: false, iframes: false })
  if (!state.form) builder.exclude('form > fieldset.settings')
  const { violations: found } = await (rules ? builder.withRules(rules) : builder).analyze()
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

describe('every state of the page', () => {
  it.each(pageStates.map((state) => [state.name, state] as const))(
    '%s is accessible in light and dark and fits a narrow frame',
    async (_name, state) => {
      const page = await (await stage.context({ viewport: { width: 920, height: 800 } })).newPage()
      await show(page, state, stage.service)
      expect(await violations(page, state)).toEqual([])
      await page.emulateMedia({ colorScheme: 'dark' })
      expect(await violations(page, state, ['color-contrast'])).toEqual([])
      await page.setViewportSize({ width: 320, height: 640 })
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow).toBe(0)
    },
  )
})
