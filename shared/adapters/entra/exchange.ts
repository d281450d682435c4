import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node'

/** What the token endpoint really answered; MSAL's own errors tell less (no status, no Retry-After). */
export interface Exchange {
  /** null = no answer came. */
  status: number | null
  retryAfter: string | null
  /** The JSON body; {} if it was none. */
  body: Record<string, unknown>
  cause?: unknown
}

/**
 * The network of one MSAL client: `fetch` with a time limit, which MSAL's own client lacks for the token endpoint. `last` holds the
 * latest answer, null before the first call.
 */
export function createExchangeNetwork(timeoutMs: number): {
  network: INetworkModule
  last(): Exchange | null
} {
  let last: Exchange | null = null

  async function send<T>(
    method: 'GET' | 'POST',
    url: string,
    options: NetworkRequestOptions = {},
  ): Promise<NetworkResponse<T>> {
    let response: Response
    let text: string
    try {
      response = await fetch(url, {
        method,
        headers: options.headers ?? {},
        ...(method === 'POST' ? { body: options.body ?? '' } : {}),
        // The client secret goes nowhere but to the configured endpoint.
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      })
      text = await response.text()
    } catch (cause) {
      last = { status: null, retryAfter: null, body: {}, cause }
      throw cause
    }
    const body = parsed(text)
    last = {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      body: body ?? {},
    }
    // MSAL reads `error` off the body: a gateway's page must not pass for an answer.
    if (body === null) throw new Error('the answer is no JSON object')
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: body as T,
    }
  }

  return {
    network: {
      sendGetRequestAsync: <T>(url: string, options?: NetworkRequestOptions) =>
        send<T>('GET', url, options),
      sendPostRequestAsync: <T>(url: string, options?: NetworkRequestOptions) =>
        send<T>('POST', url, options),
    },
    last: () => last,
  }
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
