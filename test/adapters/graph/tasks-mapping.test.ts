import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { fromGraphDue, toGraphDue } from '../../../shared/adapters/graph/tasks/due'
import { fromGraphTask, type GraphTask } from '../../../shared/adapters/graph/tasks/from-graph-task'
import { toGraphTask } from '../../../shared/adapters/graph/tasks/to-graph-task'
import { tasksWorld, type TasksWorld } from './tasks-world'
import { ANNA } from './world'

const CONTEXT = {
  list: 'list-1',
  zone: 'Europe/Berlin',
  checklist: false,
  oroTaskUrl: (id: string) => `https://oro.example/task/view/${id}`,
}

const utc = (dateTime: string) => ({ dateTime: `${dateTime}.0000000`, timeZone: 'UTC' })

describe('the due date of a task (G-40)', () => {
  it.each([
    ['2024-10-24T00:00:00', 'Europe/Berlin', '2024-10-24', 'written by an application'],
    ['2024-10-24T00:00:00', 'America/New_York', '2024-10-24', 'written by an application'],
    ['2024-10-24T10:00:00', 'Pacific/Honolulu', '2024-10-24', 'written by an app there'],
    ['2024-10-23T10:00:00', 'Pacific/Kiritimati', '2024-10-24', 'written by an app there'],
    ['2026-09-09T22:00:00', 'Europe/Berlin', '2026-09-10', 'written by an app there'],
    ['2026-09-09T22:00:00', 'America/New_York', '2026-09-10', 'by somebody in Berlin'],
    ['2020-08-25T04:00:00', 'Europe/Berlin', '2020-08-25', 'by somebody in New York'],
  ])('%s read in %s is the %s, %s', (dateTime, zone, date) => {
    expect(fromGraphDue(utc(dateTime), zone)).toBe(date)
  })

  it('is none when it is absent or means nothing', () => {
    expect(fromGraphDue(null, 'Europe/Berlin')).toBeNull()
    expect(fromGraphDue(utc('0001-01-01T00:00:00'), 'Europe/Berlin')).toBeNull()
  })

  it('is written as midnight of the user’s zone, by a name that Graph knows', () => {
    expect(toGraphDue('2026-09-10', 'Europe/Berlin')).toEqual({
      dateTime: '2026-09-10T00:00:00',
      timeZone: 'W. Europe Standard Time',
    })
    expect(toGraphDue('2026-09-10', 'UTC').timeZone).toBe('UTC')
  })

  it('is the same in every zone after Graph has cut and stored it', async () => {
    const world: TasksWorld = await tasksWorld()
    try {
      for (const zone of ['Pacific/Kiritimati', 'Pacific/Honolulu', 'Asia/Kolkata', 'UTC']) {
        for (const due of ['2026-03-29', '2026-10-25', '2026-12-31']) {
          const port = world.port({}, zone)
          const [id] = world.graph.toDo.seedTasks(ANNA, [{ title: zone }])
          const ref = { id: String(id), container: world.tasksList }
          const { reading } = await port.update({
            ref,
            fields: { due },
            reading: null,
            version: '',
          })
          expect([zone, reading?.fields['due']]).toEqual([zone, due])
        }
      }
    } finally {
      await world.graph.stop()
    }
  })

  it('is what an app of the same zone meant, whatever the zone', () => {
    const zones = fc.constantFrom(
      'Europe/Berlin',
      'Asia/Tokyo',
      'America/Halifax',
      'Asia/Kathmandu',
    )
    const dates = fc
      .date({ min: new Date('2020-01-01'), max: new Date('2035-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10))
    fc.assert(
      fc.property(zones, zones, dates, (writer, reader, date) => {
        const { dateTime } = toGraphDue(date, writer)
        expect(fromGraphDue({ dateTime: dateTime ?? '', timeZone: writer }, reader)).toBe(date)
      }),
    )
  })
})

describe('reading a task', () => {
  const payload = (file: string): GraphTask =>
    JSON.parse(readFileSync(join(__dirname, '../../payloads/graph', file), 'utf8')) as GraphTask

  it('states the documented task', () => {
    expect(fromGraphTask(payload('docs/todo-task.response.json'), CONTEXT)).toMatchObject({
      side: 'microsoft',
      id: '721a35e2-35e2-721a-e235-1a72e2351a72',
      container: 'list-1',
      version: 'W/"s8/ERWT3WEeFpBGD0bDgAA+TWq9g=="',
      modifiedAt: '2020-07-22T12:02:10.883Z',
      fields: {
        subject: 'Shop for dinner',
        notes: '',
        status: 'notStarted',
        importance: 'low',
        due: '2020-08-25',
      },
      span: null,
      audience: 0,
      role: 'organizer',
      keys: {},
    })
  })

  it('takes a due date without time for that date', () => {
    const task = payload('constructed/todo-task-due-date-only.response.json')
    expect(fromGraphTask(task, CONTEXT).fields['due']).toBe('2024-03-29')
  })

  it('takes the moment of completion from the change, never from completedDateTime (G-41)', () => {
    const task: GraphTask = {
      id: '1',
      status: 'completed',
      lastModifiedDateTime: '2026-06-01T08:15:00.1234567Z',
      completedDateTime: utc('2026-05-31T00:00:00'),
    }
    const reading = fromGraphTask(task, CONTEXT)
    expect(reading.modifiedAt).toBe('2026-06-01T08:15:00.123Z')
    expect(JSON.stringify(reading.fields)).not.toContain('2026-05-31')
  })

  it('survives a task that says nothing but its id (G-20)', () => {
    expect(fromGraphTask({ id: '1' }, CONTEXT)).toMatchObject({
      fields: { subject: '', notes: '', status: 'notStarted', importance: 'normal', due: null },
      unmappable: null,
    })
  })

  it('states notes as text, whatever line ends and formats they come with (G-47)', () => {
    const notesOf = (body: NonNullable<GraphTask['body']>) =>
      fromGraphTask({ id: '1', body }, CONTEXT).fields
    expect(
      notesOf({ contentType: 'text', content: 'One\r\n  two\u00a0 three \r\n' })['notes'],
    ).toBe('One\ntwo three')
    expect(notesOf({ contentType: 'html', content: '<p>One</p><p>Two</p>' })['notes']).toBe(
      'One\n\nTwo',
    )
  })
})

describe('writing a task', () => {
  it('names the members of the given fields and no others', () => {
    expect(toGraphTask({}, 'UTC')).toEqual({})
    expect(toGraphTask({ due: null, checklist: ['[x] a'] }, 'UTC')).toEqual({ dueDateTime: null })
    expect(Object.keys(toGraphTask({ notes: '', status: 'completed' }, 'UTC'))).toEqual([
      'body',
      'status',
    ])
  })
})
