import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(__dirname, '../../..')
const START = join(ROOT, 'dist/local/start.js')

/** What was built is what runs; a fresh clone has nothing yet. */
export function buildIfMissing(): void {
  if (existsSync(START) && existsSync(join(ROOT, 'dist/app/main.js'))) return
  execFileSync(process.execPath, [join(ROOT, 'build.js')], { cwd: ROOT })
}

/** `npm start` as a process of its own. */
export interface Running {
  readonly child: ChildProcess
  output(): string
  errors(): string
  /** Resolves with the first match in what is printed; rejects when the process ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  readonly exited: Promise<number | null>
}

export function runStart(args: string[], environment: Record<string, string>): Running {
  let output = ''
  let errors = ''
  // Settings of the machine that runs the tests are not meant.
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, [START, ...args], {
    env: { ...(PATH ? { PATH } : {}), ...(HOME ? { HOME } : {}), LOCAL_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const waiting = new Set<() => void>()
  const told = (): void => {
    for (const look of waiting) look()
  }
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString()
    told()
  })
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString()
  })
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code))
  })
  return {
    child,
    output: () => output,
    errors: () => errors,
    exited,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(output)
          if (!match) return
          waiting.delete(look)
          resolve(match)
        }
        waiting.add(look)
        look()
        void exited.then(() => reject(new Error(`it ended without ${pattern}: ${output}${errors}`)))
      }),
  }
}
