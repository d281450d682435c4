import { listAccounts } from '../shared/usecases/accounts'
import { putOroCredentials } from '../shared/usecases/oro-credentials'
import { route } from './http/route'
import { accountsQuery, credentialsBody, organizationParams } from './http/schemas'

/** What administrators see and set of one organization. */
export function declareOrganizationRoutes(): void {
  route({
    name: 'list-accounts',
    method: 'GET',
    path: 'organizations/{o}/accounts',
    summary: 'Who is connected in an organization, oldest agreement first',
    params: organizationParams,
    query: accountsQuery,
    answer: { status: 200, is: 'accounts' },
    handle: async ({ deps }, { params: { o }, query }) => ({
      status: 200,
      body: await listAccounts(deps, o, query),
    }),
  })
  route({
    name: 'put-oro-credentials',
    method: 'PUT',
    path: 'organizations/{o}/oro-credentials',
    summary: "Checks and stores the credentials of an organization's Oro application",
    params: organizationParams,
    body: credentialsBody,
    page: 'never',
    answer: { status: 204, is: 'nothing' },
    problems: [422],
    async handle({ deps }, { params: { o }, body }) {
      await putOroCredentials(deps, o, body)
      return { status: 204 }
    },
  })
}
