/** Azurite 3.37 has no typings and no public API in process: what is used of it, as read in its sources. */
declare module 'azurite/dist/src/table/TableConfiguration' {
  import type { WriteStream } from 'node:fs'

  export default class TableConfiguration {
    constructor(
      host: string,
      port: number,
      keepAliveTimeoutSeconds: number,
      databasePath: string,
      enableDebugLog: boolean,
      enableAccessLog: boolean,
      accessLogWriteStream: WriteStream | undefined,
      debugLogFilePath: string | undefined,
      loose: boolean,
      skipApiVersionCheck: boolean,
      cert: string,
      key: string,
      pwd: string,
      oauth: string | undefined,
      disableProductStyleUrl: boolean,
      isMemoryPersistence: boolean,
    )
  }
}

declare module 'azurite/dist/src/table/TableServer' {
  import type { Server } from 'node:http'
  import type TableConfiguration from 'azurite/dist/src/table/TableConfiguration'

  export default class TableServer {
    constructor(configuration: TableConfiguration)
    readonly httpServer: Server
    /** `db` is a LokiJS database. */
    readonly metadataStore: {
      readonly db: {
        autosaveDirty(): boolean
        saveDatabase(done: (error?: unknown) => void): void
      }
    }
    start(): Promise<void>
    close(): Promise<void>
    getHttpServerAddress(): string
  }
}
