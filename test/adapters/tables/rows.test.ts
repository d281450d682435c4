import { TableClient } from '@azure/data-tables'
import { createTableRows } from '../../../shared/adapters/tables/rows'
import { startStorage, type Storage } from '../../../local/storage/storage'
import { dueIndexContract } from '../../contracts/due-index'
import { rowsContract } from '../../contracts/rows'

let storage: Storage | undefined

async function open() {
  storage ??= await startStorage()
  const { connectionString } = storage
  return createTableRows(async (name) => {
    const options = { allowInsecureConnection: true }
    const client = TableClient.fromConnectionString(connectionString, name, options)
    await client.createTable()
    return client
  })
}

rowsContract('Azure Table Storage', open)
dueIndexContract('Azure Table Storage', open)

afterAll(async () => {
  await storage?.stop()
})
