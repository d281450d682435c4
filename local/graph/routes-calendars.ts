import type { StandInAnswer } from '../stand-in/server'
import { invalidRequest } from './errors'
import type { Json } from './model'
import { selected, showCalendar, showUser } from './render'
import type { Route, RouteContext } from './routing'
import { checkedBody } from './schema'
import { deleteEvent } from './actions'
import { addCalendar, calendarOf } from './world'
import { supportedZones } from './zones'

const CALENDARS = ['Calendars.ReadWrite']
const SETTINGS = ['MailboxSettings.Read', 'MailboxSettings.ReadWrite']

export const ok = (body: Json): StandInAnswer => ({ status: 200, body })

function collection(context: RouteContext, of: string, value: Json[]): StandInAnswer {
  return ok({ '@odata.context': `${context.root}/$metadata#${of}`, value })
}

function single(context: RouteContext, of: string, item: Json): StandInAnswer {
  const shown = selected(item, context.query.get('select'))
  return ok({ '@odata.context': `${context.root}/$metadata#${of}`, ...shown })
}

/** The user, the mailbox's settings, calendars, categories and zone names. */
export const calendarRoutes: Route[] = [
  {
    method: 'GET',
    path: '/me',
    scopes: ['User.Read'],
    handle: (context) => single(context, 'users/$entity', showUser(context.mailbox)),
  },
  {
    method: 'GET',
    path: '/me/mailboxSettings',
    scopes: SETTINGS,
    handle: (context) =>
      single(context, 'Me/mailboxSettings', {
        automaticRepliesSetting: { status: 'disabled', externalAudience: 'all' },
        timeZone: context.mailbox.timeZone,
        language: { locale: 'en-US', displayName: 'English (United States)' },
        workingHours: {
          daysOfWeek: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
          startTime: '08:00:00.0000000',
          endTime: '17:00:00.0000000',
          timeZone: { name: context.mailbox.timeZone },
        },
        dateFormat: 'MM/dd/yyyy',
        timeFormat: 'hh:mm tt',
        userPurpose: 'user',
      }),
  },
  {
    method: 'GET',
    path: '/me/calendar',
    scopes: CALENDARS,
    handle: (context) =>
      single(context, 'users/calendar/$entity', showCalendar(context.mailbox.defaultCalendar)),
  },
  {
    method: 'GET',
    path: '/me/calendars',
    scopes: CALENDARS,
    handle: (context) =>
      collection(
        context,
        'users/calendars',
        [...context.mailbox.calendars.values()].map(showCalendar),
      ),
  },
  {
    method: 'POST',
    path: '/me/calendars',
    scopes: CALENDARS,
    handle(context) {
      const body = checkedBody('microsoft.graph.calendar', context.request.body)
      if (typeof body['name'] !== 'string' || body['name'] === '') {
        throw invalidRequest("The required property 'name' is missing.")
      }
      const { name, color, hexColor } = body
      const calendar = addCalendar(context.world, context.mailbox, {
        name,
        ...(color === undefined ? {} : { color }),
        ...(hexColor === undefined ? {} : { hexColor }),
      })
      return { status: 201, body: showCalendar(calendar) }
    },
  },
  {
    method: 'GET',
    path: '/me/calendars/{calendar-id}',
    scopes: CALENDARS,
    handle: (context) =>
      single(
        context,
        'users/calendars/$entity',
        showCalendar(calendarOf(context.mailbox, context.parameters['calendar-id'] ?? '')),
      ),
  },
  {
    method: 'PATCH',
    path: '/me/calendars/{calendar-id}',
    scopes: CALENDARS,
    handle(context) {
      const calendar = calendarOf(context.mailbox, context.parameters['calendar-id'] ?? '')
      const body = checkedBody('microsoft.graph.calendar', context.request.body)
      for (const name of ['name', 'color', 'hexColor', 'isDefaultCalendar']) {
        if (body[name] !== undefined) calendar.data[name] = body[name]
      }
      return ok(showCalendar(calendar))
    },
  },
  {
    method: 'DELETE',
    path: '/me/calendars/{calendar-id}',
    scopes: CALENDARS,
    handle(context) {
      const { world, mailbox } = context
      const calendar = calendarOf(mailbox, context.parameters['calendar-id'] ?? '')
      if (calendar.isDefault) throw invalidRequest('The default calendar cannot be deleted.')
      for (const event of [...calendar.events]) deleteEvent(world, mailbox, event, 'api')
      mailbox.calendars.delete(calendar.id)
      return { status: 204 }
    },
  },
  {
    method: 'GET',
    path: '/me/outlook/masterCategories',
    scopes: SETTINGS,
    handle: (context) =>
      collection(context, 'users/outlook/masterCategories', context.mailbox.categories),
  },
  {
    method: 'GET',
    path: '/me/outlook/supportedTimeZones()',
    scopes: ['User.Read'],
    handle: (context) => zones(context, 'Windows'),
  },
  {
    method: 'GET',
    path: "/me/outlook/supportedTimeZones(TimeZoneStandard='{TimeZoneStandard}')",
    scopes: ['User.Read'],
    handle: (context) => zones(context, context.parameters['TimeZoneStandard'] ?? ''),
  },
]

function zones(context: RouteContext, standard: string): StandInAnswer {
  const wanted = /([a-z]+)'?$/i.exec(standard)?.[1]?.toLowerCase()
  if (wanted !== 'windows' && wanted !== 'iana') {
    throw invalidRequest(`The time zone standard '${standard}' is not supported.`)
  }
  const names = supportedZones[wanted]
  return collection(
    context,
    'Collection(microsoft.graph.timeZoneInformation)',
    names.map((alias) => ({ alias, displayName: alias })),
  )
}
