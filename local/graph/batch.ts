import type { StandInAnswer, StandInRequest } from '../stand-in/server'
import { GraphError } from './errors'
import type { Batch, Verdict } from './handler'
import type { Json } from './model'
import { parsed } from './schema'

const LARGEST = 20
/** Outlook runs the parts of a batch at most so many at a time (contract section 12). */
const SIDE_BY_SIDE = 4

interface Part {
  id: string
  method: string
  url: string
  headers?: Record<string, string>
  body?: unknown
  dependsOn?: string[]
}

interface PartAnswer {
  id: string
  status: number
  headers: Record<string, string>
  body?: unknown
}

/** Answers one part: routing, faults and log are the caller's. */
export type PerformPart = (
  request: StandInRequest,
  verdict: Verdict,
  refused: boolean,
) => Promise<StandInAnswer>

/**
 * Reads a `$batch`: at most 20 parts with unique ids and relative addresses.
 *
 * @throws GraphError 400 naming every fault
 */
export function openBatch(
  request: StandInRequest,
  verdict: Verdict,
  basePath: string,
  perform: PerformPart,
): Batch {
  const parts = partsOf(parsed(request.body))
  const chained = parts.slice(1).every((part) => (part.dependsOn ?? []).length > 0)
  const places = chained ? 1 : Math.min(parts.length, SIDE_BY_SIDE)
  return {
    places,
    async run(room) {
      const answers = new Map<string, PartAnswer>()
      let waiting = parts
      while (waiting.length > 0) {
        const ready = waiting.filter((part) =>
          (part.dependsOn ?? []).every((id) => answers.has(id)),
        )
        const wave = ready.slice(0, SIDE_BY_SIDE)
        const done = await Promise.all(
          wave.map(async (part, place) => {
            const failed = (part.dependsOn ?? []).some(
              (id) => (answers.get(id)?.status ?? 0) >= 400,
            )
            if (failed) return failedDependency(part.id)
            const inner = asRequest(part, request, basePath)
            return shown(part.id, await perform(inner, verdict, place >= room))
          }),
        )
        for (const answer of done) answers.set(answer.id, answer)
        waiting = waiting.filter((part) => !wave.includes(part))
      }
      // Answers come in no particular order.
      return { status: 200, body: { responses: [...answers.values()].reverse() } }
    },
  }
}

function partsOf(body: Json): Part[] {
  const parts = body['requests']
  const faults: string[] = []
  if (!Array.isArray(parts) || parts.length === 0) faults.push('requests are missing')
  const list = (Array.isArray(parts) ? parts : []) as Part[]
  if (list.length > LARGEST) {
    faults.push(`Number of batch request steps exceeds the maximum value of ${String(LARGEST)}`)
  }
  const ids = new Set<string>()
  for (const part of list) {
    const given: unknown = part.id
    const id = String(given)
    if (typeof given !== 'string') faults.push(`id '${id}' is no string`)
    if (ids.has(id)) faults.push(`id '${id}' is not unique`)
    if (!['GET', 'POST', 'PATCH', 'PUT', 'DELETE'].includes(part.method)) {
      faults.push(`method of '${id}' is not valid`)
    }
    if (typeof part.url !== 'string' || /^https?:/i.test(part.url)) {
      faults.push(`url of '${id}' must be relative`)
    } else if (/^\/?\$batch\b/.test(part.url)) faults.push(`'${id}' nests a batch`)
    if (part.body !== undefined && part.headers === undefined) {
      faults.push(`'${id}' has a body without Content-Type`)
    }
    for (const other of part.dependsOn ?? []) {
      if (!ids.has(other)) faults.push(`'${id}' depends on '${other}', which does not precede it`)
    }
    ids.add(id)
  }
  if (faults.length > 0) throw new GraphError(400, 'BadRequest', faults.join('; '))
  return list
}

function asRequest(part: Part, outer: StandInRequest, basePath: string): StandInRequest {
  const target = `${basePath}${part.url.startsWith('/') ? '' : '/'}${part.url}`
  const mark = target.indexOf('?')
  const headers = Object.fromEntries(
    Object.entries(part.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  )
  return {
    method: part.method,
    rawPath: mark < 0 ? target : target.slice(0, mark),
    rawQuery: mark < 0 ? '' : target.slice(mark + 1),
    url: new URL(target, outer.url),
    headers: { host: outer.headers['host'] ?? '', ...headers },
    body: part.body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(part.body)),
  }
}

function shown(id: string, answer: StandInAnswer): PartAnswer {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    headers[name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())] = value
  }
  if (answer.body !== undefined && headers['Content-Type'] === undefined) {
    headers['Content-Type'] = 'application/json'
  }
  const body = answer.body === undefined ? {} : { body: answer.body }
  return { id, status: answer.status, headers, ...body }
}

function failedDependency(id: string): PartAnswer {
  return {
    id,
    status: 424,
    headers: { 'Content-Type': 'application/json' },
    body: { error: { code: 'FailedDependency', message: 'Failed Dependency', innerError: {} } },
  }
}
