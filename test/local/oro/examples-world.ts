import type { SeedTask } from '../../../local/oro/seed'
import type { SeedEvent } from '../../../local/oro/seed-event'

const CREATED = '2026-08-24T09:12:40Z'
const PRIYA = {
  displayName: 'Priya Nair',
  email: 'priya.nair@example.com',
  status: 'accepted',
  type: 'required',
  createdAt: CREATED,
} as const
const STAND_UP = {
  uid: '5b0c6d4e-3a57-4f0e-9a0b-1f6f3f0a7c11',
  title: 'Stand-up',
  calendarId: 7,
} as const
const own = (id: number, title: string, uid: string, start: string, end: string): SeedEvent => ({
  id,
  uid,
  title,
  calendarId: 7,
  createdAt: CREATED,
  start,
  end,
})

/** The rows behind the contract's example files, by id. */
export const EXAMPLE_EVENTS: Record<number, SeedEvent> = {
  4101: {
    ...own(
      4101,
      'Contract review',
      '0d6b0a52-8a5f-4c0f-9f55-0a7f1f2d3b01',
      '2026-09-10T12:00:00Z',
      '2026-09-10T13:00:00Z',
    ),
    description: '<p>Bring the <strong>signed</strong> copy.</p>',
    attendees: [
      {
        displayName: 'Pat Lund',
        email: 'pat.lund@partner.example',
        status: 'tentative',
        type: 'optional',
      },
    ],
  },
  4102: {
    ...own(4102, 'Stand-up', STAND_UP.uid, '2026-09-07T07:30:00Z', '2026-09-07T08:00:00Z'),
    attendees: [PRIYA],
    recurrence: {
      id: 61,
      recurrenceType: 'weekly',
      dayOfWeek: ['monday', 'thursday'],
      endTime: '2026-12-17T22:59:00Z',
      timeZone: 'Europe/Berlin',
    },
  },
  4103: {
    ...own(
      4103,
      'Pipeline review',
      'c9a2e7b0-61f4-4f5a-8a56-0b2c9d3e4f02',
      '2026-09-08T12:00:00Z',
      '2026-09-08T13:00:00Z',
    ),
    recurrence: {
      id: 62,
      recurrenceType: 'monthnth',
      instance: 2,
      dayOfWeek: ['tuesday'],
      occurrences: 12,
      timeZone: 'Europe/Berlin',
    },
  },
  4104: {
    ...own(
      4104,
      'Renewal date',
      '1f8d2b6c-90e3-4b7d-8c41-5a6b7c8d9e03',
      '2027-03-15T09:00:00Z',
      '2027-03-15T09:30:00Z',
    ),
    recurrence: {
      id: 63,
      recurrenceType: 'yearly',
      interval: 12,
      dayOfMonth: 15,
      monthOfYear: 3,
      timeZone: 'UTC',
    },
  },
  4107: {
    ...STAND_UP,
    id: 4107,
    start: '2026-09-10T13:00:00Z',
    end: '2026-09-10T13:30:00Z',
    createdAt: '2026-09-02T06:00:11Z',
    recurringEventId: 4102,
    originalStart: '2026-09-10T07:30:00Z',
    attendees: [PRIYA],
  },
  4108: {
    ...STAND_UP,
    id: 4108,
    start: '2026-10-29T08:30:00Z',
    end: '2026-10-29T09:00:00Z',
    createdAt: '2026-09-03T10:41:05Z',
    recurringEventId: 4102,
    originalStart: '2026-10-29T08:30:00Z',
    isCancelled: true,
    attendees: [PRIYA],
  },
  4111: {
    ...own(
      4111,
      'Trade fair',
      '7e2f4a1b-52c8-4d0e-b6f7-3c4d5e6f7a04',
      '2026-11-09T23:00:00Z',
      '2026-11-12T22:59:00Z',
    ),
    allDay: true,
  },
  4112: {
    ...own(
      4112,
      'Trade fair',
      '2a9b8c7d-41e6-4f3a-9d2c-6b5a4f3e2d05',
      '2026-11-10T08:00:00Z',
      '2026-11-13T07:59:00Z',
    ),
    allDay: true,
    calendarId: 9,
  },
  4115: {
    ...own(
      4115,
      'Dentist',
      'e4d3c2b1-0f9e-4d8c-b7a6-95847362a107',
      '2026-09-21T06:00:00Z',
      '2026-09-21T07:00:00Z',
    ),
    reminders: [
      { method: 'web_socket', interval: { number: 15, unit: 'M' } },
      { method: 'email', interval: { number: 1, unit: 'D' } },
    ],
  },
  4122: {
    ...own(
      4122,
      'Budget talk',
      '9c0f7a55-2f1a-4b7e-8d3c-1e2f3a4b5c06',
      '2026-09-15T08:00:00Z',
      '2026-09-15T09:00:00Z',
    ),
    attendees: [
      { ...PRIYA, displayName: 'Nora Feld', email: 'nora.feld@example.com', type: 'organizer' },
      PRIYA,
    ],
  },
  4123: {
    ...own(
      4123,
      'Budget talk',
      '9c0f7a55-2f1a-4b7e-8d3c-1e2f3a4b5c06',
      '2026-09-15T08:00:00Z',
      '2026-09-15T09:00:00Z',
    ),
    calendarId: 12,
    parentId: 4122,
    organizerEmail: 'nora.feld@example.com',
  },
  4124: {
    ...own(4124, 'Stand-up', STAND_UP.uid, '2026-09-07T07:30:00Z', '2026-09-07T08:00:00Z'),
    calendarId: 12,
    parentId: 4102,
    organizerEmail: 'nora.feld@example.com',
  },
  4130: {
    ...own(4130, 'Elsewhere', 'frozen', '2026-09-15T08:00:00Z', '2026-09-15T09:00:00Z'),
    organizerEmail: 'pat.lund@partner.example',
    attendees: [PRIYA],
  },
}

const task = (id: number, subject: string, changes: Partial<SeedTask>): SeedTask => ({
  id,
  subject,
  ownerId: 3,
  createdById: 2,
  createdAt: '2026-09-01T08:00:00Z',
  activityTargets: [{ type: 'contacts', id: '61' }],
  ...changes,
})

export const EXAMPLE_TASKS: Record<number, SeedTask> = {
  311: task(311, 'Send offer', {
    description: '<p>Use the new price list</p>',
    dueDate: '2026-09-30T15:00:00Z',
    workflowItemId: 842,
  }),
  312: task(312, 'Call back', {
    status: 'in_progress',
    taskPriority: 'high',
    updatedAt: '2026-09-04T11:20:09Z',
  }),
  313: task(313, 'Archive', { dueDate: '2026-09-30T15:00:00Z', workflowItemId: null }),
  9001: task(9001, 'Foreign', { ownerId: 20 }),
}
