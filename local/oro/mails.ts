/** One mail that Oro would have sent to one recipient. */
export interface Mail {
  at: string
  kind: 'invitation' | 'update' | 'cancellation' | 'response'
  to: string
  eventId: number
  uid: string | null
  calendarId: number | null
  title: string
  /** Who caused it. */
  by: 'api' | 'user'
}

/** The mail ledger: one entry per recipient (contract 3.3, `notifyAttendees`). */
export interface Mails {
  add(mail: Omit<Mail, 'at'>): void
  list(): Mail[]
  clear(): void
}

export function createMails(now: () => number): Mails {
  let mails: Mail[] = []
  return {
    add(mail) {
      mails.push({ at: new Date(now()).toISOString(), ...mail })
    },
    list: () => mails,
    clear() {
      mails = []
    },
  }
}
