import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { graphError, type Concern } from '../../../shared/adapters/graph/errors'
import { CursorExpired, SyncError } from '../../../shared/errors'

const recorded = (name: string): unknown =>
  JSON.parse(
    readFileSync(join(__dirname, '../../payloads/graph/constructed', `error-${name}.json`), 'utf8'),
  )

const failure = (
  status: number,
  body: unknown,
  concern: Concern = 'item',
  headers: Record<string, string> = {},
) =>
  graphError({ status, body, header: (name) => headers[name] ?? null }, concern, {
    now: 0,
    unnamedWaitMs: 30_000,
  })

const evidence = (error: SyncError | CursorExpired) => {
  if (!(error instanceof SyncError)) throw error
  const { code, scope, transient } = error.evidence
  return { code, scope, transient }
}

describe('a failure of Graph', () => {
  it.each([
    [400, '400-occurrence-crossing', 'item', 'refused-value', 'item', false],
    [401, '401-expired', 'item', 'token', 'account', false],
    [403, '403-access-denied', 'item', 'access', 'item', false],
    [403, '403-access-denied', 'account', 'access', 'account', false],
    [404, '404-item-not-found', 'item', 'item-failed', 'item', true],
    [404, '404-item-not-found', 'delta', 'container-gone', 'container', false],
    [404, '404-item-not-found', 'account', 'mailbox', 'account', false],
    [412, '412-etag', 'item', 'item-failed', 'item', true],
    [412, '412-etag', 'delta', 'microsoft-unreachable', 'account', true],
    [429, '429-application-throttled', 'item', 'throttled', 'account', true],
    [503, '503', 'item', 'microsoft-unreachable', 'item', true],
    [503, '503', 'delta', 'microsoft-unreachable', 'account', true],
  ] as const)('%s %s about the %s is %s', (status, name, concern, code, scope, transient) => {
    expect(evidence(failure(status, recorded(name), concern))).toEqual({ code, scope, transient })
  })

  it('is decided by its status when there is no body to read', () => {
    expect(evidence(failure(404, undefined, 'delta'))).toMatchObject({ code: 'container-gone' })
    expect(evidence(failure(500, undefined))).toMatchObject({ code: 'item-failed' })
    expect(failure(410, undefined, 'delta')).toBeInstanceOf(CursorExpired)
  })

  it.each(['resyncRequired', 'syncStateNotFound'])('means a lost cursor: %s', (code) => {
    const body = recorded(`410-${code}`)
    expect(failure(410, body, 'delta')).toBeInstanceOf(CursorExpired)
    expect(failure(400, body, 'delta')).toBeInstanceOf(CursorExpired)
    expect(failure(400, body, 'item')).not.toBeInstanceOf(CursorExpired)
  })

  it('names the wait, or the one to keep when none is named', () => {
    const body = recorded('429-application-throttled')
    expect(failure(429, body, 'item', { 'retry-after': '7' })).toMatchObject({
      evidence: { retryAfterMs: 7000 },
    })
    expect(failure(429, body)).toMatchObject({ evidence: { retryAfterMs: 30_000 } })
  })

  it('says that saving clashed, whichever status it comes with', () => {
    const body = { error: { code: 'ConcurrentItemSave', message: '' } }
    for (const status of [409, 503]) {
      expect(evidence(failure(status, body))).toEqual({
        code: 'item-failed',
        scope: 'item',
        transient: true,
      })
    }
  })

  it('carries the claims of a challenge', () => {
    const challenge = 'Bearer realm="", error="insufficient_claims", claims="eyJhIjoxfQ=="'
    const body = recorded('401-claims-challenge')
    expect(failure(401, body, 'item', { 'www-authenticate': challenge })).toMatchObject({
      evidence: { claims: 'eyJhIjoxfQ==' },
    })
  })
})
