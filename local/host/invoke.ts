import { randomUUID } from 'node:crypto'
import type {
  CoreInvocation,
  FunctionCallback,
  FunctionMetadata,
  HookCallback,
  HookName,
  RpcRequest,
  RpcResponse,
} from './core-types'
import { getProgrammingModel } from './functions-core'
import type { HostLog } from './log'

export interface RegisteredFunction {
  metadata: FunctionMetadata
  callback: FunctionCallback
}

export interface Hooks {
  add(name: HookName, callback: HookCallback): () => void
  /** One after the other, in order of registration; all see and may change the same context. */
  run(name: HookName, context: Record<string, unknown>): Promise<void>
  /** For log hooks, which are not awaited. */
  runNow(name: HookName, context: Record<string, unknown>): void
}

export function createHooks(): Hooks {
  const hooks = new Map<HookName, HookCallback[]>()
  const of = (name: HookName): HookCallback[] => hooks.get(name) ?? []
  return {
    add(name, callback) {
      hooks.set(name, [...of(name), callback])
      return () => {
        hooks.set(
          name,
          of(name).filter((other) => other !== callback),
        )
      }
    },
    async run(name, context) {
      for (const callback of of(name)) await callback(context)
    },
    runNow(name, context) {
      for (const callback of of(name)) callback(context)
    },
  }
}

/**
 * Runs one call the way the Node worker does: the library turns RPC data into arguments, pre-invocation hooks may
 * exchange inputs and handler, post-invocation hooks result and error, the library turns the result into RPC data.
 * @throws what the handler, a hook or a conversion threw; a line of level `error` is in the log
 */
export async function invoke(
  registered: RegisteredFunction,
  request: RpcRequest,
  deps: { hooks: Hooks; log: HostLog; reason: string },
): Promise<RpcResponse> {
  const { hooks, log } = deps
  const { metadata } = registered
  const invocationId = randomUUID()
  const category = `Function.${metadata.name}`
  let context: object | undefined
  const invocation: CoreInvocation = {
    invocationId,
    request,
    metadata,
    log(level, from, message) {
      const line = {
        level,
        message,
        category: from,
        invocationContext: context,
        hookData: {},
      }
      if (from === 'user') hooks.runNow('log', line)
      log.write(line.level, from === 'user' ? `${category}.User` : category, line.message, {
        invocationId,
      })
    },
  }
  const startedAt = performance.now()
  const ended = (outcome: string): string =>
    `Executed '${metadata.name}' (${outcome}, Id=${invocationId}, Duration=${(performance.now() - startedAt).toFixed(0)}ms)`
  log.write('information', category, `Executing '${metadata.name}' (Reason='${deps.reason}')`, {
    invocationId,
  })
  try {
    const model = getProgrammingModel().getInvocationModel(invocation)
    const given = await model.getArguments()
    context = given.context
    const hookData = {}
    const before = {
      hookData,
      inputs: given.inputs,
      invocationContext: context,
      functionCallback: registered.callback,
    }
    invocation.state = 'preInvocationHooks'
    await hooks.run('preInvocation', before)
    const after: Record<string, unknown> = { hookData, invocationContext: context }
    invocation.state = undefined
    try {
      after['result'] = await model.invokeFunction(context, before.inputs, before.functionCallback)
    } catch (error) {
      after['error'] = error
    }
    after['inputs'] = before.inputs
    invocation.state = 'postInvocationHooks'
    await hooks.run('postInvocation', after)
    if (after['error'] !== undefined) throw after['error'] as Error
    const response = await model.getResponse(context, after['result'])
    log.write('information', category, ended('Succeeded'), { invocationId })
    return response
  } catch (error) {
    const exception = error instanceof Error ? (error.stack ?? error.message) : String(error)
    log.write('error', category, ended('Failed'), { invocationId, exception })
    throw error
  }
}
