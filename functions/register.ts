import { app as functions } from '@azure/functions'
import { declareAnswerRoutes } from './answers'
import { declareConnectionRoutes } from './connection'
import { declareHealthRoutes, registerHealth } from './health'
import { declareHistoryRoutes } from './history'
import { answering } from './http/answering'
import { call } from './http/call'
import { allRoutes } from './http/route'
import { registerOauth } from './oauth'
import { declareOpenApiRoutes } from './openapi'
import { declareOperationRoutes } from './operations'
import { declareOrganizationRoutes } from './organization'
import { registerPage } from './page'
import { declarePageTicketRoutes } from './page-tickets'
import { declarePauseRoutes } from './pause'
import { registerQueues } from './queues'
import { registerSchedule } from './schedule'
import { declareSettingsRoutes } from './settings'
import { registerSettingsPage } from './settings-page'
import { declareStatusRoutes } from './status'
import { registerUnknown } from './unknown'

/** Declares every call of the interface; once per process, since the table is kept. */
export function declareRoutes(): void {
  if (allRoutes().length > 0) return
  declareSettingsRoutes()
  declarePauseRoutes()
  declareHistoryRoutes()
  declarePageTicketRoutes()
  declareConnectionRoutes()
  declareStatusRoutes()
  declareAnswerRoutes()
  declareOperationRoutes()
  declareOrganizationRoutes()
  declareHealthRoutes()
  declareOpenApiRoutes()
}

function registerRoutes(): void {
  for (const route of allRoutes()) {
    functions.http(route.name, {
      methods: [route.method],
      route: route.path,
      authLevel: 'function',
      handler: (request, context) =>
        answering(context, route.path, () => call(route, request, request.params)),
    })
  }
}

/**
 * Everything this app consists of, for the Functions host.
 *
 * @param pageFolder where the built settings page lies
 */
export function registerFunctions({ pageFolder }: { readonly pageFolder: string }): void {
  declareRoutes()
  registerRoutes()
  registerOauth()
  registerPage()
  registerSettingsPage(pageFolder)
  registerHealth()
  registerUnknown()
  registerQueues()
  registerSchedule()
}
