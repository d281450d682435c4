import addFormats from 'ajv-formats'
import Ajv2020, { type ErrorObject, type ValidateFunction } from 'ajv/dist/2020'
import type { StandInRequest } from '../stand-in/server'
import openapi from './contract/openapi.json'

/** A request that openapi.json does not allow; Oro may well have answered 2xx. */
export interface Violation {
  at: string
  method: string
  path: string
  status: number
  faults: string[]
}

export interface Violations {
  /** Checks a request that was answered with `status`. `isException`: a PUT to an exception has its own schema. */
  check(request: StandInRequest, path: string, status: number, isException: boolean): void
  list(): Violation[]
  clear(): void
}

interface Operation {
  pattern: RegExp
  /** JSON pointer of the operation inside openapi.json. */
  pointer: string
  parameters: Parameter[]
  contentTypes: string[]
  hasExceptionVariant: boolean
}

interface Parameter {
  name: string
  in: string
  required?: boolean
  schema: { type?: string }
  /** JSON pointer of the schema. */
  schemaPointer: string
}

type Json = Record<string, unknown>

/** Contract violations: requests are validated only to be logged, the answers follow Oro's own behaviour. */
export function createViolations(now: () => number): Violations {
  let found: Violation[] = []
  return {
    check(request, path, status, isException) {
      const operation = OPERATIONS.get(request.method)?.find(({ pattern }) => pattern.test(path))
      const faults = operation
        ? [
            ...queryFaults(operation, request.rawQuery),
            ...bodyFaults(operation, request, isException),
            ...headerFaults(request, path),
          ]
        : [`no operation ${request.method} ${path}`]
      if (faults.length === 0) return
      const query = request.rawQuery === '' ? '' : `?${request.rawQuery}`
      const at = new Date(now()).toISOString()
      found.push({ at, method: request.method, path: `${path}${query}`, status, faults })
    },
    list: () => found,
    clear() {
      found = []
    },
  }
}

const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats(ajv)
ajv.addSchema(openapi, 'oro')
const validators = new Map<string, ValidateFunction>()

/** The compiled schema at a JSON pointer of openapi.json; compiled when first needed. */
function validator(pointer: string): ValidateFunction {
  const known = validators.get(pointer)
  if (known) return known
  const compiled = ajv.compile({ $ref: `oro#${pointer}` })
  validators.set(pointer, compiled)
  return compiled
}

function queryFaults({ parameters }: Operation, rawQuery: string): string[] {
  const faults: string[] = []
  const given = new Map<string, string>()
  for (const piece of rawQuery.split('&').filter((one) => one !== '')) {
    const equals = piece.indexOf('=')
    const name = decode(equals < 0 ? piece : piece.slice(0, equals))
    const field = name.replace(/[<>].*$/, '')
    if ([...given.keys()].some((other) => other.replace(/[<>].*$/, '') === field))
      faults.push(`query: more than one condition on ${field}`)
    given.set(name, equals < 0 ? '' : decode(piece.slice(equals + 1)))
  }
  for (const [name, text] of given) {
    const parameter = parameters.find((one) => one.in === 'query' && one.name === name)
    if (!parameter) {
      faults.push(`query: ${name} is not in the contract`)
      continue
    }
    const isNumber = parameter.schema.type === 'integer' && /^-?\d+$/.test(text)
    const validate = validator(parameter.schemaPointer)
    if (!validate(isNumber ? Number(text) : text)) faults.push(...texts(name, validate.errors))
  }
  for (const parameter of parameters)
    if (parameter.in === 'query' && parameter.required === true && !given.has(parameter.name))
      faults.push(`query: ${parameter.name} is missing`)
  return faults
}

function bodyFaults(operation: Operation, request: StandInRequest, isException: boolean): string[] {
  const { contentTypes, pointer } = operation
  if (contentTypes.length === 0) return request.body.length > 0 ? ['body: none expected'] : []
  const sent = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? ''
  if (!contentTypes.includes(sent)) return [`body: content type "${sent}" is not in the contract`]
  let body: unknown
  try {
    const text = request.body.toString()
    body = sent.endsWith('json') ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text))
  } catch {
    return ['body: not JSON']
  }
  const content = `/requestBody/content/${escaped(sent)}/schema`
  const validate = validator(
    isException && operation.hasExceptionVariant
      ? '/components/schemas/CalendarEventExceptionUpdate'
      : `${pointer}${content}`,
  )
  return validate(body) ? [] : texts('body', validate.errors)
}

function headerFaults(request: StandInRequest, path: string): string[] {
  if (path.startsWith('/api/rest/') || !path.startsWith('/api/')) return []
  const type = 'application/vnd.api+json'
  const faults: string[] = []
  if (request.headers['accept'] !== type) faults.push(`Accept: must be ${type}`)
  if (request.method !== 'GET' && request.headers['content-type'] !== type)
    faults.push(`Content-Type: must be ${type}`)
  return faults
}

const texts = (where: string, errors: ErrorObject[] | null | undefined): string[] =>
  (errors ?? []).map((error) => {
    const extra = (error.params as { additionalProperty?: string }).additionalProperty
    return `${where}${error.instancePath}: ${error.message ?? ''}${extra ? ` (${extra})` : ''}`
  })

const escaped = (text: string): string =>
  encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'))

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const resolved = (value: Json): { target: Json; pointer: string | undefined } => {
  const ref = value['$ref']
  if (typeof ref !== 'string') return { target: value, pointer: undefined }
  let target: unknown = openapi
  for (const key of ref.slice(2).split('/')) target = (target as Json)[key]
  return { target: target as Json, pointer: ref.slice(1) }
}

const OPERATIONS = readOperations()

function readOperations(): Map<string, Operation[]> {
  const found = new Map<string, Operation[]>()
  for (const [path, item] of Object.entries(openapi.paths as unknown as Record<string, Json>)) {
    const pattern = new RegExp(
      `^${path
        .replace('{version}', '(?:latest|v1)')
        .replace(/\.json$/, '(?:\\.json)?')
        .replace(/\{\w+\}/g, '[^/]+?')}$`,
    )
    for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
      const operation = item[method] as Json | undefined
      if (!operation) continue
      const pointer = `/paths/${escaped(path)}/${method}`
      const parameters = ((operation['parameters'] ?? []) as Json[]).map((one, position) => {
        const { target, pointer: own } = resolved(one)
        const schemaPointer = `${own ?? `${pointer}/parameters/${String(position)}`}/schema`
        return { ...(target as unknown as Omit<Parameter, 'schemaPointer'>), schemaPointer }
      })
      const content = (operation['requestBody'] as { content?: Json } | undefined)?.content ?? {}
      found.set(method.toUpperCase(), [
        ...(found.get(method.toUpperCase()) ?? []),
        {
          pattern,
          pointer,
          parameters,
          contentTypes: Object.keys(content),
          hasExceptionVariant: 'x-variant-for-exceptions' in operation,
        },
      ])
    }
  }
  return found
}
