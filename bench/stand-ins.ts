import { createMovableClock } from '../local/clock/movable-clock'
import { startGraph } from '../local/graph/start'
import { startOro } from '../local/oro/start'

/** Graph and Oro in a process of their own, so that their CPU time is not counted as the product's. Called over IPC. */
interface Call {
  readonly id: number
  readonly on: 'graph' | 'toDo' | 'oro' | 'oroTasks' | 'faults' | 'clock'
  readonly method: string
  readonly args: unknown[]
}

type Callable = Record<string, (...args: unknown[]) => unknown>

const CALM = { replays: false, emptyPages: 0, oversizedPages: false, touchAfterCreate: false }

async function main(): Promise<void> {
  const clock = createMovableClock()
  clock.install()
  const graph = await startGraph({
    verifyToken: (bearer) => ({
      mailbox: bearer,
      scopes: ['User.Read', 'Calendars.ReadWrite', 'Tasks.ReadWrite', 'MailboxSettings.Read'],
    }),
  })
  const oro = await startOro()
  for (const [name, value] of Object.entries(CALM))
    graph.setSwitch('*', name as 'replays', value as boolean)
  graph.keepLog(false)
  oro.keepLog(false)
  const nested = oro.events as unknown as Callable
  process.on('message', (call: Call) => {
    const targets = {
      graph,
      toDo: graph.toDo,
      oro: { ...oro, ...nested },
      oroTasks: oro.tasks,
      faults: graph.faults,
      clock,
    }
    const target = targets[call.on] as unknown as Callable
    const answer = target[call.method]?.(...call.args)
    process.send?.({ id: call.id, answer: answer ?? null })
  })
  process.send?.({ ready: { graph: graph.url, oro: oro.url } })
}

void main()
