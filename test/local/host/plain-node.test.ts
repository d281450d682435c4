import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { buildSync } from 'esbuild'

const root = resolve(__dirname, '../../..')

/** The app as it is deployed: the library inside, the host's module outside. */
const APP = `
import { app } from '@azure/functions'
app.http('hello', { authLevel: 'anonymous', handler: () => ({ body: 'from the bundle' }) })
app.timer('tick', { schedule: '0 * * * * *', handler: () => { console.log('ticked') } })
`

const START = `
import { createMovableClock } from ${JSON.stringify(join(root, 'local/clock/movable-clock'))}
import { createHost } from ${JSON.stringify(join(root, 'local/host/host'))}
import { provideFunctionsCore } from ${JSON.stringify(join(root, 'local/host/provide-functions-core'))}
const before = process.cpuUsage()
const clock = createMovableClock(new Date('2026-03-02T08:00:30Z'))
clock.install()
provideFunctionsCore()
const host = createHost({ settings: {}, hostJson: {}, functionKey: 'sample', clock })
const run = async () => {
  await host.load(() => require(process.argv[2]))
  const { url } = await host.listen(0)
  await host.start()
  const used = process.cpuUsage(before)
  const ms = (used.user + used.system) / 1000
  console.log(await (await fetch(url + '/api/hello')).text())
  await fetch(url + '/_local/clock', { method: 'PUT', body: '{"advance": 60}' })
  await host.stop()
  console.log(ms < 300 ? 'started in time' : 'needed ' + ms + ' ms')
}
void run()
`

describe('in plain Node', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plain-node-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })
  const bundle = (name: string, contents: string, external: string[]): string => {
    const outfile = join(folder, name)
    writeFileSync(join(folder, 'package.json'), '{}')
    buildSync({
      stdin: { contents, resolveDir: root, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      external,
      outfile,
      logLevel: 'error',
    })
    return outfile
  }

  it('a bundle that holds the library finds the host, needs less than 0.3 s of the processor to start and ends by itself when stopped', () => {
    const app = bundle('app.cjs', APP, ['@azure/functions-core'])
    const start = bundle('start.cjs', START, [])
    const output = execFileSync(process.execPath, [start, app], {
      encoding: 'utf8',
      timeout: 20_000,
    })
    expect(output.split('\n')).toEqual(['from the bundle', 'ticked', 'started in time', ''])
  })
})
