import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CountedStorageFaults, TableOperation } from './faults'

/** Lets a fault rule have this request, or serves it. */
export async function interceptRequest(
  faults: CountedStorageFaults,
  request: IncomingMessage,
  response: ServerResponse,
  serve: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<void> {
  const asked = await understand(request)
  const fault = asked && faults.take(asked.operation, asked.table)
  if (fault?.drop === 'before') {
    request.socket.destroy()
  } else if (fault?.drop === 'after') {
    loseAnswer(request, response)
    serve(request, response)
  } else if (fault?.status !== undefined) {
    refuse(request, response, fault.status)
  } else {
    serve(request, response)
  }
}

const ENTITY_METHODS: Record<string, TableOperation> = {
  GET: 'get',
  PUT: 'update',
  PATCH: 'merge',
  MERGE: 'merge',
  DELETE: 'delete',
}

/** The operation on entities that a request asks for; undefined for everything else (creating tables, service properties). */
async function understand(
  request: IncomingMessage,
): Promise<{ operation: TableOperation; table: string | undefined } | undefined> {
  const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '')
  const resource = path.split('/').slice(2).join('/')
  const method = request.method ?? 'GET'
  if (resource === '$batch') return { operation: 'transaction', table: await tableOfBatch(request) }
  const table = /^([A-Za-z][A-Za-z0-9]*)(?:$|\()/.exec(resource)?.[1]
  if (table === undefined || table === 'Tables') return undefined
  if (/\(.+\)$/s.test(resource)) {
    const operation = ENTITY_METHODS[method]
    return operation && { operation, table }
  }
  if (method === 'GET') return { operation: 'query', table }
  return method === 'POST' ? { operation: 'insert', table } : undefined
}

/** A transaction names its table only inside. The body is put back for the real handler. */
async function tableOfBatch(request: IncomingMessage): Promise<string | undefined> {
  const length = Number(request.headers['content-length'] ?? 0)
  const chunks: Buffer[] = []
  let got = 0
  await new Promise<void>((resolve) => {
    const read = (): void => {
      for (;;) {
        const chunk = request.read() as Buffer | null
        if (chunk === null) break
        chunks.push(chunk)
        got += chunk.length
      }
      if (got < length) return
      request.off('readable', read)
      request.unshift(Buffer.concat(chunks))
      resolve()
    }
    request.on('readable', read)
  })
  // A stream forgets that it was read in steps only a tick after the last listener left.
  await new Promise(setImmediate)
  const line = /^(?:GET|POST|PUT|PATCH|MERGE|DELETE) \S+?\/devstoreaccount1\/([A-Za-z0-9]+)/m
  return line.exec(Buffer.concat(chunks).toString('utf8'))?.[1]
}

/** Everything is stored, then the connection goes instead of the answer. */
function loseAnswer(request: IncomingMessage, response: ServerResponse): void {
  response.write = () => true
  response.end = () => {
    request.socket.destroy()
    return response
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
  request.resume()
  const error = { code: status === 503 ? 'ServerBusy' : 'InternalError', message: fault(status) }
  response.writeHead(status, { 'content-type': 'application/json;odata=minimalmetadata' })
  response.end(
    JSON.stringify({
      'odata.error': {
        code: error.code,
        message: { lang: 'en-US', value: error.message },
      },
    }),
  )
}

function fault(status: number): string {
  return `Refused with ${String(status)} by a fault rule.`
}
