import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import {
  odata,
  RestError,
  type TableClient,
  type TableEntityResult,
  type TransactionAction,
} from '@azure/data-tables'
import { SyncError, Unavailable, VersionMismatch } from '../../errors'
import type { Row, Rows, RowWrite } from '../../ports/rows'

/** Opens the client of one table; the table exists. */
export type OpenTable = (name: string) => Promise<TableClient>

/** Text up to here is kept readable in one property; Azure allows 32 Ki characters in a string. */
const PLAIN_LIMIT = 16_000
/** Azure allows 64 KiB in a binary property; the design takes 60 (DESIGN 5). */
const CHUNK = 60 * 1024
/** An entity holds 1 MiB with its names; above this it is withheld. */
const LARGEST = 900 * 1024

type Properties = Record<string, unknown>

function pack(value: unknown): Properties {
  const json = JSON.stringify(value)
  if (json.length <= PLAIN_LIMIT) return { json }
  const bytes = brotliCompressSync(json, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })
  if (bytes.length > LARGEST) {
    throw new SyncError({ code: 'too-large', scope: 'item', side: 'oro', transient: false })
  }
  const chunks: Properties = {}
  for (let at = 0; at < bytes.length; at += CHUNK) {
    chunks[`b${String(at / CHUNK)}`] = new Uint8Array(bytes.subarray(at, at + CHUNK))
  }
  return chunks
}

function unpack(entity: Properties): unknown {
  if (typeof entity['json'] === 'string') return JSON.parse(entity['json']) as unknown
  const chunks: Buffer[] = []
  for (let index = 0; entity[`b${String(index)}`] !== undefined; index += 1) {
    chunks.push(Buffer.from(entity[`b${String(index)}`] as Uint8Array))
  }
  return JSON.parse(brotliDecompressSync(Buffer.concat(chunks)).toString()) as unknown
}

function toRow<T>(entity: TableEntityResult<Properties>): Row<T> {
  return {
    partition: String(entity.partitionKey),
    row: String(entity.rowKey),
    etag: entity.etag,
    value: unpack(entity) as T,
  }
}

/** The one place that turns a failure of Table Storage into our words. */
function translated(error: unknown): Error {
  if (!(error instanceof RestError)) {
    return error instanceof Error ? error : new Unavailable('Table Storage', { cause: error })
  }
  if (error.statusCode === 412 || error.statusCode === 409 || error.statusCode === 404) {
    return new VersionMismatch('The row was changed by somebody else', { cause: error })
  }
  return new Unavailable(`Table Storage answered ${String(error.statusCode ?? 'nothing')}`, {
    cause: error,
  })
}

function action(partition: string, write: RowWrite): TransactionAction {
  if ('remove' in write) {
    return ['delete', { partitionKey: partition, rowKey: write.remove, etag: write.etag ?? '*' }]
  }
  const entity = { partitionKey: partition, rowKey: write.put, ...pack(write.value) }
  if (write.etag === null) return ['create', entity]
  return write.etag === undefined
    ? ['upsert', entity, 'Replace']
    : ['update', entity, 'Replace', { etag: write.etag }]
}

/** Rows on Azure Table Storage (or Azurite). Values above 16 KB are brotli in binary properties of 60 KiB. */
export function createTableRows(open: OpenTable): Rows {
  const clients = new Map<string, Promise<TableClient>>()
  const client = (table: string): Promise<TableClient> => {
    const known = clients.get(table) ?? open(table)
    clients.set(table, known)
    // A failed opening is tried again by the next caller.
    known.catch(() => clients.delete(table))
    return known
  }
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw translated(error)
    }
  }

  return {
    get: async <T>(table: string, partition: string, row: string) => {
      const opened = await guarded(() => client(table))
      try {
        return toRow<T>(await opened.getEntity(partition, row))
      } catch (error) {
        if (error instanceof RestError && error.statusCode === 404) return undefined
        throw translated(error)
      }
    },
    query: <T>(table: string, query: Parameters<Rows['query']>[1]) =>
      guarded(async () => {
        const opened = await client(table)
        const parts = [
          query.partitions &&
            (query.partitions.from === query.partitions.to
              ? odata`PartitionKey eq ${query.partitions.from}`
              : odata`PartitionKey ge ${query.partitions.from} and PartitionKey le ${query.partitions.to}`),
          query.from !== undefined && odata`RowKey ge ${query.from}`,
          query.to !== undefined && odata`RowKey lt ${query.to}`,
        ].filter((part) => typeof part === 'string')
        const filter = parts.length > 0 ? { filter: parts.join(' and ') } : {}
        const rows: Row<T>[] = []
        for await (const entity of opened.listEntities<Properties>({ queryOptions: filter })) {
          rows.push(toRow<T>(entity))
          if (rows.length === query.limit) break
        }
        return rows
      }),
    put: (table, partition, row, value, etag) =>
      guarded(async () => {
        const opened = await client(table)
        const entity = { partitionKey: partition, rowKey: row, ...pack(value) }
        const answer =
          etag === null
            ? await opened.createEntity(entity)
            : etag === undefined
              ? await opened.upsertEntity(entity, 'Replace')
              : await opened.updateEntity(entity, 'Replace', { etag })
        return answer.etag ?? ''
      }),
    async remove(table, partition, row, etag) {
      const opened = await guarded(() => client(table))
      try {
        await opened.deleteEntity(partition, row, { etag: etag ?? '*' })
      } catch (error) {
        if (error instanceof RestError && error.statusCode === 404 && etag === undefined) return
        throw translated(error)
      }
    },
    transact: (table, partition, writes) =>
      guarded(async () => {
        const opened = await client(table)
        const answer = await opened.submitTransaction(
          writes.map((write) => action(partition, write)),
        )
        return writes.flatMap((write, index) =>
          'put' in write ? [answer.subResponses[index]?.etag ?? ''] : [],
        )
      }),
  }
}
