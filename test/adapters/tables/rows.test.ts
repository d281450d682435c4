import { TableClient } from '@azure/data-tables'
import { createTableRows } from '../../../shared/adapters/tables/rows'
import { startStorage, type Storage } from '../../../local/storage/storage'
import { rowsContract } from '../../contracts/rows'

let storage: Storage | undefined

rowsContract('Azure Table Storage', async () => {
  const started = await startStorage()
  storage = started
  return createTableRows(async (name) => {
    const client = TableClient.fromConnectionString(started.connectionString, name, {
      allowInsecureConnection: true,
    })
    await client.createTable()
    return client
  })
})

afterAll(async () => {
  await storage?.stop()
})
