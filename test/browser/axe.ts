import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

const source = readFileSync(
  createRequire(require.resolve('@axe-core/playwright')).resolve('axe-core/axe.min.js'),
  'utf8',
)

/** Puts axe on a page. The builder would do so twice in every analysis, which takes longer than the analysis itself. */
async function provideAxe(page: Page): Promise<void> {
  await page.evaluate(source)
}

/** What axe finds on a page that has it, as `rule: elements`. `aside` = a selector of what is not looked at, `rules` = these alone. */
async function violations(
  page: Page,
  { aside, rules }: { aside?: string; rules?: string[] } = {},
): Promise<string[]> {
  const builder = new AxeBuilder({ page, axeSource: ';' })
    .setLegacyMode()
    .options({ resultTypes: ['violations'], preload: false, iframes: false })
  if (aside !== undefined) builder.exclude(aside)
  const { violations: found } = await (rules ? builder.withRules(rules) : builder).analyze()
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

/** Violations in light, and those of contrast in dark, where nothing else can differ. */
export async function violationsInBothSchemes(page: Page, aside?: string): Promise<string[]> {
  const within = aside === undefined ? {} : { aside }
  await provideAxe(page)
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await violations(page, within)
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await violations(page, { ...within, rules: ['color-contrast'] })
  return [...light, ...dark]
}
