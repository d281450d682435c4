import { formErrors, oroError } from '../../../shared/adapters/oro/errors'
import type { OroAnswer } from '../../../shared/adapters/oro/client'
import { recorded } from './recorded'

function answer(name: string): OroAnswer {
  const { status, body } = recorded(name).response
  return { status, body, headers: new Headers(), retryAfterMs: null }
}

const plain = (status: number, retryAfterMs: number | null = null): OroAnswer => ({
  status,
  body: undefined,
  headers: new Headers(),
  retryAfterMs,
})

describe('failures of Oro in our words', () => {
  it('names the refused fields of a form', () => {
    expect(oroError(answer('error-validation.400')).evidence).toMatchObject({
      code: 'refused-value',
      scope: 'item',
      transient: false,
      fields: ['title'],
    })
    expect(oroError(answer('error-reminder-in-past.400')).evidence.fields).toEqual(['reminder'])
  })

  it('reads complaints about the form as a whole', () => {
    expect(formErrors(answer('error-extra-field.400').body)).toEqual([
      {
        key: '',
        message:
          'This form should not contain extra fields: "invitationStatus", "isOrganizer", "parentEventId".',
      },
    ])
  })

  it('reads the pointer of a JSON:API error', () => {
    expect(oroError(answer('task-status-locked.400'), 'item', 'tasks').evidence).toMatchObject({
      code: 'refused-value',
      fields: ['status'],
    })
    const due = oroError(answer('task-due-date-required.400'), 'item', 'tasks')
    expect(due.evidence.fields).toEqual(['due'])
  })

  it.each([
    ['error-forbidden.403', 'access', 'item', false],
    ['error-delete-forbidden.403', 'access', 'item', false],
    ['task-forbidden.403', 'access', 'item', false],
    ['error-not-found-put.404', 'item-failed', 'item', true],
    ['error-unauthorized.401', 'oro-credentials', 'service', false],
  ])('turns %s into %s', (name, code, scope, transient) => {
    expect(oroError(answer(name)).evidence).toMatchObject({ code, scope, transient })
  })

  it('takes a missing list for a missing calendar and a broken list for an unreachable Oro', () => {
    expect(oroError(plain(404), 'container').evidence).toMatchObject({
      code: 'oro-calendar-missing',
      transient: false,
    })
    expect(oroError(plain(500), 'container').evidence).toMatchObject({
      code: 'oro-unreachable',
      transient: true,
    })
  })

  it('takes a missing list of tasks for one that is closed to us', () => {
    expect(oroError(plain(404), 'container', 'tasks').evidence).toMatchObject({
      code: 'access',
      scope: 'container',
      transient: false,
    })
  })

  it('tells how long a busy server asks to wait', () => {
    expect(oroError(plain(503, 7000)).evidence).toMatchObject({
      code: 'oro-unreachable',
      scope: 'service',
      transient: true,
      retryAfterMs: 7000,
    })
  })

  it('says nothing of what Oro said in its message', () => {
    expect(oroError(answer('error-validation.400')).message).toBe('oro: refused-value (400)')
  })
})
