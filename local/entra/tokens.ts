import { randomBytes } from 'node:crypto'
import { sameName, type Directory, type EntraUser } from './model'

/** A code or token that was handed out. Times are milliseconds on the stand-in's clock. */
export interface Issued {
  kind: 'code' | 'access' | 'refresh'
  token: string
  /** null = the application itself (client credentials). */
  user: EntraUser | null
  tenantId: string
  clientId: string
  /** Graph scopes without prefix. */
  scopes: string[]
  /** OpenID Connect scopes that were asked for. */
  oidc: string[]
  issuedAt: number
  expiresAt: number
  revoked: boolean
  uses: number
  /** What the protocol core knows this grant by (refresh tokens only). */
  core: string
}

export type Verified = { mailbox: string; scopes: string[] } | { error: 'expired' | 'invalid' }

/** The list of everything issued, judged on the stand-in's clock. */
export interface Tokens {
  all: Issued[]
  add(issued: Omit<Issued, 'issuedAt' | 'revoked' | 'uses' | 'token'> & { token?: string }): Issued
  find(kind: Issued['kind'], token: string): Issued | undefined
  verify(bearer: string): Verified
  /** Ends what a user holds: refresh tokens, and access tokens too if asked. */
  revoke(upn: string, options?: { access?: boolean }): void
  /** Lets tokens of a user run out now. */
  expire(upn: string, kind: 'access' | 'refresh'): void
}

export function createTokens(directory: Directory): Tokens {
  const all: Issued[] = []
  const index = new Map<string, Issued>()
  const of = (upn: string, kind: Issued['kind']) =>
    all.filter((one) => one.kind === kind && one.user !== null && sameName(one.user.upn, upn))
  const find = (kind: Issued['kind'], token: string) => {
    const issued = index.get(token)
    return issued?.kind === kind ? issued : undefined
  }
  return {
    all,
    find,
    add(given) {
      const issued: Issued = {
        // Refresh tokens of Entra hold dots, dashes and underscores and are more than a thousand characters long.
        token: `${given.kind === 'refresh' ? '1.' : ''}${randomBytes(given.kind === 'refresh' ? 900 : 600).toString('base64url')}`,
        ...given,
        issuedAt: directory.now(),
        revoked: false,
        uses: 0,
      }
      all.push(issued)
      index.set(issued.token, issued)
      return issued
    },
    verify(bearer) {
      const issued = find('access', bearer)
      if (issued?.user == null || issued.revoked) return { error: 'invalid' }
      if (issued.expiresAt <= directory.now()) return { error: 'expired' }
      issued.uses += 1
      return { mailbox: issued.user.upn, scopes: issued.scopes }
    },
    revoke(upn, options = {}) {
      for (const issued of of(upn, 'refresh')) issued.revoked = true
      if (options.access === true) for (const issued of of(upn, 'access')) issued.revoked = true
    },
    expire(upn, kind) {
      for (const issued of of(upn, kind))
        issued.expiresAt = Math.min(issued.expiresAt, directory.now())
    },
  }
}
