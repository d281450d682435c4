import { mkdir } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import TableConfiguration from 'azurite/dist/src/table/TableConfiguration'
import TableServer from 'azurite/dist/src/table/TableServer'
import { createStorageFaults, type StorageFaults } from './faults'
import { interceptRequest } from './intercept'
import { saveSoon } from './save-soon'

export interface StorageOptions {
  /** Where tables are kept over restarts, a moment after each write; created when missing; absent = in memory. */
  folder?: string
  /** Port on loopback; 0 or absent = any free one. */
  port?: number
}

export interface Storage {
  /** For `TableClient.fromConnectionString(…, { allowInsecureConnection: true })`. */
  connectionString: string
  /** `http://127.0.0.1:{port}/devstoreaccount1` */
  tableEndpoint: string
  faults: StorageFaults
  /** Writes what is not yet in the folder, then ends. */
  stop(): Promise<void>
}

/** The account that every storage emulator has; published by Microsoft, no secret. */
const ACCOUNT = 'devstoreaccount1'
const ACCOUNT_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='
const KEEP_ALIVE_SECONDS = 60

type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** The table service of Azurite in this process (platform.md 2). */
export async function startStorage(options: StorageOptions = {}): Promise<Storage> {
  const { folder } = options
  if (folder !== undefined) await mkdir(folder, { recursive: true })
  const server = new TableServer(
    new TableConfiguration(
      '127.0.0.1',
      options.port ?? 0,
      KEEP_ALIVE_SECONDS,
      folder === undefined ? '' : join(folder, 'tables.json'),
      false,
      false,
      undefined,
      undefined,
      false,
      true,
      '',
      '',
      '',
      undefined,
      false,
      folder === undefined,
    ),
  )
  const faults = createStorageFaults()
  const listeners = server.httpServer.listeners('request') as Listener[]
  const serve: Listener = (request, response) => {
    for (const listener of listeners) listener(request, response)
  }
  server.httpServer.removeAllListeners('request')
  server.httpServer.on('request', (request, response) => {
    if (faults.list().length === 0) serve(request, response)
    else void interceptRequest(faults, request, response, serve)
  })
  await server.start()
  const stopSaving = folder === undefined ? null : saveSoon(server.metadataStore.db)
  const tableEndpoint = `${server.getHttpServerAddress()}/${ACCOUNT}`
  return {
    connectionString: `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${ACCOUNT_KEY};TableEndpoint=${tableEndpoint};`,
    tableEndpoint,
    faults,
    async stop() {
      await stopSaving?.()
      await server.close()
    },
  }
}
