/** An answer of the product's HTTP interface. */
export interface ProductAnswer {
  readonly status: number
  readonly etag: string | null
  /** Parsed JSON; text where it is none. */
  readonly body: unknown
}

/** Calls the product as Oro's back office does: over HTTP, with the function key. `path` is below `/api`. */
export type Product = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<ProductAnswer>

export function createProduct(host: { url: string; functionKey: string }): Product {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${host.url}/api${path}`, {
      method,
      headers: {
        'x-functions-key': host.functionKey,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, etag: response.headers.get('etag'), body: parsed(text) }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
