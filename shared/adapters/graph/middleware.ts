import type { Context, Middleware, MiddlewareOptions } from '@microsoft/microsoft-graph-client'
import type { Account } from '../../core/account'
import type { AccessTokens } from '../../ports/systems'
import type { Fetch } from '../http/fetch'

/** What a call tells the chain beside method, headers and body. */
export class CallOptions implements MiddlewareOptions {
  /** Used as it is: links of Graph are opaque, and the library would take their query apart. */
  readonly url: string
  /** Whether the call may be sent again after it may have been carried out. */
  readonly repeatable: boolean
  /** Requests that it stands for: the parts of a batch. */
  readonly parts: number
  /** What the chain threw: the library keeps only its text. */
  thrown: unknown
  constructor(url: string, repeatable: boolean, parts: number) {
    this.url = url
    this.repeatable = repeatable
    this.parts = parts
  }
}

const callOptions = (context: Context): CallOptions => {
  const options = context.middlewareControl?.getMiddlewareOptions(CallOptions)
  if (options instanceof CallOptions) return options
  throw new Error('a Graph call without its options')
}

/** One behaviour of the chain. */
type Step = (context: Context, next: (context: Context) => Promise<void>) => Promise<void>

function middleware(step: Step): Middleware {
  let follower: Middleware | undefined
  return {
    execute: (context) => step(context, (passed) => follower?.execute(passed) ?? Promise.resolve()),
    setNext: (next) => {
      follower = next
    },
  }
}

const setHeader = (context: Context, name: string, value: string): void => {
  const headers = (context.options?.headers ?? {}) as Record<string, string>
  context.options = { ...context.options, headers: { ...headers, [name]: value } }
}

/** Puts the exact address in. */
export const addressed = (): Middleware =>
  middleware(async (context, next) => {
    context.request = callOptions(context).url
    try {
      await next(context)
    } catch (error) {
      callOptions(context).thrown = error
      throw error
    }
  })

/** `claims` of a challenge, base64 as it was sent (G-64). */
const claimsOf = (response: Response): string | undefined => {
  const challenge = response.headers.get('www-authenticate') ?? ''
  return /insufficient_claims/i.test(challenge)
    ? /claims="([^"]+)"/i.exec(challenge)?.[1]
    : undefined
}

/**
 * Sends the account's token to the configured origin and nowhere else. A refused token is renewed once; a claims challenge is answered
 * once (contract section 13, G-64, G-72).
 */
export const authorized = (origin: string, tokens: AccessTokens, account: Account): Middleware =>
  middleware(async (context, next) => {
    if (new URL(callOptions(context).url).origin !== origin) {
      throw new Error('a link of an answer leads to another origin')
    }
    const send = async (options?: { refresh?: boolean; claims?: string }): Promise<void> => {
      setHeader(context, 'Authorization', `Bearer ${await tokens.accessToken(account, options)}`)
      await next(context)
    }
    await send()
    const tried = new Set<string>()
    while (context.response?.status === 401) {
      const claims = claimsOf(context.response)
      const cure = claims === undefined ? 'refresh' : 'claims'
      if (tried.has(cure)) return
      tried.add(cure)
      await send(claims === undefined ? { refresh: true } : { claims })
    }
  })

/** The end of the chain: hands the request to the fetch that fits the call. */
export const transport = (fetchFor: (options: CallOptions) => Fetch): Middleware =>
  middleware(async (context) => {
    const options = callOptions(context)
    context.response = await fetchFor(options)(options.url, {
      ...(context.options as RequestInit),
      redirect: 'manual',
    })
  })
