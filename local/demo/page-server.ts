import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { LocalFault } from '../host/local-routes'
import type { StandIns } from '../platform'
import type { Product } from '../seams/product'
import { pageAddress } from './addresses'
import { personOf, viewCompany } from './company-view'
import { editByHand } from './hand-edits'

const FILES: Readonly<Record<string, string>> = {
  '/': 'index.html',
  '/company.js': 'company.js',
  '/company.css': 'company.css',
}
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

export interface PageServer {
  readonly url: string
  stop(): Promise<void>
}

const person = (url: URL) => {
  const found = personOf(url.searchParams.get('user'))
  if (!found) throw new LocalFault(404, 'no such user in the demo company')
  return found
}

/** The page that shows a user's two calendars side by side: files of `folder`, `company.json`, `POST edits`, `POST settings-page`. */
export async function startPageServer(deps: {
  standIns: StandIns
  product: Product
  /** Where the built page lies. */
  folder: string
}): Promise<PageServer> {
  const { standIns, product, folder } = deps

  const data = async (method: string, url: URL, body: Buffer): Promise<object | undefined> => {
    const call = `${method} ${url.pathname}`
    if (call === 'GET /company.json') return viewCompany(standIns, person(url))
    if (call === 'POST /edits') return editByHand(standIns, parsed(body))
    if (call === 'POST /settings-page') return { url: await pageAddress(product, person(url).path) }
    return undefined
  }

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://page.invalid')
    const method = request.method ?? 'GET'
    // Another site in the same browser could post here; a page of ours names its own origin.
    const { origin } = request.headers
    if (origin !== undefined && origin !== `http://${request.headers.host ?? ''}`) {
      throw new LocalFault(403, 'only the page itself may call this')
    }
    const file = method === 'GET' ? FILES[url.pathname] : undefined
    if (file !== undefined) {
      response.setHeader('content-security-policy', POLICY)
      send(response, 200, TYPES[extname(file)] ?? '', await readFile(join(folder, file)))
      return
    }
    const answer = await data(method, url, await bodyOf(request))
    if (answer === undefined) throw new LocalFault(404, 'no such page')
    send(response, 200, 'application/json; charset=utf-8', JSON.stringify(answer))
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      const status = error instanceof LocalFault ? error.status : 500
      const text = JSON.stringify({ error: (error as Error).message })
      send(response, status, 'application/json; charset=utf-8', text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${String(port)}/`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown
  } catch {
    throw new LocalFault(400, 'the body is not JSON')
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
}
