import { TableClient } from '@azure/data-tables'
import type { OpenTable } from './rows'

/** Opens tables of a connection string (Azurite, plain http included) or of an account by managed identity, creating what is missing. */
export function openTables(
  where: { readonly connectionString: string } | { readonly serviceUri: string },
): OpenTable {
  return async (name) => {
    const client =
      'connectionString' in where
        ? TableClient.fromConnectionString(where.connectionString, name, {
            allowInsecureConnection: true,
            retryOptions: { maxRetries: 2, retryDelayInMs: 200 },
          })
        : new TableClient(where.serviceUri, name, await identity())
    await client.createTable()
    return client
  }
}

/** Loaded only in Azure: it is slow to load and nothing else needs it. */
async function identity() {
  const { DefaultAzureCredential } = await import('@azure/identity')
  return new DefaultAzureCredential()
}
