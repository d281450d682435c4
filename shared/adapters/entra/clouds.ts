import { SyncError } from '../../errors'

export type CloudName = 'global' | 'us-government' | 'us-government-dod' | 'china' | 'custom'

/** Where a cloud's endpoints are and what it lacks (graph/CONTRACT 14, G-71). */
interface CloudFacts {
  /** Origin of the sign-in, without a slash at its end. */
  readonly loginUrl: string
  /** Root of Graph without version; also the prefix of its scopes. */
  readonly graphUrl: string
  readonly toDo: boolean
  readonly toDoSubscriptions: boolean
}

const CLOUDS: Readonly<Record<Exclude<CloudName, 'custom'>, CloudFacts>> = {
  global: {
    loginUrl: 'https://login.microsoftonline.com',
    graphUrl: 'https://graph.microsoft.com',
    toDo: true,
    toDoSubscriptions: true,
  },
  'us-government': {
    loginUrl: 'https://login.microsoftonline.us',
    graphUrl: 'https://graph.microsoft.us',
    toDo: true,
    toDoSubscriptions: false,
  },
  'us-government-dod': {
    loginUrl: 'https://login.microsoftonline.us',
    graphUrl: 'https://dod-graph.microsoft.us',
    toDo: true,
    toDoSubscriptions: false,
  },
  // MSAL knows login.chinacloudapi.cn as an alias of this host and would replace it.
  china: {
    loginUrl: 'https://login.partner.microsoftonline.cn',
    graphUrl: 'https://microsoftgraph.chinacloudapi.cn',
    toDo: false,
    toDoSubscriptions: false,
  },
}

/** What MSAL is told about the place where it gets its tokens. */
export interface Authority {
  readonly authority: string
  readonly knownAuthorities: string[]
  /** OpenID configuration as JSON; absent = MSAL knows or asks. */
  readonly authorityMetadata?: string
}

export interface Cloud extends CloudFacts {
  readonly name: CloudName
  readonly tenantId: string
  /** Fails with a transient `microsoft-unreachable` or with `not-configured`; only success is remembered. */
  authority(): Promise<Authority>
}

export interface CloudConfig {
  readonly name: CloudName
  readonly tenantId: string
  /** Both are needed for `custom` and ignored otherwise. */
  readonly loginUrl?: string
  readonly graphUrl?: string
}

const TIMEOUT_MS = 15_000

/** The cloud of a configuration. Throws `not-configured` when `custom` lacks an address. */
export function resolveCloud(config: CloudConfig): Cloud {
  const { name, tenantId } = config
  if (name !== 'custom') {
    const facts = CLOUDS[name]
    const known: Authority = {
      authority: `${facts.loginUrl}/${tenantId}`,
      knownAuthorities: [new URL(facts.loginUrl).host],
    }
    return { ...facts, name, tenantId, authority: () => Promise.resolve(known) }
  }
  if (!config.loginUrl || !config.graphUrl)
    throw notConfigured('the custom cloud needs a login and a Graph address')
  const loginUrl = withoutSlash(config.loginUrl)
  let found: Promise<Authority> | undefined
  return {
    name,
    tenantId,
    loginUrl,
    graphUrl: withoutSlash(config.graphUrl),
    toDo: true,
    toDoSubscriptions: true,
    authority() {
      found ??= discover(loginUrl, tenantId).catch((error: unknown) => {
        found = undefined
        throw error
      })
      return found
    },
  }
}

/**
 * MSAL insists on an https authority, also where the real one is plain http on loopback. It is therefore given an https name and the
 * endpoints as metadata (graph/CONTRACT 14, G-66): the name is never called.
 */
async function discover(loginUrl: string, tenantId: string): Promise<Authority> {
  const { host, origin } = new URL(loginUrl)
  let response: Response
  let authorityMetadata: string
  try {
    response = await fetch(`${loginUrl}/${tenantId}/v2.0/.well-known/openid-configuration`, {
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    authorityMetadata = await response.text()
  } catch (cause) {
    throw unreachable({ cause })
  }
  if (response.status === 429 || response.status >= 500)
    throw unreachable({ status: response.status })
  if (!response.ok) throw notConfigured(`discovery answered ${String(response.status)}`)
  const fault = faultOf(authorityMetadata, origin)
  if (fault !== null) throw notConfigured(fault)
  return {
    authority: `https://${host}/${tenantId}`,
    knownAuthorities: [host],
    authorityMetadata,
  }
}

/** Endpoints elsewhere than on the configured origin would get the client secret. */
function faultOf(metadata: string, origin: string): string | null {
  let found: Record<string, unknown>
  try {
    found = JSON.parse(metadata) as Record<string, unknown>
  } catch {
    return 'the discovery document is not JSON'
  }
  for (const name of ['authorization_endpoint', 'token_endpoint']) {
    const value = found[name]
    if (typeof value !== 'string' || !URL.canParse(value) || new URL(value).origin !== origin)
      return `${name} of the discovery document is not on the configured origin`
  }
  return null
}

const withoutSlash = (url: string) => url.replace(/\/+$/, '')

const unreachable = (evidence: { status?: number; cause?: unknown }) =>
  new SyncError({
    ...evidence,
    code: 'microsoft-unreachable',
    scope: 'service',
    side: 'microsoft',
    transient: true,
  })

const notConfigured = (detail: string) =>
  new SyncError({
    code: 'not-configured',
    scope: 'service',
    side: 'microsoft',
    transient: false,
    detail,
  })
