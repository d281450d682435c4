import Module from 'node:module'
import * as functionsCore from './functions-core'

type Load = (request: string, parent: unknown, isMain: boolean) => unknown

/**
 * Answers `require('@azure/functions-core')` in plain Node, as the Functions worker does. To be called before the
 * deployed bundle is required. Has no effect within jest, which resolves modules itself (`moduleNameMapper`).
 */
export function provideFunctionsCore(): void {
  const loader = Module as unknown as { _load: Load }
  const load = loader._load
  loader._load = (request, parent, isMain) =>
    request === '@azure/functions-core' ? functionsCore : load(request, parent, isMain)
}
