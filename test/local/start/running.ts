import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(__dirname, '../../..')
const START = join(ROOT, 'dist/local/start.js')

const SOURCES = ['functions', 'shared', 'web', 'local', 'build.js', 'host.json', 'package.json']

/** Time of the newest source, milliseconds. */
const changedAt = (path: string): number =>
  statSync(path).isDirectory()
    ? Math.max(0, ...readdirSync(path).map((name) => changedAt(join(path, name))))
    : statSync(path).mtimeMs

/** What was built is what runs; a fresh clone has nothing yet, and an edited one has something old. */
export function buildIfStale(): void {
  const built = [
    START,
    join(ROOT, 'dist/app/main.js'),
    join(ROOT, 'dist/local/demo/page/company.js'),
  ]
  const builtAt = built.map((file) => (existsSync(file) ? statSync(file).mtimeMs : 0))
  const sourcesAt = SOURCES.map((name) => changedAt(join(ROOT, name)))
  if (Math.min(...builtAt) > Math.max(...sourcesAt)) return
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
