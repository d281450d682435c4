import { SAMPLE } from '../platform'

/** A user of the demo company: one Oro user with a calendar, one Microsoft account with a mailbox. */
export interface Person {
  readonly organizationId: number
  readonly userId: number
  readonly accountId: string
  readonly calendarId: number
  readonly name: string
  readonly firstName: string
  readonly lastName: string
  readonly email: string
  readonly upn: string
  /** IANA name, as Oro says it. */
  readonly zone: string
  /** Windows name, as a mailbox says it. */
  readonly windowsZone: string
  /** Path of the user's calls below `/api`. */
  readonly path: string
}

export interface DemoOrganization {
  readonly id: number
  readonly name: string
  readonly serviceUserId: number
  readonly clientId: string
  readonly clientSecret: string
}

/** The second one has an Oro OAuth application of its own, stored through `PUT /organizations/2/oro-credentials`. */
export const ORGANIZATIONS: readonly DemoOrganization[] = [
  {
    id: 1,
    name: 'Feld & Lund',
    serviceUserId: 1,
    clientId: SAMPLE.oroClientId,
    clientSecret: SAMPLE.oroClientSecret,
  },
  {
    id: 2,
    name: 'Berg Logistics',
    serviceUserId: 20,
    clientId: 'sample-oro-client-2',
    clientSecret: 'sample-oro-secret-2',
  },
]

const person = (
  [organizationId, userId, calendarId]: readonly [number, number, number],
  name: string,
  zone: string,
  windowsZone: string,
): Person => {
  const [firstName = '', lastName = ''] = name.split(' ')
  const mailName = `${firstName}.${lastName}`.toLowerCase()
  return {
    organizationId,
    userId,
    accountId: `${String(organizationId)}-${String(userId)}`,
    calendarId,
    name,
    firstName,
    lastName,
    email: `${mailName}@example.com`,
    upn: `${mailName}@sample.example`,
    zone,
    windowsZone,
    path: `/organizations/${String(organizationId)}/users/${String(userId)}`,
  }
}

/** The first three are the people of the documented Oro payloads, with their ids. */
export const PEOPLE: readonly Person[] = [
  person([1, 3, 7], 'Nora Feld', 'Europe/Berlin', 'W. Europe Standard Time'),
  person([1, 5, 9], 'Sam Ortiz', 'America/Los_Angeles', 'Pacific Standard Time'),
  person([1, 8, 12], 'Priya Nair', 'Asia/Kolkata', 'India Standard Time'),
  person([2, 21, 31], 'Elin Berg', 'Europe/Stockholm', 'W. Europe Standard Time'),
  person([2, 22, 32], 'Tomas Silva', 'America/Sao_Paulo', 'E. South America Standard Time'),
]
