/** A refusal by Graph: status, `error.code`, text (contract section 13). An empty code = an answer without body. */
export class GraphError extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Record<string, string>
  /** Members beside `code` and `message`. */
  readonly extra: Record<string, unknown>
  /** Answered without bytes. */
  readonly bodyless: boolean

  constructor(
    status: number,
    code: string,
    message: string,
    headers: Record<string, string> = {},
    extra: Record<string, unknown> = {},
  ) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
    this.extra = extra
    this.bodyless = code === ''
  }
}

/** How an error body is spelled (G-70). */
export type ErrorForm = 'innerError' | 'innererror' | 'empty' | 'html' | 'no-code'

export interface ErrorStamps {
  now: number
  requestId: string
  clientRequestId: string | undefined
}

/** The body of an error answer; undefined = no bytes, a string = HTML. */
export function errorBody(error: GraphError, form: ErrorForm, stamps: ErrorStamps): unknown {
  if (form === 'empty') return undefined
  if (form === 'html') {
    return `<html><head><title>${String(error.status)}</title></head><body><h1>Service Unavailable</h1></body></html>`
  }
  const inner = {
    date: new Date(stamps.now).toISOString().slice(0, 19),
    'request-id': stamps.requestId,
    ...(stamps.clientRequestId === undefined
      ? {}
      : { 'client-request-id': stamps.clientRequestId }),
  }
  return {
    error: {
      ...(form === 'no-code' ? {} : { code: error.code }),
      message: error.message,
      ...error.extra,
      [form === 'innererror' ? 'innererror' : 'innerError']: inner,
    },
  }
}

export const notFound = (): GraphError =>
  new GraphError(404, 'ErrorItemNotFound', 'The specified object was not found in the store.')

export const accessDenied = (): GraphError =>
  new GraphError(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.')

export const invalidRequest = (message: string): GraphError =>
  new GraphError(400, 'ErrorInvalidRequest', message)
