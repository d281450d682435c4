import * as z from 'zod'
import type { App } from '../../shared/compose'
import type { AnswerName } from './answers'

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** What a route is given: everything parsed, nothing left to check. */
export interface Input<P, Q, B> {
  readonly params: P
  readonly query: Q
  readonly body: B
  readonly header: (name: string) => string | null
  /** Who asked, for the history (`x-acting-user`). */
  readonly by: string | null
}

export interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** One call of the interface (DESIGN 7): validation, OpenAPI and registration come from here. */
export interface Route {
  readonly name: string
  readonly method: Method
  readonly path: string
  readonly summary: string
  readonly params: z.ZodObject
  readonly query: z.ZodObject
  readonly body: z.ZodType | null
  /** Schema of the body in the OpenAPI document. */
  readonly document: z.ZodType | null
  /** Body that the settings page may send where that is less; `never` = not the page's business. */
  readonly page: z.ZodType | 'never' | null
  /** Headers that the call reads beside `x-acting-user`. */
  readonly headers: readonly string[]
  /** What it answers when all is well. */
  readonly answer: { readonly status: number; readonly is: AnswerName }
  /** Statuses of problem documents beside 400, 401, 413 and 503, which every call has. */
  readonly problems: readonly number[]
  handle(app: App, input: Input<never, never, never>): Promise<Answer>
}

const nothing = z.strictObject({})

interface Definition<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> {
  name: string
  method: Method
  path: string
  summary: string
  params?: P
  query?: Q
  body?: B
  /** Where the use case judges the body. */
  document?: z.ZodType
  page?: z.ZodType | 'never'
  headers?: readonly string[]
  answer: Route['answer']
  problems?: readonly number[]
  handle(app: App, input: Input<z.output<P>, z.output<Q>, z.output<B>>): Promise<Answer>
}

const routes: Route[] = []

/** All calls with a key, for registration, the page and the OpenAPI document. */
export const allRoutes = (): readonly Route[] => routes

/** Declares a call that needs the function key. */
export function route<
  P extends z.ZodObject = typeof nothing,
  Q extends z.ZodObject = typeof nothing,
  B extends z.ZodType = typeof nothing,
>(definition: Definition<P, Q, B>): void {
  routes.push({
    ...definition,
    params: definition.params ?? nothing,
    query: definition.query ?? nothing,
    body: definition.body ?? null,
    document: definition.document ?? definition.body ?? null,
    page: definition.page ?? null,
    headers: definition.headers ?? [],
    problems: definition.problems ?? [],
    handle: definition.handle,
  })
}

interface Match {
  readonly route: Route
  readonly params: Record<string, string>
}

/** Calls of the table that a path stands for, whatever the method. */
export function matchPath(path: string): Match[] {
  const parts = path.split('/').filter((part) => part !== '')
  return routes.flatMap((candidate) => {
    const pattern = candidate.path.split('/')
    if (pattern.length !== parts.length) return []
    const params: Record<string, string> = {}
    const fits = pattern.every((piece, index) => {
      const given = parts[index] ?? ''
      const name = /^\{(.+)\}$/.exec(piece)?.[1]
      if (name === undefined) return piece === given
      params[name] = given
      return true
    })
    return fits ? [{ route: candidate, params }] : []
  })
}
