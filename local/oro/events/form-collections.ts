import type { AttendeeStatus, AttendeeType, Reminder } from '../model'
import type { FormErrors } from './form-errors'
import type { AttendeeInput } from './input'

const STATUSES = ['none', 'accepted', 'declined', 'tentative']
const TYPES = ['organizer', 'required', 'optional']
const ATTENDEE_KEYS = ['displayName', 'email', 'status', 'type']

/** Attendees on write: e-mail or displayName is required, a null status becomes `none` (contract 3.3). */
export function readAttendees(value: unknown, errors: FormErrors): AttendeeInput[] {
  if (value === null || value === '') return []
  if (!Array.isArray(value)) {
    errors.at('attendees', 'This value is not valid.')
    return []
  }
  return value.map((element: unknown, position) => readAttendee(element, position, errors))
}

function readAttendee(element: unknown, position: number, errors: FormErrors): AttendeeInput {
  const path = `attendees.${String(position)}`
  const entry = (typeof element === 'object' && element !== null ? element : {}) as Record<
    string,
    unknown
  >
  errors.extraFields(Object.keys(entry).filter((key) => !ATTENDEE_KEYS.includes(key)))
  const text = (key: string): string | null => {
    const given = entry[key]
    const trimmed = typeof given === 'string' ? given.trim() : ''
    if (Array.from(trimmed).length > 255)
      errors.at(`${path}.${key}`, 'This value is too long. It should have 255 characters or less.')
    return trimmed === '' ? null : trimmed
  }
  const email = text('email')
  const displayName = text('displayName')
  if (email === null && displayName === null)
    errors.at(path, 'Email or display name have to be specified')
  if (email !== null && !/^[^\s@]+@[^\s@]+$/.test(email))
    errors.at(`${path}.email`, 'This value is not a valid email address.')
  const status = entry['status'] ?? 'none'
  if (!STATUSES.includes(status as string)) errors.at(`${path}.status`, 'This value is not valid.')
  const type = entry['type']
  return {
    email,
    displayName,
    status: status as AttendeeStatus,
    type:
      type === undefined
        ? undefined
        : TYPES.includes(type as string)
          ? (type as AttendeeType)
          : null,
  }
}

/** Reminders on write: number at least 1 (contract 3.12). Faulty ones are left out of the answer, the write fails anyway. */
export function readReminders(value: unknown, errors: FormErrors): Reminder[] {
  if (value === null || value === '') return []
  if (!Array.isArray(value)) {
    errors.at('reminders', 'This value is not valid.')
    return []
  }
  const found: Reminder[] = []
  for (const [position, element] of (value as unknown[]).entries()) {
    const reminder = readReminder(element, `reminders.${String(position)}`, errors)
    if (reminder) found.push(reminder)
  }
  return found
}

function readReminder(element: unknown, path: string, errors: FormErrors): Reminder | undefined {
  const entry = (typeof element === 'object' && element !== null ? element : {}) as Record<
    string,
    unknown
  >
  const interval = (entry['interval'] ?? {}) as Record<string, unknown>
  errors.extraFields(Object.keys(entry).filter((key) => key !== 'method' && key !== 'interval'))
  errors.extraFields(Object.keys(interval).filter((key) => key !== 'number' && key !== 'unit'))
  const { method } = entry
  const { number, unit } = interval
  const faults: [string, boolean, string][] = [
    ['method', method === 'email' || method === 'web_socket', 'This value is not valid.'],
    ['interval.unit', ['M', 'H', 'D', 'W'].includes(unit as string), 'This value is not valid.'],
    [
      'interval.number',
      typeof number === 'number' && Number.isInteger(number) && number >= 1,
      'This value should be 1 or more.',
    ],
  ]
  for (const [part, good, message] of faults) if (!good) errors.at(`${path}.${part}`, message)
  return faults.every(([, good]) => good) ? (entry as unknown as Reminder) : undefined
}
