/** A person with a work account in one tenant. */
export interface EntraUser {
  /** Object id; absent in a seed = derived from the name. */
  oid: string
  /** User principal name: sign-in name and mailbox. */
  upn: string
  name: string
  tenantId: string
}

export interface EntraClient {
  clientId: string
  clientSecret: string
  redirectUris: string[]
  tenantId: string
}

export interface EntraTenant {
  /** Directory id, the `tid` of tokens. */
  id: string
  name: string
}

export interface EntraSeed {
  tenants: EntraTenant[]
  users: (Omit<EntraUser, 'oid'> & { oid?: string })[]
  clients: EntraClient[]
}

/** How the directory behaves; each can be set for everybody or for one user. */
export interface EntraSwitches {
  /** A request with a known `login_hint` is answered at once, without a page. */
  autoConsent: boolean
  /** The person refuses. */
  deny: boolean
  /** What is granted of the asked Graph scopes (G-67); null = all. */
  grantedScopes: string[] | null
  /** Only an administrator may consent; over once the tenant's administrator did. */
  adminConsentNeeded: boolean
  /** The administrator refuses. */
  denyAdminConsent: boolean
  /** The sign-in page cuts a pop-up off from its opener (Cross-Origin-Opener-Policy). */
  cutOpener: boolean
  /** Scopes of a token answer carry the Graph root as prefix. */
  prefixedScopes: boolean
  /** Claims of the id token that say something else than they should. */
  idTokenClaims: Readonly<Record<string, string>>
  /** Life of an access token in seconds (Entra: 60 to 90 minutes). */
  accessTokenSeconds: number
  /** Life of a refresh token in seconds since its issue (90 days for web clients). */
  refreshTokenSeconds: number
}

export const ORDINARY: EntraSwitches = {
  autoConsent: false,
  deny: false,
  grantedScopes: null,
  adminConsentNeeded: false,
  denyAdminConsent: false,
  cutOpener: false,
  prefixedScopes: false,
  idTokenClaims: {},
  accessTokenSeconds: 3600,
  refreshTokenSeconds: 90 * 86_400,
}

/** Everything the stand-in knows beyond the protocol core. */
export interface Directory {
  now: () => number
  tenants: EntraTenant[]
  users: EntraUser[]
  clients: EntraClient[]
  /** Root of Graph, prefix of its scopes. */
  readonly graphOrigin: string
  /** `{tenantId} {clientId}` for which an administrator has consented. */
  adminConsents: Set<string>
  switches(user?: EntraUser): EntraSwitches
}

export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

export function findUser(
  directory: Directory,
  tenantId: string,
  upn: string,
): EntraUser | undefined {
  return directory.users.find((user) => user.tenantId === tenantId && sameName(user.upn, upn))
}

const OIDC_SCOPES = new Set(['openid', 'profile', 'email', 'offline_access'])

/** Asked scopes, split in those of OpenID Connect and those of Graph without prefix. */
export function readScopes(directory: Directory, scope: string) {
  const asked = [...new Set(scope.split(' ').filter(Boolean))]
  const oidc = asked.filter((name) => OIDC_SCOPES.has(name))
  const prefix = `${directory.graphOrigin}/`
  const graph = asked
    .filter((name) => !OIDC_SCOPES.has(name))
    .map((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name))
  return { oidc, graph }
}
