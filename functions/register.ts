import { declareAccountRoutes } from './account'
import { declareConnectionRoutes } from './connection'
import { declareHealthRoutes, registerHealth } from './health'
import { allRoutes, registerRoutes } from './http/route'
import { registerOauth } from './oauth'
import { registerPage } from './page'
import { registerQueues } from './queues'
import { registerSchedule } from './schedule'
import { declareLevelRoutes } from './settings'

/** Declares every call of the interface; once per process, since the table is kept. */
export function declareRoutes(): void {
  if (allRoutes().length > 0) return
  declareLevelRoutes()
  declareConnectionRoutes()
  declareAccountRoutes()
  declareHealthRoutes()
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
  registerPage(pageFolder)
  registerHealth()
  registerQueues()
  registerSchedule()
}
