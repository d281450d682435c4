import { SAMPLE, type StandIns } from '../platform'
import { documentedMeeting, documentedOroEvents, documentedOutlookEvents } from './documented'
import { generatedEvents } from './generated'
import { ORGANIZATIONS, PEOPLE, type Person } from './people'
import { companyTasks } from './tasks'

/** Puts the demo company into the stand-ins, as rows and mailboxes that were there before anybody connects. */
export function fillCompany({ graph, oro }: Pick<StandIns, 'graph' | 'oro'>, now: number): void {
  oro.seed({
    organizations: ORGANIZATIONS.map(({ id, name }) => ({ id, name })),
    users: [
      ...ORGANIZATIONS.map(({ id, serviceUserId }) => ({
        id: serviceUserId,
        organizationId: id,
        email: `sync.${String(id)}@example.com`,
        firstName: 'Sync',
        lastName: 'Service',
        // Calendar ids of people are given; these lie apart.
        calendarId: 900 + id,
      })),
      ...PEOPLE.map((person) => ({
        id: person.userId,
        organizationId: person.organizationId,
        calendarId: person.calendarId,
        email: person.email,
        firstName: person.firstName,
        lastName: person.lastName,
        timeZone: person.zone,
      })),
    ],
    applications: ORGANIZATIONS.map(({ id, serviceUserId, clientId, clientSecret }) => ({
      clientId,
      clientSecret,
      organizationId: id,
      userId: serviceUserId,
    })),
  })
  const [first, , third] = PEOPLE
  if (first && third) oro.seed({ events: documentedMeeting(first, third, now) })
  for (const person of PEOPLE) {
    const generated = generatedEvents(person, now)
    oro.seed({ events: [...documentedOroEvents(person, now), ...generated.oro] })
    graph.addMailbox({
      userPrincipalName: person.upn,
      displayName: person.name,
      tenantId: SAMPLE.tenantId,
      timeZone: person.windowsZone,
    })
    graph.seedEvents(person.upn, [...documentedOutlookEvents(person, now), ...generated.outlook])
    fillTasks({ graph, oro }, person, now)
  }
}

function fillTasks(
  { graph, oro }: Pick<StandIns, 'graph' | 'oro'>,
  person: Person,
  now: number,
): void {
  const { oro: tasks, toDo } = companyTasks(person, now)
  oro.seed({ tasks: [...tasks] })
  for (const { name, tasks: written, raw } of toDo) {
    const list = name === null ? [] : [graph.toDo.createList(person.upn, name)]
    for (const task of written) graph.toDo.createTask(person.upn, task, ...list)
    graph.toDo.seedTasks(person.upn, [...raw], ...list)
  }
}
