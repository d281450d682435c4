import { copyFile, mkdir, mkdtemp, readFile, rm, watch } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TableClient, type TransactionAction } from '@azure/data-tables'
import { startStorage, type Storage } from '../../../local/storage/storage'

let storage: Storage
let tables = 0

beforeAll(async () => {
  storage = await startStorage()
})

afterEach(() => {
  storage.faults.clear()
})

afterAll(() => storage.stop())

async function newTable(): Promise<TableClient> {
  tables += 1
  const client = connect(storage, `table${String(tables)}`)
  await client.createTable()
  return client
}

function connect(where: Storage, table: string): TableClient {
  return TableClient.fromConnectionString(where.connectionString, table, {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  })
}

const row = (rowKey: string, value = 'v') => ({ partitionKey: 'p', rowKey, value })

describe('entities', () => {
  it('keeps what was inserted and refuses to insert it again', async () => {
    const client = await newTable()
    await client.createEntity(row('a'))
    expect(await client.getEntity('p', 'a')).toMatchObject({ value: 'v' })
    await expect(client.createEntity(row('a'))).rejects.toMatchObject({ statusCode: 409 })
    await expect(client.getEntity('p', 'b')).rejects.toMatchObject({ statusCode: 404 })
  })

  it('refuses an update whose ETag is old', async () => {
    const client = await newTable()
    const { etag } = await client.createEntity(row('a'))
    await client.updateEntity(row('a', 'new'), 'Merge', { etag: etag as string })
    await expect(
      client.updateEntity(row('a', 'late'), 'Merge', { etag: etag as string }),
    ).rejects.toMatchObject({ statusCode: 412 })
    expect(await client.getEntity('p', 'a')).toMatchObject({ value: 'new' })
  })

  it('rolls a whole transaction back when one ETag in it is old', async () => {
    const client = await newTable()
    const { etag } = await client.createEntity(row('run'))
    await client.updateEntity(row('run', 'other owner'), 'Replace')
    const commit: TransactionAction[] = [
      ['create', row('link')],
      ['update', row('run', 'mine'), 'Replace', { etag: etag as string }],
    ]
    await expect(client.submitTransaction(commit)).rejects.toMatchObject({ statusCode: 412 })
    await expect(client.getEntity('p', 'link')).rejects.toMatchObject({ statusCode: 404 })
    expect(await client.getEntity('p', 'run')).toMatchObject({ value: 'other owner' })
  })

  it('takes a transaction of 100 and lists more than a page of 1000', async () => {
    const client = await newTable()
    for (let batch = 0; batch < 11; batch += 1) {
      const actions = Array.from({ length: 100 }, (_, index): TransactionAction => [
        'create',
        row(`${String(batch)}-${String(index)}`),
      ])
      await client.submitTransaction(actions)
    }
    const pages: number[] = []
    for await (const page of client.listEntities().byPage()) pages.push(page.length)
    expect(pages).toEqual([1000, 100])
  })
})

describe('the clock', () => {
  it('accepts requests signed under a global Date that was moved ahead by days', async () => {
    const RealDate = globalThis.Date
    const ahead = 9 * 24 * 3_600_000
    class MovedDate extends RealDate {
      constructor(...args: [] | [number | string | Date]) {
        super(...((args.length === 0 ? [RealDate.now() + ahead] : args) as [number]))
      }
      static override now(): number {
        return RealDate.now() + ahead
      }
    }
    const client = await newTable()
    globalThis.Date = MovedDate as DateConstructor
    try {
      await client.createEntity(row('a'))
      const { timestamp } = await client.getEntity('p', 'a')
      expect(RealDate.parse(timestamp as string)).toBeGreaterThan(RealDate.now() + ahead / 2)
    } finally {
      globalThis.Date = RealDate
    }
    await client.createEntity(row('b'))
  })
})

describe('a folder', () => {
  it('holds what was answered a moment ago, so that a killed process loses nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'storage-'))
    const running = await startStorage({ folder })
    try {
      const table = connect(running, 'kept')
      await table.createTable()
      const saved = (async () => {
        for await (const { filename } of watch(folder))
          if (
            filename === 'tables.json' &&
            (await readFile(join(folder, filename), 'utf8')).includes('"kept-value"')
          )
            return
      })()
      const answeredAt = performance.now()
      await table.createEntity(row('a', 'kept-value'))
      await saved
      // Azurite by itself takes up to five seconds.
      expect(performance.now() - answeredAt).toBeLessThan(2000)
      const copy = join(folder, 'copy')
      await mkdir(copy)
      await copyFile(join(folder, 'tables.json'), join(copy, 'tables.json'))
      const after = await startStorage({ folder: copy })
      expect(await connect(after, 'kept').getEntity('p', 'a')).toMatchObject({
        value: 'kept-value',
      })
      await after.stop()
    } finally {
      await running.stop()
      await rm(folder, { recursive: true })
    }
  })

  it('keeps tables over a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'storage-'))
    try {
      const first = await startStorage({ folder: join(folder, 'data') })
      const before = connect(first, 'kept')
      await before.createTable()
      await before.createEntity(row('a', 'kept'))
      await first.stop()
      const second = await startStorage({ folder: join(folder, 'data') })
      expect(await connect(second, 'kept').getEntity('p', 'a')).toMatchObject({ value: 'kept' })
      await second.stop()
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('fault rules', () => {
  it('answers the chosen request with a status and stores nothing', async () => {
    const client = await newTable()
    storage.faults.add({ operation: 'insert', table: client.tableName, status: 503, skip: 1 })
    await client.createEntity(row('a'))
    await expect(client.createEntity(row('b'))).rejects.toMatchObject({ statusCode: 503 })
    await expect(client.getEntity('p', 'b')).rejects.toMatchObject({ statusCode: 404 })
    await client.createEntity(row('b'))
    expect(storage.faults.list()).toEqual([])
  })

  it('stores and then loses the answer', async () => {
    const client = await newTable()
    storage.faults.add({ operation: 'merge', drop: 'after' })
    await client.createEntity(row('a'))
    await expect(client.updateEntity(row('a', 'written'), 'Merge')).rejects.toMatchObject({
      code: 'ECONNRESET',
    })
    expect(await client.getEntity('p', 'a')).toMatchObject({ value: 'written' })
  })

  it('drops a read before it is answered', async () => {
    const client = await newTable()
    await client.createEntity(row('a'))
    storage.faults.add({ operation: 'get', drop: 'before' })
    await expect(client.getEntity('p', 'a')).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(await client.getEntity('p', 'a')).toMatchObject({ value: 'v' })
  })

  it('finds the table inside a transaction and leaves others alone', async () => {
    const [hit, spared] = [await newTable(), await newTable()]
    storage.faults.add({ operation: 'transaction', table: hit.tableName, drop: 'after', times: 0 })
    await spared.submitTransaction([['create', row('a')]])
    await expect(hit.submitTransaction([['create', row('a')]])).rejects.toMatchObject({
      code: 'ECONNRESET',
    })
    expect(await spared.getEntity('p', 'a')).toMatchObject({ value: 'v' })
    expect(await hit.getEntity('p', 'a')).toMatchObject({ value: 'v' })
  })

  it('names everything that is wrong with a rule', () => {
    const rule = { operation: 'read', times: -1 } as never
    expect(() => {
      storage.faults.add(rule)
    }).toThrow(/operation must be one of .*; exactly one of status and drop is needed; times must/)
  })
})
