import { resource, resources, type Resource } from '../../../../shared/adapters/oro/json-api'
import { describe as describeNotes } from '../../../../shared/adapters/oro/tasks/description'
import { fromOroTask } from '../../../../shared/adapters/oro/tasks/from-oro-task'
import { toOroTask } from '../../../../shared/adapters/oro/tasks/to-oro-task'
import { recorded } from '../recorded'

function recordedTask(): Resource {
  const task = resource(recorded('task-get').response.body)
  if (task === undefined) throw new Error('no task')
  return task
}

const task = (attributes: object, relationships: object = {}): Resource => {
  const { type, id, ...parts } = recordedTask()
  return {
    type,
    id,
    attributes: { ...parts.attributes, ...attributes },
    relationships: { ...parts.relationships, ...relationships },
  }
}

const BLOCK =
  '<p>--- Checklist in To Do ---<br>[x] Call<br>[ ] Write<br>--- End of checklist ---</p>'

describe('reading a task of Oro', () => {
  it('states its fields, its owner and its version', () => {
    const { native, ...reading } = fromOroTask(recordedTask())
    expect(native).toEqual(recordedTask())
    expect(reading).toEqual({
      side: 'oro',
      id: '311',
      container: '3',
      version: '2026-09-01T08:00:00Z',
      modifiedAt: '2026-09-01T08:00:00Z',
      fields: {
        checklist: [],
        subject: 'Send offer',
        notes: 'Use the new price list',
        status: 'open',
        importance: 'normal',
        due: '2026-09-30T15:00:00Z',
      },
      role: 'organizer',
      cancelled: false,
      private: false,
      categories: [],
      keys: {},
      span: null,
      unmappable: null,
      label: 'Send offer',
      audience: 0,
    })
  })

  it('reads every task of a recorded list', () => {
    const readings = resources(recorded('tasks-list').response.body).map((row) => fromOroTask(row))
    expect(readings.map(({ id, container }) => [id, container])).toEqual([
      ['311', '3'],
      ['312', '3'],
    ])
  })

  it('keeps a status and a priority that a customer added', () => {
    const relationships = {
      status: { data: { type: 'taskstatuses', id: 'waiting' } },
      taskPriority: { data: { type: 'taskpriorities', id: 'urgent' } },
    }
    expect(fromOroTask(task({}, relationships)).fields).toMatchObject({
      status: 'waiting',
      importance: 'urgent',
    })
  })

  it('takes a missing description and due date for none', () => {
    expect(fromOroTask(task({ description: null, dueDate: null })).fields).toMatchObject({
      notes: '',
      due: null,
    })
  })

  it('reads formatted notes as text, without scripts, control characters and invisible white space', () => {
    const description =
      '<p>One  <b>bold</b>&nbsp;</p><script>alert(1)</script><ul><li>Two &amp; three</li></ul>'
    const { fields } = fromOroTask(task({ subject: ' Offer\u0000\t for  Sam ', description }))
    expect(fields['notes']).toBe('One bold\n\n* Two & three')
    expect(fields['subject']).toBe('Offer for Sam')
  })

  it('states a due date to the second in UTC', () => {
    const { fields } = fromOroTask(task({ dueDate: '2026-09-30T17:00:00.25+02:00' }))
    expect(fields['due']).toBe('2026-09-30T15:00:00Z')
  })

  it('cuts the checklist from the notes', () => {
    const row = task({ description: `<p>Notes</p>${BLOCK}` })
    expect(fromOroTask(row).fields['notes']).toBe('Notes')
    expect(fromOroTask(row).fields['checklist']).toEqual(['[x] Call', '[ ] Write'])
    expect(fromOroTask(task({})).fields['checklist']).toEqual([])
  })
})

describe('writing a task of Oro', () => {
  it('names the given fields and no others', () => {
    expect(toOroTask({ due: '2026-09-30T15:00:00Z' }, undefined)).toEqual({
      attributes: { dueDate: '2026-09-30T15:00:00Z' },
      relationships: {},
    })
    expect(toOroTask({ due: null, importance: 'high' }, '<p>x</p>')).toEqual({
      attributes: { description: '<p>x</p>', dueDate: null },
      relationships: { taskPriority: { data: { type: 'taskpriorities', id: 'high' } } },
    })
  })

  it('writes notes as a paragraph in which nothing is a tag', () => {
    expect(describeNotes({ notes: 'a < b\n\n& c' }, '', false)).toEqual({
      description: '<p>a &lt; b<br><br>&amp; c</p>',
      adjusted: [],
    })
  })

  it('tells when HTML does not hold the notes as they were given', () => {
    expect(describeNotes({ notes: 'a\n    b' }, '', false)?.adjusted).toEqual(['notes'])
  })

  it('writes a checklist into formatted notes that stay as they are', () => {
    const stored = '<p style="color:red">Notes <b>bold</b></p>'
    const { description = '' } = describeNotes({ checklist: ['[x] Call'] }, stored, true) ?? {}
    expect(description.startsWith(stored)).toBe(true)
    expect(fromOroTask(task({ description })).fields).toMatchObject({
      notes: 'Notes bold',
      checklist: ['[x] Call'],
    })
  })

  it('writes notes beside a checklist that stays as it is', () => {
    const { description } = describeNotes({ notes: 'New' }, `<p>Old</p>${BLOCK}`, true) ?? {}
    expect(description).toBe(`<p>New</p>${BLOCK}`)
  })

  it('drops a checklist that the setting does not show any more with the next notes', () => {
    expect(describeNotes({ notes: 'New' }, `<p>Old</p>${BLOCK}`, false)?.description).toBe(
      '<p>New</p>',
    )
  })
})
