/** One segment of a route template: `literal`, `{name}`, `{name?}`, `{*rest}`, each with `:constraint`s. */
interface Segment {
  literal?: string
  parameter?: string
  optional: boolean
  catchAll: boolean
  constraints: ((value: string) => boolean)[]
}

export interface RouteTemplate {
  segments: Segment[]
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/

/** The inline constraints of ASP.NET routing that a template of ours may use, by name. */
const CONSTRAINTS: Record<string, (argument: string) => (value: string) => boolean> = {
  int: () => (value) => /^[+-]?\d+$/.test(value) && Math.abs(Number(value)) <= 2 ** 31 - 1,
  long: () => (value) => /^[+-]?\d{1,19}$/.test(value),
  decimal: () => (value) => NUMBER.test(value),
  double: () => (value) => NUMBER.test(value),
  bool: () => (value) => /^(true|false)$/i.test(value),
  guid: () => (value) => /^\{?[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\}?$/i.test(value),
  alpha: () => (value) => /^[a-z]*$/i.test(value),
  required: () => (value) => value !== '',
  length: (argument) => {
    const [least, most] = argument.split(',').map(Number)
    return (value) => value.length >= (least ?? 0) && value.length <= (most ?? least ?? 0)
  },
  minlength: (argument) => (value) => value.length >= Number(argument),
  maxlength: (argument) => (value) => value.length <= Number(argument),
  min: (argument) => (value) => /^[+-]?\d+$/.test(value) && Number(value) >= Number(argument),
  max: (argument) => (value) => /^[+-]?\d+$/.test(value) && Number(value) <= Number(argument),
  range: (argument) => {
    const [least, most] = argument.split(',').map(Number)
    return (value) =>
      /^[+-]?\d+$/.test(value) &&
      Number(value) >= (least ?? 0) &&
      Number(value) <= (most ?? Infinity)
  },
  // Braces are doubled in a template, where single ones end the parameter.
  regex: (argument) => {
    const pattern = new RegExp(argument.replaceAll('{{', '{').replaceAll('}}', '}'), 'i')
    return (value) => pattern.test(value)
  },
}

/** @throws an error that quotes the template when it is not one that the host would accept */
export function parseRouteTemplate(template: string): RouteTemplate {
  const fail = (why: string): Error => new Error(`route "${template}": ${why}`)
  const parts = split(template.replace(/^\/|\/$/g, ''), '/')
  const segments = parts.map((part, index): Segment => {
    const inside = /^\{(.*)\}$/s.exec(part)?.[1]
    if (inside === undefined) {
      if (/[{}]/.test(part)) throw fail(`segment "${part}" mixes text and parameters`)
      return { literal: part.toLowerCase(), optional: false, catchAll: false, constraints: [] }
    }
    const [head = '', ...constraints] = split(inside, ':')
    const match = /^(\*{0,2})(\w+)(\?)?$/.exec(head)
    const optional = inside.endsWith('?')
    if (match === null) throw fail(`"${part}" is not a parameter`)
    const catchAll = match[1] !== ''
    if ((catchAll || optional) && index < parts.length - 1) {
      throw fail(`"${part}" is only allowed at the end`)
    }
    return {
      parameter: match[2] ?? '',
      optional,
      catchAll,
      constraints: constraints.map((text) => {
        const [, name = '', argument = ''] =
          /^(\w+)(?:\((.*)\))?\??$/s.exec(text) ?? ([] as string[])
        const make = CONSTRAINTS[name.toLowerCase()]
        if (make === undefined) throw fail(`constraint "${text}" is not known`)
        return make(argument)
      }),
    }
  })
  return { segments: template === '' ? [] : segments }
}

/**
 * The parameters when `path` (percent-encoded, without query) fits, else undefined. Literals match in any case; an
 * encoded slash stays encoded in a parameter, as Kestrel leaves it; absent optional parameters are absent.
 */
export function matchRoute(
  template: RouteTemplate,
  path: string,
): Record<string, string> | undefined {
  const given = path.replace(/^\//, '').split('/').map(decodeSegment)
  // One slash at the end means nothing, but to a catch-all.
  const trimmed = given.at(-1) === '' ? given.slice(0, -1) : given
  const parameters: Record<string, string> = {}
  for (const [index, segment] of template.segments.entries()) {
    if (segment.catchAll) {
      const rest = given.slice(index).join('/')
      if (!segment.constraints.every((fits) => fits(rest))) return undefined
      if (rest !== '' && segment.parameter !== undefined) parameters[segment.parameter] = rest
      return parameters
    }
    const value = trimmed[index]
    if (value === undefined) {
      if (segment.optional) return parameters
      return undefined
    }
    if (segment.parameter === undefined) {
      if (value.toLowerCase() !== segment.literal) return undefined
    } else {
      if (value === '' || !segment.constraints.every((fits) => fits(value))) return undefined
      parameters[segment.parameter] = value
    }
  }
  return trimmed.length > template.segments.length ? undefined : parameters
}

/**
 * Order in which routes are tried (Functions host, `WebJobsRouteBuilder.RouteComparison`): literal before parameter,
 * more constraints first, literals by name, longer before shorter. A catch-all counts as any parameter.
 */
export function compareRoutes(a: RouteTemplate, b: RouteTemplate): number {
  for (const [index, mine] of a.segments.entries()) {
    const other = b.segments[index]
    if (other === undefined) return -1
    if (mine.literal !== undefined && other.literal !== undefined) {
      if (mine.literal !== other.literal) return mine.literal < other.literal ? -1 : 1
    } else if (mine.literal !== undefined) return -1
    else if (other.literal !== undefined) return 1
    else if (mine.constraints.length !== other.constraints.length) {
      return other.constraints.length - mine.constraints.length
    }
  }
  return b.segments.length > a.segments.length ? 1 : 0
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment.replace(/%(2f)/gi, '%25$1'))
  } catch {
    return segment
  }
}

/** Splits at `separator` outside of brackets and braces. */
function split(text: string, separator: string): string[] {
  const parts = ['']
  let depth = 0
  for (const character of text) {
    if ('({'.includes(character)) depth += 1
    if (')}'.includes(character)) depth -= 1
    if (character === separator && depth === 0) parts.push('')
    else parts.push((parts.pop() ?? '') + character)
  }
  return parts
}
