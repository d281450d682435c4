import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Host } from '../host/host'
import { LocalFault, type LocalRequest } from '../host/local-routes'
import type { StandIns } from '../platform'
import type { Product } from '../seams/product'
import { pageAddress } from './addresses'
import { personOf, viewCompany } from './company-view'
import { editByHand } from './hand-edits'
import type { Person } from './people'

const FILES = [
  { path: '', file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: 'company.js', file: 'company.js', type: 'text/javascript; charset=utf-8' },
  { path: 'company.css', file: 'company.css', type: 'text/css; charset=utf-8' },
] as const

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

function personIn({ query }: LocalRequest): Person {
  const found = personOf(query.get('user'))
  if (!found) throw new LocalFault(404, 'no such user in the demo company')
  return found
}

/**
 * The page below `/_local/` that shows both sides of a user side by side: its files, `GET company.json`, `POST edits` and
 * `POST settings-page`.
 *
 * @param folder where the built page lies
 */
export function addCompanyPage(
  { local }: Pick<Host, 'local'>,
  deps: { standIns: StandIns; product: Product; folder: string },
): void {
  const { standIns, product, folder } = deps
  const headers = { 'cache-control': 'no-store', 'content-security-policy': POLICY }
  for (const { path, file, type } of FILES) {
    local('GET', path, async () => ({
      headers,
      content: { type, bytes: await readFile(join(folder, file)) },
    }))
  }
  local('GET', 'company.json', (request) => ({
    headers,
    body: viewCompany(standIns, personIn(request)),
  }))
  local('POST', 'edits', (request) => ({ body: editByHand(standIns, request.json()) }))
  local('POST', 'settings-page', async (request) => ({
    body: { url: await pageAddress(product, personIn(request).path) },
  }))
}
