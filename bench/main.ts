import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { CROWD_HEADER, crowdRows } from './accounts'
import { taskRows } from './tasks'
import { startWorld, type Figures, type User, type World } from './world'

const COUNT = 1000
const DAY = 86_400_000

const TODAY = Date.now()

const at = (index: number): { start: string; end: string } => {
  const start = TODAY + DAY + (index % 300) * DAY + (index % 9) * 3_600_000
  const text = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16)}:00`
  return { start: text(start), end: text(start + 3_600_000) }
}

const graphEvent = (index: number) => ({
  subject: `Outlook ${String(index)}`,
  body: { contentType: 'html', content: `<p>Agenda of meeting ${String(index)}</p>` },
  start: { dateTime: at(index).start, timeZone: 'UTC' },
  end: { dateTime: at(index).end, timeZone: 'UTC' },
})

const oroEvent = (calendarId: number) => (index: number) => ({
  calendarId,
  title: `Oro ${String(index)}`,
  description: `<p>Agenda of meeting ${String(index)}</p>`,
  start: `${at(index).start}Z`,
  end: `${at(index).end}Z`,
})

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

interface Row {
  readonly name: string
  readonly bar: string
  readonly figures: Figures
}

function print(rows: readonly Row[]): void {
  const header = ['work', 'Graph', 'Oro', 'writes', 'wall ms', 'CPU ms', 'problems', 'bar']
  const lines = rows.map(({ name, bar, figures }) => [
    name,
    String(figures.microsoft),
    String(figures.oro),
    String(figures.writes),
    figures.wallMs.toFixed(0),
    figures.cpuMs.toFixed(1),
    String(figures.problems),
    bar,
  ])
  printTable(header, lines)
}

function printTable(header: readonly string[], lines: readonly (readonly string[])[]): void {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => (line[column] ?? '').length)),
  )
  const show = (line: readonly string[]): string =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  console.log(show(header))
  console.log(show(widths.map((width) => '-'.repeat(width))))
  for (const line of lines) console.log(show(line))
}

/** The same number of creates by a bare client, four in flight: what the way to Oro costs without any product. */
async function baseline(world: World): Promise<Figures> {
  const user = await world.user()
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'bench',
    client_secret: 'bench',
  })
  const token = (await (
    await fetch(`${world.oroUrl}/oauth2-token`, { method: 'POST', body: form })
  ).json()) as {
    access_token: string
  }
  const queue = range(COUNT)
  const cpu = process.cpuUsage()
  const started = performance.now()
  const worker = async (): Promise<void> => {
    for (let index = queue.pop(); index !== undefined; index = queue.pop()) {
      const { start, end } = at(index)
      const response = await fetch(`${world.oroUrl}/api/rest/latest/calendarevents.json`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token.access_token}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({
          calendar: user.calendarId,
          title: 'x',
          start: `${start}Z`,
          end: `${end}Z`,
        }),
      })
      await response.text()
    }
  }
  await Promise.all(range(4).map(worker))
  const used = process.cpuUsage(cpu)
  return {
    wallMs: performance.now() - started,
    cpuMs: (used.user + used.system) / 1000,
    microsoft: 0,
    oro: COUNT,
    writes: COUNT,
    problems: 0,
  }
}

async function calendarRows(world: World): Promise<Row[]> {
  const rows: Row[] = []
  const add = (name: string, bar: string, figures: Figures): void => {
    rows.push({ name, bar, figures })
  }
  add(`baseline: ${String(COUNT)} bare POSTs to Oro`, '', await baseline(world))

  const imported: User = await world.user()
  const ids = await world.ask<string[]>(
    'graph',
    'seedEvents',
    imported.upn,
    range(COUNT).map(graphEvent),
  )
  add(
    `first sync, ${String(COUNT)} Outlook events`,
    '≤ 21 Graph reads, < 2000 ms',
    await world.run(imported, 'first'),
  )
  await world.later(60)
  await world.run(imported, 'interval')
  await world.later(60)
  add(
    'run without change',
    '1 Graph, ≤ 1 Oro, 0 writes, < 10 ms CPU',
    await median(() => world.run(imported, 'interval')),
  )
  for (const id of ids.slice(0, 100)) {
    await world.ask('graph', 'updateEvent', imported.upn, id, {
      subject: `Changed ${id.slice(-6)}`,
    })
  }
  add(
    '100 of 1,000 changed in Outlook',
    '≤ 3 Graph reads, 1 write each (+ 1 list per 100)',
    await world.run(imported, 'interval'),
  )
  await world.ask('graph', 'loseSyncState', imported.upn)
  add(
    'delta link lost (410), nothing changed',
    '0 writes, reads as a first sync',
    await world.run(imported, 'interval'),
  )

  const exported: User = await world.user()
  const { events } = await world.ask<{ events: number[] }>('oro', 'seed', {
    events: range(COUNT).map(oroEvent(exported.calendarId)),
  })
  add(`first sync, ${String(COUNT)} Oro events`, '1 write each', await world.run(exported, 'first'))
  await world.later(60)
  await world.run(exported, 'interval')
  await world.later(60)
  for (const id of events.slice(0, 100))
    await world.ask('oro', 'update', id, { title: `Changed ${String(id)}` })
  add('100 of 1,000 changed in Oro', '1 write each', await world.run(exported, 'interval'))

  const lost: User = await world.user()
  await world.ask('oro', 'seed', { events: [oroEvent(lost.calendarId)(1)] })
  await world.ask('faults', 'add', { method: 'POST', path: '/events$', drop: 'after', times: 1 })
  const figures = await world.run(lost, 'first')
  const state = await world.ask<{ events: unknown[] }>('graph', 'state', lost.upn)
  add(
    `answer of a create lost: ${String(state.events.length)} item in Outlook`,
    'exactly one item',
    figures,
  )
  await taskRows(world, add, median)
  return rows
}

async function median(work: () => Promise<Figures>): Promise<Figures> {
  const all: Figures[] = []
  for (let count = 0; count < 7; count += 1) all.push(await work())
  return all.sort((a, b) => a.cpuMs - b.cpuMs)[3] as Figures
}

function coldStart(): void {
  const bundle = join(__dirname, '..', 'app', 'main.js')
  const script = `const Module=require('node:module');const load=Module._load;
Module._load=(name,...rest)=>name==='@azure/functions-core'?{version:'',hostVersion:'',registerFunction(){return{dispose(){}}},setProgrammingModel(){},getProgrammingModel(){},registerHook(){return{dispose(){}}},log(){},Disposable:class{}}:load(name,...rest);
const from=performance.now();require(${JSON.stringify(bundle)});console.log(performance.now()-from)`
  const times = range(7)
    .map(() => Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })))
    .sort((a, b) => a - b)
  console.log(`\nBundle load, median of 7: ${(times[3] ?? 0).toFixed(0)} ms (bar: < 300 ms)`)
}

async function main(): Promise<void> {
  const world = await startWorld()
  try {
    print(await calendarRows(world))
  } finally {
    world.stop()
  }
  console.log('')
  const crowds = await crowdRows()
  printTable(
    ['100,000 accounts, calendar and tasks, every 15 min', ...CROWD_HEADER, 'bar'],
    crowds.map(({ name, bar, cells }) => [name, ...cells, bar]),
  )
  coldStart()
}

void main()
