import { randomUUID } from 'node:crypto'
import { Client, ResponseType } from '@microsoft/microsoft-graph-client'
import { accountId, type Account } from '../../core/account'
import { SyncError } from '../../errors'
import { graphRefused, type Log } from '../../log'
import type { Meter } from '../../ports/side'
import type { AccessTokens } from '../../ports/systems'
import { withCount, withTimeout, withWholeBody, type Fetch } from '../http/fetch'
import type { InFlight } from '../http/in-flight'
import { TIMEOUT_MS, withShortRetry } from '../http/retry'
import { errorCode, graphError, type Concern } from './errors'
import { addressed, authorized, CallOptions, transport } from './middleware'
import { createThrottling } from './throttling'

/** A longer wait is not for this process (DESIGN 4). */
export const LONGEST_WAIT_MS = 5000
const REPEATS = 3

/** On every call alike: mixing both forms of ids makes mappings miss (contract section 2). */
const PREFER = ['IdType="ImmutableId"', 'outlook.timezone="UTC"']

export const preferHeader = (more: readonly string[] = []): string =>
  [...PREFER, ...more].join(', ')

interface GraphCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Below the root, starting with `/`, or a link of an answer. */
  readonly path: string
  readonly body?: object
  /** `Prefer` values besides the usual ones. */
  readonly prefer?: readonly string[]
  /** Version to insist on; empty = none. */
  readonly ifMatch?: string
  /** A POST that is harmless when it is sent twice; GET and DELETE always are. */
  readonly repeatable?: boolean
  /** For a batch: its parts, which are what counts. */
  readonly parts?: number
}

export interface GraphAnswer {
  readonly status: number
  /** Parsed JSON; undefined = empty or not JSON (G-70). */
  readonly body: unknown
  readonly header: (name: string) => string | null
}

/** Graph as one account sees it. */
export interface GraphClient {
  /** Any answer resolves; rejects with `SyncError` when there is none or the sign-in fails. */
  send(call: GraphCall): Promise<GraphAnswer>
  /** The same, but an answer that is no success rejects as `graphError` says. */
  ask(call: GraphCall, concern: Concern): Promise<GraphAnswer>
  /** What an answer that is no success means. */
  failure(answer: GraphAnswer, concern: Concern): Error
  /** Waits in this process. */
  pause(ms: number): Promise<void>
  /** Whether a link may be followed: tokens go to the configured origin only. */
  owns(link: string): boolean
  readonly meter: Meter
}

interface ClientDeps {
  /** With version, without a trailing slash. */
  readonly graphUrl: string
  readonly tokens: AccessTokens
  readonly sleep: (ms: number) => Promise<void>
  readonly now: () => number
  readonly log: Log
}

interface ClientOf {
  readonly account: Account
  /** Names the mailbox for limits that all its clients share. */
  readonly mailbox: string
  readonly meter: Meter
  readonly inFlight: InFlight
}

const plainFetch: Fetch = (url, init) => fetch(url, init)

/** `@microsoft/microsoft-graph-client` with our own chain (DESIGN 9): the stock one waits for minutes, repeats POST, drops tokens. */
export function createClients(deps: ClientDeps): (of: ClientOf) => GraphClient {
  const root = deps.graphUrl.replace(/\/+$/, '')
  const origin = new URL(root).origin
  const throttling = createThrottling()
  return ({ account, mailbox, meter, inFlight }) => {
    const timed = withWholeBody(withTimeout(plainFetch, TIMEOUT_MS))
    const limited: Fetch = (url, init) => inFlight(mailbox, () => timed(url, init))
    const fetchFor = (options: CallOptions): Fetch =>
      withShortRetry(
        withCount(limited, () => {
          meter.microsoft += options.parts
        }),
        {
          repeats: REPEATS,
          longestWaitMs: LONGEST_WAIT_MS,
          repeatable: () => options.repeatable,
          sleep: deps.sleep,
          now: deps.now,
        },
      )
    const client = Client.initWithMiddleware({
      baseUrl: `${root}/`,
      middleware: [addressed(), authorized(origin, deps.tokens, account), transport(fetchFor)],
    })

    async function send(call: GraphCall): Promise<GraphAnswer> {
      const url = call.path.startsWith('/') ? `${root}${call.path}` : call.path
      const repeatable = call.repeatable ?? (call.method === 'GET' || call.method === 'DELETE')
      const clientRequestId = randomUUID()
      const options = new CallOptions(url, repeatable, call.parts ?? 1)
      const request = client
        .api('')
        .responseType(ResponseType.RAW)
        .middlewareOptions([options])
        .headers({
          Prefer: preferHeader(call.prefer),
          'client-request-id': clientRequestId,
          ...(call.ifMatch ? { 'If-Match': call.ifMatch } : {}),
        })
      try {
        const response = (await perform(request, call)) as Response
        const answer = { status: response.status, body: parsed(await response.text()) }
        const header = (name: string): string | null => response.headers.get(name)
        throttling.note(mailbox, answer.status)
        const whole = { ...answer, header }
        // Gone is an answer like any other: most proofs of a deletion end with it.
        if (answer.status >= 400 && answer.status !== 404 && answer.status !== 410)
          graphRefused(deps.log, {
            account: accountId(account),
            method: call.method,
            status: answer.status,
            code: errorCode(answer),
            clientRequestId,
            requestId: header('request-id'),
            date: header('date'),
            diagnostic: header('x-ms-ags-diagnostic'),
          })
        return whole
      } catch (error) {
        throw unreachable(options.thrown ?? error, call)
      }
    }

    const failure = (answer: GraphAnswer, concern: Concern): Error =>
      graphError(answer, concern, {
        now: deps.now(),
        unnamedWaitMs: throttling.unnamedWaitMs(mailbox),
      })

    async function ask(call: GraphCall, concern: Concern): Promise<GraphAnswer> {
      const answer = await send(call)
      if (answer.status >= 200 && answer.status < 300) return answer
      throw failure(answer, concern)
    }

    const owns = (link: string): boolean => URL.canParse(link) && new URL(link).origin === origin

    return { send, ask, failure, pause: deps.sleep, owns, meter }
  }
}

type Request = ReturnType<Client['api']>

function perform(request: Request, call: GraphCall): Promise<unknown> {
  switch (call.method) {
    case 'GET':
      return request.get()
    case 'POST':
      return request.post(call.body)
    case 'PATCH':
      return request.patch(call.body)
    case 'DELETE':
      return request.delete()
  }
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** No answer at all. The library wraps what the chain throws; ours comes through. */
function unreachable(cause: unknown, call: GraphCall): Error {
  if (cause instanceof SyncError) return cause
  return new SyncError({
    code: 'microsoft-unreachable',
    // A write may have happened: that item is read again, the others go on.
    scope: call.method === 'GET' || call.parts !== undefined ? 'account' : 'item',
    side: 'microsoft',
    transient: true,
    cause,
  })
}
