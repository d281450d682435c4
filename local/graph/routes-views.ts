import { createDeltaRounds } from './delta'
import { calendarView } from './listing'
import type { Route } from './routing'

const SCOPES = ['Calendars.ReadWrite']

/** calendarView and calendarView/delta; the rounds under way belong to one stand-in. */
export function createViewRoutes(): Route[] {
  const rounds = createDeltaRounds()
  return ['/me', '/me/calendars/{calendar-id}'].flatMap((base): Route[] => [
    {
      method: 'GET',
      path: `${base}/calendarView`,
      scopes: SCOPES,
      handle: (context) => calendarView(context),
    },
    ...['delta', 'delta()'].map((delta): Route => ({
      method: 'GET',
      path: `${base}/calendarView/${delta}`,
      scopes: SCOPES,
      handle: (context) => ({
        status: 200,
        body: rounds.page(context, context.parameters['calendar-id'] ?? null),
      }),
    })),
  ])
}
