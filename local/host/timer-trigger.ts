import type { RpcRequest } from './core-types'
import type { RegisteredFunction } from './invoke'
import { createSchedule, type Schedule } from './schedule'
import { resolveSettings } from './settings'
import type { HostServices, TriggerHandler } from './trigger'

export interface Timer {
  name: string
  /** Milliseconds on the movable clock; undefined = never again. */
  next: number | undefined
}

export interface TimerTrigger extends TriggerHandler {
  /** The earliest occurrence of a timer that is not running. */
  nextAt(): number | undefined
  /** What has become due by `at`, by time, then by name. */
  due(at: number): Timer[]
  /** Runs one due timer; a failure is in the log. Occurrences missed meanwhile are left out, as by the host. */
  fire(timer: Timer, at: number, isPastDue: boolean): Promise<void>
  /** Forgets what was due and counts from now on (the clock was put back). */
  replan(): void
}

interface RunningTimer extends Timer {
  registered: RegisteredFunction
  bindingName: string
  schedule: Schedule
  /** The host keeps no status of timers that come more often than once a minute. */
  monitored: boolean
  runOnStartup: boolean
  lastRun: number | undefined
  lastUpdated: number
  running: boolean
}

const NEVER_RUN = '0001-01-01T00:00:00'

export function createTimerTrigger(services: HostServices): TimerTrigger {
  const { now, settings, invoke } = services
  const timers: RunningTimer[] = []

  const payload = (timer: RunningTimer, isPastDue: boolean): RpcRequest => ({
    inputData: [
      {
        name: timer.bindingName,
        data: {
          json: JSON.stringify({
            Schedule: { AdjustForDST: true },
            ScheduleStatus: timer.monitored
              ? {
                  Last: timer.lastRun === undefined ? NEVER_RUN : dotNetTime(timer.lastRun),
                  LastUpdated: dotNetTime(timer.lastUpdated),
                  Next: timer.next === undefined ? NEVER_RUN : dotNetTime(timer.next),
                }
              : null,
            IsPastDue: isPastDue,
          }),
        },
      },
    ],
    triggerMetadata: {},
  })

  const trigger: TimerTrigger = {
    add(registered, bindingName, binding) {
      const given = String(binding['schedule'] ?? '')
      const schedule = named(given, () => createSchedule(resolveSettings(given, settings)))
      const first = schedule.next(now())
      const second = first === undefined ? undefined : schedule.next(first)
      timers.push({
        name: registered.metadata.name,
        registered,
        bindingName,
        schedule,
        monitored:
          binding['useMonitor'] !== false &&
          (first === undefined || second === undefined || second - first >= 60_000),
        runOnStartup: binding['runOnStartup'] === true,
        next: first,
        lastRun: undefined,
        lastUpdated: now(),
        running: false,
      })
    },
    start() {
      trigger.replan()
      for (const timer of timers) if (timer.runOnStartup) void trigger.fire(timer, now(), false)
    },
    manualRequest(name) {
      const timer = timers.find((one) => one.name === name)
      return timer === undefined ? { inputData: [], triggerMetadata: {} } : payload(timer, false)
    },
    nextAt() {
      const times = timers.flatMap((timer) =>
        timer.running || timer.next === undefined ? [] : [timer.next],
      )
      return times.length === 0 ? undefined : Math.min(...times)
    },
    due: (at) =>
      timers
        .filter((timer) => !timer.running && timer.next !== undefined && timer.next <= at)
        .sort((a, b) => (a.next ?? 0) - (b.next ?? 0) || (a.name < b.name ? -1 : 1)),
    async fire(due, at, isPastDue) {
      const timer = due as RunningTimer
      if (timer.running) return
      timer.running = true
      try {
        const request = payload(timer, isPastDue)
        await invoke(timer.registered, request, `Timer fired at ${dotNetTime(at)}`).catch(
          () => undefined,
        )
      } finally {
        timer.running = false
        timer.lastRun = at
        timer.lastUpdated = at
        timer.next = timer.schedule.next(Math.max(at, now()))
      }
    },
    replan() {
      for (const timer of timers) timer.next = timer.schedule.next(now())
    },
  }
  return trigger
}

/** A bad value is mended where it was given: at the setting. */
function named<T>(given: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new Error(`schedule ${given}: ${(error as Error).message}`, { cause: error })
  }
}

/** A local time as .NET serialises it where the local zone is UTC. */
function dotNetTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '+00:00')
}
