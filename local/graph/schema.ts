import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020'
import openapi from './contract/openapi-v1.0-trimmed.json'
import { GraphError } from './errors'
import type { Json } from './model'

const OPEN_TYPES = new Set(['openTypeExtension', 'extension', 'resourceData'])

/**
 * The contract's schemas made strict for requests: unknown members refused but for annotations, enums in any letter case (they are
 * rewritten to the contract's case while validating), formats left to the handlers.
 */
function strictSchemas(): Json {
  const strict = (name: string, node: unknown): unknown => {
    if (Array.isArray(node)) return node.map((entry) => strict(name, entry))
    if (node === null || typeof node !== 'object') return node
    const result: Json = {}
    for (const [key, value] of Object.entries(node)) {
      // Below `properties` the keys are names of members, such as the `pattern` of a recurrence.
      if (key === 'properties') {
        result[key] = Object.fromEntries(
          Object.entries(value as Json).map(([member, schema]) => [member, strict(name, schema)]),
        )
      } else if (
        key === 'enum' &&
        Array.isArray(value) &&
        value.every((one) => typeof one === 'string')
      ) {
        result['anyCase'] = value
      } else if (key === 'format' || key === 'pattern' || key === 'description') continue
      else if (key === '$ref')
        result[key] = String(value).replace('#/components/schemas/', '#/$defs/')
      else result[key] = strict(name, value)
    }
    if (result['properties'] !== undefined && !OPEN_TYPES.has(name)) {
      result['additionalProperties'] = false
      result['patternProperties'] = { '^@|@odata\\.': {} }
    }
    return result
  }
  return Object.fromEntries(
    Object.entries(openapi.components.schemas as Json).map(([name, schema]) => [
      name,
      strict(name.slice(name.lastIndexOf('.') + 1), schema),
    ]),
  )
}

interface Place {
  parentData: Record<string, unknown> | unknown[]
  parentDataProperty: string | number
}

function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  ajv.addKeyword({
    keyword: 'anyCase',
    modifying: true,
    compile(values: string[]) {
      const byLowerCase = new Map(values.map((value) => [value.toLowerCase(), value]))
      return (data: unknown, place?: unknown) => {
        if (data === null) return true
        const canonical = byLowerCase.get(String(data).toLowerCase())
        if (canonical === undefined) return false
        const { parentData, parentDataProperty } = place as Place
        ;(parentData as Record<string | number, unknown>)[parentDataProperty] = canonical
        return true
      }
    },
  })
  return ajv
}

let ajv: Ajv2020 | undefined
const compiled = new Map<string, ValidateFunction>()

/** Validator of one schema of the contract, compiled at its first use. */
function validatorOf(name: string): ValidateFunction {
  const known = compiled.get(name)
  if (known !== undefined) return known
  if (ajv === undefined) {
    ajv = createAjv()
    ajv.addSchema({ $id: 'graph', $defs: strictSchemas() })
  }
  const validate = ajv.compile({ $ref: `graph#/$defs/${name}` })
  compiled.set(name, validate)
  return validate
}

/**
 * A request body that keeps to the contract. Enums come back in the contract's letter case.
 *
 * @param schema name below `components/schemas`, such as `microsoft.graph.event`
 * @throws GraphError 400 `RequestBodyRead` naming every fault
 */
export function checkedBody(schema: string, body: Buffer | Json): Json {
  const json = Buffer.isBuffer(body) ? parsed(body) : body
  const validate = validatorOf(schema)
  if (validate(json)) return json
  const faults = (validate.errors ?? []).map((error) => {
    const extra = (error.params as Json)['additionalProperty']
    return extra === undefined
      ? `'${error.instancePath || '/'}' ${error.message ?? 'is not valid'}`
      : `The property '${String(extra)}' does not exist on type '${schema}' (at '${error.instancePath || '/'}')`
  })
  throw new GraphError(400, 'RequestBodyRead', [...new Set(faults)].join('; '))
}

/** @throws GraphError 400 `BadRequest` when the bytes are no JSON object */
export function parsed(body: Buffer): Json {
  try {
    const json = JSON.parse(body.toString()) as unknown
    if (json !== null && typeof json === 'object' && !Array.isArray(json)) return json as Json
  } catch {
    // said below
  }
  throw new GraphError(
    400,
    'BadRequest',
    'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
  )
}

/** Members that the contract marks read-only, for the list of violations. */
export function readOnlyMembers(schema: string, body: Json): string[] {
  const schemas = openapi.components.schemas as Record<string, { properties?: Json }>
  const properties = schemas[schema]?.properties ?? {}
  return Object.keys(body).filter(
    (name) => (properties[name] as Json | undefined)?.['readOnly'] === true,
  )
}

/** Paths of the contract with their methods, lower case. */
export const contractPaths: Record<string, string[]> = Object.fromEntries(
  Object.entries(openapi.paths as Record<string, Json>).map(([path, item]) => [
    path,
    Object.keys(item),
  ]),
)
