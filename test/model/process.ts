import type { Rows } from '../../shared/ports/rows'
import type { Queue } from '../../shared/ports/queue'
import type { SidePort } from '../../shared/ports/side'

/** The worker died: nothing it wanted to do afterwards happens. */
export class Killed extends Error {
  override name = 'Killed'
}

/** Something that happens while a worker works: at its `at`-th step or the first one after that is of this sort. */
export interface Interruption {
  readonly at: number
  readonly only?: 'rows' | 'side'
  act(): void | Promise<void>
}

/** One worker: every call it makes has two steps, before and after its effect, at which it may die or the world may move on. */
export interface Process {
  rows(rows: Rows): Rows
  side(port: SidePort): SidePort
  queue(queue: Queue): Queue
  kill(): never
  steps(): number
}

export function createProcess(
  plan: (process: Process) => readonly Interruption[] = () => [],
): Process {
  let steps = 0
  let dead = false

  async function step(sort: 'rows' | 'side'): Promise<void> {
    if (dead) throw new Killed()
    steps += 1
    const index = waiting.findIndex(
      (entry) => entry.at <= steps && (entry.only === undefined || entry.only === sort),
    )
    const [due] = index < 0 ? [] : waiting.splice(index, 1)
    await due?.act()
    if (dead) throw new Killed()
  }

  function watched<T extends object>(target: T, sort: 'rows' | 'side'): T {
    return new Proxy(target, {
      get(object, name, receiver) {
        const member: unknown = Reflect.get(object, name, receiver)
        if (typeof member !== 'function') return member
        return async (...args: unknown[]): Promise<unknown> => {
          await step(sort)
          let answer: unknown
          try {
            answer = await (member as (...given: unknown[]) => unknown).apply(object, args)
          } catch (error) {
            await step(sort)
            throw error
          }
          await step(sort)
          return answer
        }
      },
    })
  }

  const process: Process = {
    rows: (rows) => watched(rows, 'rows'),
    side: (port) => watched(port, 'side'),
    queue: (queue) => watched(queue, 'rows'),
    kill() {
      dead = true
      throw new Killed()
    },
    steps: () => steps,
  }
  const waiting = [...plan(process)]
  return process
}
