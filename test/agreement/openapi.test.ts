import Ajv from 'ajv/dist/2020'
import addFormats from 'ajv-formats'
import { ANSWERS } from '../../functions/http/answers'
import { openApiDocument } from '../../functions/http/openapi'
import { allRoutes } from '../../functions/http/route'
import { declareRoutes } from '../../functions/register'
import { fieldsAt } from '../../shared/settings/fields'
import type { Level } from '../../shared/settings/schema'

interface Operation {
  operationId: string
  summary: string
  security?: unknown[]
  parameters?: { name: string; in: string; required?: boolean; schema: object }[]
  requestBody?: { content: Record<string, { schema: object }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>
}

interface Document {
  openapi: string
  info: { title: string; version: string }
  security: Record<string, string[]>[]
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas: Record<string, Record<string, unknown>>
    securitySchemes: Record<string, Record<string, unknown>>
  }
}

declareRoutes()
// As a caller gets it: what JSON cannot hold would be gone.
const document = JSON.parse(JSON.stringify(openApiDocument())) as Document

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
)
const OPEN = ['GET /health', 'GET /oauth/start', 'GET /oauth/admin-consent', 'GET /oauth/callback']

/** Every `$ref` in the document, wherever it stands. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    name === '$ref' && typeof inner === 'string' ? [inner] : references(inner),
  )
}

function schemas(): { at: string; schema: object }[] {
  return [
    ...Object.entries(document.components.schemas).map(([at, schema]) => ({ at, schema })),
    ...operations.flatMap(({ path, method, operation }) => [
      ...(operation.parameters ?? []).map(({ name, schema }) => ({
        at: `${method} ${path} ${name}`,
        schema,
      })),
      ...Object.values(operation.requestBody?.content ?? {}).map(({ schema }) => ({
        at: `${method} ${path} body`,
        schema,
      })),
    ]),
  ]
}

describe('the OpenAPI document', () => {
  it('holds exactly the calls that are registered with a key, and the open ones', () => {
    const described = operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`)
    const routes = allRoutes().map(({ method, path }) => `${method} /${path}`)
    expect(described.sort()).toEqual([...routes, ...OPEN].sort())
  })

  it('asks for the function key everywhere but at the open calls', () => {
    expect(document.security).toEqual([{ functionKey: [] }])
    const open = operations.filter(({ operation }) => operation.security?.length === 0)
    expect(open.map(({ path }) => `GET ${path}`).sort()).toEqual([...OPEN].sort())
    expect(document.components.securitySchemes).toEqual({
      functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
    })
  })

  it('is built as OpenAPI 3.1 wants it: version, info, unique operations, described responses', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d$/)
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) })
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { path, operation } of operations) {
      expect(path).toMatch(/^\/[a-z]/)
      expect(Object.keys(operation.responses).length).toBeGreaterThan(0)
      for (const [status, response] of Object.entries(operation.responses)) {
        expect(status).toMatch(/^[1-5]\d\d$/)
        expect(response.description).not.toBe('')
      }
    }
  })

  it('names the parameters of each path, all of them and no other, each once', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const given = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
      expect(given.map(({ name }) => name)).toEqual(inPath)
      for (const parameter of given) expect(parameter.required).toBe(true)
      const places = (operation.parameters ?? []).map((one) => `${one.in} ${one.name}`)
      expect(new Set(places).size).toBe(places.length)
    }
  })

  it('has schemas that a JSON Schema 2020-12 validator takes, and references that lead somewhere', () => {
    const names = Object.keys(document.components.schemas)
    for (const to of references(document)) {
      expect(to).toMatch(/^#\/components\/schemas\/\w+$/)
      expect(names).toContain(to.split('/').at(-1))
    }
    const ajv = new Ajv({ strict: true, allowUnionTypes: true })
    addFormats(ajv)
    for (const { at, schema } of schemas()) {
      expect(() => ajv.compile(schema)).not.toThrow()
      expect({ at, valid: ajv.validateSchema(schema) }).toEqual({ at, valid: true })
    }
  })

  it('describes an answer for every call, and the problem document for every refusal', () => {
    for (const route of allRoutes()) {
      const operation = document.paths[`/${route.path}`]?.[route.method.toLowerCase()]
      const answer = operation?.responses[String(route.answer.status)]
      const schema = answer?.content?.['application/json']?.schema
      expect(schema).toEqual(
        ANSWERS[route.answer.is] === null
          ? undefined
          : { $ref: `#/components/schemas/${route.answer.is}` },
      )
      for (const [status, response] of Object.entries(operation?.responses ?? {})) {
        if (Number(status) < 400 || status === '401') continue
        expect(response.content).toEqual({
          'application/problem+json': { schema: { $ref: '#/components/schemas/problemDocument' } },
        })
      }
    }
  })

  it.each(['system', 'organization', 'user'] as const)(
    'has the settings of the %s level as the schema has them, in question and answer',
    (level: Level) => {
      const expected = fieldsAt(level).toSorted()
      const answer = document.components.schemas[`${level}Settings`]
      expect(leaves(answer, 'effective')).toEqual(expected)
      const path = `${{ system: '', organization: '/organizations/{o}', user: '/organizations/{o}/users/{u}' }[level]}/settings`
      const body = document.paths[path]?.['patch']?.requestBody?.content
      expect(leaves(body?.['application/merge-patch+json']?.schema, null)).toEqual(expected)
    },
  )
})

interface Schema {
  properties?: Record<string, Schema>
  anyOf?: Schema[]
}

/** Paths of the settings in a schema: objects are sections, unless they have the member that a field has. */
function leaves(schema: object | undefined, mark: string | null, at = ''): string[] {
  const given = schema as Schema | undefined
  const properties = given?.properties ?? given?.anyOf?.find((one) => one.properties)?.properties
  if (!properties || (mark !== null && mark in properties)) return at === '' ? [] : [at]
  return Object.entries(properties)
    .flatMap(([name, inner]) => leaves(inner, mark, at === '' ? name : `${at}.${name}`))
    .filter((name) => name !== 'level')
    .sort()
}
