import { createMovableClock, type MovableClock } from '../../../local/clock/movable-clock'
import { createHost, type Host, type HostOptions } from '../../../local/host/host'

export const FUNCTION_KEY = 'sample-function-key'
export const START = new Date('2026-03-02T08:00:30Z')

export interface RunningHost {
  host: Host
  clock: MovableClock
  url: string
  /** A path below the root, with the function key unless headers are given. */
  call(path: string, init?: RequestInit): Promise<Response>
  /** `PUT /_local/clock`. */
  move(wish: { now: string } | { advance: number | string }): Promise<Response>
}

const open: Host[] = []

/** A host on a free port with a clock that starts at `START`; `stopHosts` ends it. */
export async function runHost(
  register: () => unknown,
  options: Partial<HostOptions> = {},
): Promise<RunningHost> {
  const clock = createMovableClock(START)
  const host = createHost({
    settings: {},
    hostJson: {},
    functionKey: FUNCTION_KEY,
    clock,
    ...options,
  })
  open.push(host)
  await host.load(register)
  const { url } = await host.listen(0)
  await host.start()
  const call: RunningHost['call'] = (path, init = {}) =>
    fetch(url + path, { headers: { 'x-functions-key': FUNCTION_KEY }, ...init })
  return {
    host,
    clock,
    url,
    call,
    move: (wish) => call('/_local/clock', { method: 'PUT', body: JSON.stringify(wish) }),
  }
}

export async function stopHosts(): Promise<void> {
  await Promise.all(open.splice(0).map((host) => host.stop()))
}

/** Something to wait for until a test opens it. */
export function createGate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}
