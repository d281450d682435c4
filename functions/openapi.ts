import { openApiDocument } from './http/openapi'
import { route } from './http/route'

let made: unknown

/** `GET /openapi.json`, made at the first call: the schemas are at hand, and the cold start does not pay for it. */
export function declareOpenApiRoutes(): void {
  route({
    name: 'openapi',
    method: 'GET',
    path: 'openapi.json',
    summary: 'This document',
    answer: { status: 200, is: 'openApi' },
    handle: () => Promise.resolve({ status: 200, body: (made ??= openApiDocument()) }),
  })
}
