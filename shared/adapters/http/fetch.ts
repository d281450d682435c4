/** What `fetch` is to the adapters: behaviours stack as fetch → fetch. Network failures reject, answers of any status resolve. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Gives up after `timeoutMs`, body included, with a `TimeoutError` (DOMException). */
export const withTimeout =
  (fetch: Fetch, timeoutMs: number): Fetch =>
  (url, init) =>
    fetch(url, {
      ...init,
      signal: init.signal
        ? AbortSignal.any([init.signal, AbortSignal.timeout(timeoutMs)])
        : AbortSignal.timeout(timeoutMs),
    })

/** Calls `count` once for every request that leaves, repeats included. */
export const withCount =
  (fetch: Fetch, count: () => void): Fetch =>
  (url, init) => {
    count()
    return fetch(url, init)
  }

/** Statuses whose answers have no body at all (Fetch standard, "null body status"). */
const NO_BODY = new Set([204, 205, 304])

/** Reads the body before it resolves, so that a cut answer rejects here, where it can be repeated. */
export const withWholeBody =
  (fetch: Fetch): Fetch =>
  async (url, init) => {
    const response = await fetch(url, init)
    const text = await response.text()
    return new Response(NO_BODY.has(response.status) ? null : text, {
      status: response.status,
      headers: response.headers,
    })
  }
