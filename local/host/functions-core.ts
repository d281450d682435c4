import type {
  CoreHost,
  FunctionCallback,
  FunctionMetadata,
  HookCallback,
  HookName,
  LogLevel,
  ProgrammingModel,
} from './core-types'

/**
 * Stands for `@azure/functions-core`, the module by which `@azure/functions` finds its host. In plain Node it is given
 * out by `provideFunctionsCore`, in jest by `moduleNameMapper`. The state sits on a global symbol: several copies of
 * this module and of the library (bundle, tests) meet the same host. The library announces its model once per
 * process, so the model outlives a host.
 */
interface Core {
  host?: CoreHost | undefined
  model?: ProgrammingModel
}

const CORE = Symbol.for('local/host/functions-core')
const scope = globalThis as { [CORE]?: Core }
const core: Core = scope[CORE] ?? {}
scope[CORE] = core

/** Versions as a current host states them; the library compares none. */
export const version = '3.12.0'
export const hostVersion = '4.1040.0'

/** Makes `host` the one that registrations, hooks and worker logs reach. */
export function attachHost(host: CoreHost): void {
  core.host = host
}

/** Does nothing when another host has taken over. */
export function detachHost(host: CoreHost): void {
  if (core.host === host) core.host = undefined
}

export class Disposable {
  #callOnDispose: (() => void) | undefined

  constructor(callOnDispose: () => void) {
    this.#callOnDispose = callOnDispose
  }

  dispose(): void {
    this.#callOnDispose?.()
    this.#callOnDispose = undefined
  }
}

export function registerFunction(
  metadata: FunctionMetadata,
  callback: FunctionCallback,
): Disposable {
  attached(`register function "${metadata.name}"`).registerFunction(metadata, callback)
  return new Disposable(() => {
    throw new Error('A function cannot be taken away once it is registered.')
  })
}

export function registerHook(name: HookName, callback: HookCallback): Disposable {
  return new Disposable(attached(`register the ${name} hook`).registerHook(name, callback))
}

export function setProgrammingModel(model: ProgrammingModel): void {
  core.model = model
}

export function getProgrammingModel(): ProgrammingModel {
  if (core.model === undefined) {
    throw new Error('No programming model: @azure/functions has registered nothing yet.')
  }
  return core.model
}

export function log(level: LogLevel, category: string, message: string): void {
  core.host?.log(level, category, message)
}

function attached(wish: string): CoreHost {
  if (core.host === undefined) throw new Error(`Cannot ${wish}: no host is loading functions.`)
  return core.host
}
