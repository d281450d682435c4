/**
 * What passes between a Functions host and `@azure/functions` 4.16 (its side is in the library's
 * `converters/`, `InvocationModel.ts` and `ProgrammingModel.ts`; the declaring package is not published).
 */

export interface RpcTypedData {
  string?: string
  json?: string
  bytes?: Uint8Array
  int?: number
  double?: number
  http?: RpcHttpData
}

export interface RpcHttpData {
  method?: string
  url?: string
  /** Lower-cased names. */
  nullableHeaders?: Record<string, { value: string }>
  nullableQuery?: Record<string, { value: string }>
  nullableParams?: Record<string, { value: string }>
  headers?: Record<string, string>
  body?: RpcTypedData | null
  statusCode?: string
  cookies?: RpcHttpCookie[]
}

export interface RpcHttpCookie {
  name?: string
  value?: string
  domain?: { value: string } | undefined
  path?: { value: string } | undefined
  expires?: { value: { seconds: number } } | undefined
  secure?: { value: boolean } | undefined
  httpOnly?: { value: boolean } | undefined
  sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone'
  maxAge?: { value: number } | undefined
}

export interface Binding {
  type: string
  direction: 'in' | 'out'
  name?: string
  [property: string]: unknown
}

export interface FunctionMetadata {
  name: string
  bindings: Record<string, Binding>
}

export type FunctionCallback = (...args: unknown[]) => unknown
export type HookCallback = (context: Record<string, unknown>) => unknown
export type HookName =
  'appStart' | 'appTerminate' | 'preInvocation' | 'postInvocation' | 'log' | (string & {})
export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none'

/** One call in RPC form: the trigger's value by binding name, and what the trigger knows besides. */
export interface RpcRequest {
  inputData: { name: string; data: RpcTypedData }[]
  triggerMetadata: Record<string, RpcTypedData>
}

export interface RpcResponse {
  returnValue?: RpcTypedData | null
  outputData?: { name: string; data: RpcTypedData }[]
}

export interface CoreInvocation {
  invocationId: string
  request: RpcRequest
  metadata: FunctionMetadata
  state?: 'preInvocationHooks' | 'postInvocationHooks' | undefined
  log(level: LogLevel, category: string, message: string): void
}

export interface InvocationModel {
  getArguments(): Promise<{ context: object; inputs: unknown[] }>
  invokeFunction(context: object, inputs: unknown[], callback: FunctionCallback): Promise<unknown>
  getResponse(context: object, result: unknown): Promise<RpcResponse>
}

export interface ProgrammingModel {
  name: string
  version: string
  getInvocationModel(invocation: CoreInvocation): InvocationModel
}

/** The side of a host that the library calls. */
export interface CoreHost {
  registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): void
  /** Returns what takes the hook away again. */
  registerHook(name: HookName, callback: HookCallback): () => void
  log(level: LogLevel, category: string, message: string): void
}
