import type { StandInAnswer } from '../stand-in/server'
import type { Calendar, SystemCalendar } from './model'
import { json, methodNotAllowed, notFoundRead, type Call } from './old-rest'

/** `GET calendars/default`: of the token's user in the token's organization (contract 3.15). */
export function defaultCalendar(call: Call): StandInAnswer {
  if (call.request.method !== 'GET') return methodNotAllowed()
  const user = call.world.users.get(call.application.userId)
  const calendar = user ? call.world.calendars.get(user.calendarId) : undefined
  if (!user || !calendar) return notFoundRead()
  return json(200, { calendar: calendar.id, owner: user.id, calendarName: calendar.name })
}

/** `GET calendars/{id}/connections`: what is shown inside a calendar; no access check on the id (contract 3.15). */
export function connections(call: Call, calendarId: number): StandInAnswer {
  if (call.request.method !== 'GET') return methodNotAllowed()
  const calendar = call.world.calendars.get(calendarId)
  if (!calendar) return json(200, [])
  const systems = [...call.world.systemCalendars.values()].filter(
    ({ organizationId }) => organizationId === null || organizationId === calendar.organizationId,
  )
  const others = calendar.connected.flatMap((connection) => {
    const shown = call.world.calendars.get(connection.calendarId)
    return shown ? [{ connection, shown }] : []
  })
  return json(200, [
    pseudo(calendarId, 'tasks', 1, -100, '#A92F1F', 'My Tasks'),
    ...systems.map((system) => systemRow(calendarId, system)),
    { ...userRow(calendarId, calendar, calendar.connectionId, null, false), ...RIGHTS },
    ...others.map(({ connection, shown }) =>
      userRow(calendarId, shown, connection.connectionId, connection.backgroundColor, true),
    ),
  ])
}

const RIGHTS = { canAddEvent: true, canEditEvent: true, canDeleteEvent: true }

const systemRow = (target: number, system: SystemCalendar): object => ({
  ...pseudo(
    target,
    system.organizationId === null ? 'public' : 'system',
    system.id,
    system.organizationId === null ? -80 : -60,
    system.backgroundColor,
    system.name,
  ),
  ...RIGHTS,
})

const pseudo = (
  targetCalendar: number,
  calendarAlias: string,
  calendar: number,
  position: number,
  backgroundColor: string | null,
  calendarName: string,
): object => ({
  id: null,
  targetCalendar,
  calendarAlias,
  calendar,
  position,
  visible: true,
  backgroundColor,
  calendarName,
  removable: false,
})

const userRow = (
  targetCalendar: number,
  shown: Calendar,
  id: number,
  backgroundColor: string | null,
  removable: boolean,
): object => ({
  id,
  targetCalendar,
  calendarAlias: 'user',
  calendar: shown.id,
  position: 0,
  visible: true,
  backgroundColor,
  calendarName: shown.name,
  userId: shown.ownerId,
  removable,
})
