import type { StandInAnswer, StandInRequest } from '../stand-in/server'
import { GraphError } from './errors'
import type { Json } from './model'
import { DEFAULT_SWITCHES, type Switches } from './switches'
import type { UserEdits } from './user-edits'
import type { MailboxSeed } from './world'

type Control = (request: StandInRequest, json: unknown) => Promise<StandInAnswer | undefined>

/**
 * The object API over HTTP, below `/_control/`:
 * `GET|POST mailboxes` · `GET mailboxes/{m}` · `POST mailboxes/{m}/seed {events, calendarId?}` ·
 * `POST mailboxes/{m}/events {event, calendarId?}` · `PATCH|DELETE mailboxes/{m}/events/{id}` (`?purge=true`) · `PATCH|DELETE mailboxes/{m}/events/{id}/{yyyy-MM-dd}` (one date) ·
 * `POST mailboxes/{m}/events/{id}/move {calendarId}` · `POST mailboxes/{m}/touch {ids?}` · `POST mailboxes/{m}/calendars {name}` ·
 * `DELETE mailboxes/{m}/calendars/{id}` · `POST mailboxes/{m}/empty` · `PUT mailboxes/{m}/time-zone {timeZone}` ·
 * `POST mailboxes/{m}/lose-sync-state` · `GET|PUT|DELETE mailboxes/{m}/switches` (`{name: value}` or `{name: {value, times}}`, mailbox
 * `*` = all) · `GET|DELETE mails?mailbox=` · `GET|DELETE violations` · `GET changes`.
 */
export function createControl(edits: UserEdits): Control {
  return async (request, json) => {
    const segments = request.rawPath
      .slice('/_control/'.length)
      .split('/')
      .map((segment) => decodeURIComponent(segment))
    try {
      return await Promise.resolve(answer(edits, request, segments, (json ?? {}) as Json))
    } catch (error) {
      if (!(error instanceof GraphError)) throw error
      return { status: error.status, body: { error: error.message } }
    }
  }
}

const done: StandInAnswer = { status: 204 }

function answer(
  edits: UserEdits,
  request: StandInRequest,
  segments: string[],
  json: Json,
): StandInAnswer | undefined {
  const { method, url } = request
  const [what, name] = segments
  if (what === 'mails') {
    if (method === 'DELETE') {
      edits.clearMails()
      return done
    }
    return { status: 200, body: edits.mails(url.searchParams.get('mailbox') ?? undefined) }
  }
  if (what === 'violations') {
    if (method !== 'DELETE') return { status: 200, body: edits.violations() }
    edits.clearViolations()
    return done
  }
  if (what === 'changes') return { status: 200, body: edits.changes() }
  if (what !== 'mailboxes') return undefined
  if (name === undefined) {
    if (method === 'GET') return { status: 200, body: edits.mailboxes() }
    if (typeof json['userPrincipalName'] !== 'string') {
      throw new GraphError(400, 'NoAddress', 'a mailbox needs a userPrincipalName')
    }
    return { status: 201, body: edits.addMailbox(json as unknown as MailboxSeed) }
  }
  return ofMailbox(edits, request, name, segments.slice(2), json)
}

function ofMailbox(
  edits: UserEdits,
  request: StandInRequest,
  name: string,
  rest: string[],
  json: Json,
): StandInAnswer | undefined {
  const { method } = request
  const [what, id, action] = rest
  const calendarId = typeof json['calendarId'] === 'string' ? json['calendarId'] : undefined
  const named = /^\d{4}-\d{2}-\d{2}$/.test(action ?? '') ? '{date}' : action
  const shape = [what ?? '', id === undefined ? undefined : '{id}', named]
  const call = `${method} ${shape.filter((segment) => segment !== undefined).join('/')}`
  switch (call) {
    case 'GET ':
      return { status: 200, body: edits.state(name) }
    case 'POST seed':
      return { status: 201, body: edits.seedEvents(name, json['events'] as Json[], calendarId) }
    case 'POST events':
      return {
        status: 201,
        body: { id: edits.createEvent(name, json['event'] as Json, calendarId) },
      }
    case 'PATCH events/{id}':
      edits.updateEvent(name, id ?? '', json)
      return done
    case 'DELETE events/{id}':
      edits.deleteEvent(name, id ?? '', request.url.searchParams.get('purge') === 'true')
      return done
    case 'PATCH events/{id}/{date}': {
      const exception = edits.updateOccurrence(name, id ?? '', action ?? '', json)
      return { status: 200, body: { id: exception } }
    }
    case 'DELETE events/{id}/{date}':
      edits.deleteOccurrence(name, id ?? '', action ?? '')
      return done
    case 'POST events/{id}/move':
      edits.moveEvent(name, id ?? '', calendarId ?? '')
      return done
    case 'POST touch':
      edits.touch(name, json['ids'] as string[] | undefined)
      return done
    case 'POST calendars':
      return { status: 201, body: { id: edits.createCalendar(name, String(json['name'])) } }
    case 'DELETE calendars/{id}':
      edits.deleteCalendar(name, id ?? '')
      return done
    case 'POST empty':
      edits.emptyDefaultCalendar(name)
      return done
    case 'PUT time-zone':
      edits.setTimeZone(name, String(json['timeZone']))
      return done
    case 'POST lose-sync-state':
      edits.loseSyncState(name)
      return done
    case 'GET switches':
      return { status: 200, body: edits.switches(name) }
    case 'PUT switches':
      setSwitches(edits, name, json)
      return done
    case 'DELETE switches':
      edits.resetSwitches(name)
      return done
    default:
      return undefined
  }
}

function setSwitches(edits: UserEdits, name: string, json: Json): void {
  const unknown = Object.keys(json).filter((key) => !(key in DEFAULT_SWITCHES))
  if (unknown.length > 0) {
    throw new GraphError(400, 'NoSuchSwitch', `no such switch: ${unknown.join(', ')}`)
  }
  for (const [key, given] of Object.entries(json)) {
    const counted = given as { value?: unknown; times?: number } | null
    const isCounted = typeof counted === 'object' && counted !== null && 'times' in counted
    const value = (isCounted ? counted.value : given) as never
    edits.setSwitch(name, key as keyof Switches, value, isCounted ? counted.times : undefined)
  }
}
