import type { Connection, Status } from '../../web/api/answers'
import { agreedAt, judge } from '../../web/components/agreement'
import { parseLaunch } from '../../web/launch'
import { connected, idle, notConnected } from './fake-world'

const status = (over: Partial<Status['kinds']> = {}, paused: Status['paused'] = null): Status => ({
  paused,
  kinds: { calendar: idle(5), tasks: idle(5), ...over },
})
const counts = { linked: 5, parked: 0, unlinked: 0, withheld: 0, held: 0, problems: 0 }
const sentence = (connection: Connection, of: Status) => judge(connection, of).sentence

describe('the one sentence', () => {
  it.each([
    ['must be connected again', { ...connected(), state: 'needs-reconnect' as const }, status()],
    ['until an account is connected', notConnected, status()],
    ['is paused for everybody', connected(), status({}, 'system')],
    [
      'switched off',
      connected(),
      status({ calendar: idle(0, { enabled: false }), tasks: idle(0, { enabled: false }) }),
    ],
    [
      'except 1 item with a problem and 2 deletions that wait for you',
      connected(),
      status({
        calendar: idle(5, { counts: { ...counts, held: 2 } }),
        tasks: idle(5, { counts: { ...counts, problems: 1 }, inProgress: true }),
      }),
    ],
    ['needs attention', connected(), status({ tasks: idle(5, { state: 'attention' }) })],
    ['asks us to wait', connected(), status({ tasks: idle(5, { state: 'throttled' }) })],
    ['being synchronized', connected(), status({ tasks: idle(5, { inProgress: true }) })],
    [
      'has not run yet',
      connected(),
      status({ calendar: idle(0, { lastAgreedAt: null }), tasks: idle(0, { lastAgreedAt: null }) }),
    ],
    ['has not run yet', connected(), status({ tasks: idle(0, { lastAgreedAt: null }) })],
    ['Everything agrees.', connected(), status()],
  ])('says “%s” where that is the gravest thing to say', (words, connection, of) => {
    expect(sentence(connection, of)).toContain(words)
  })

  it('is green in one case only', () => {
    expect(judge(connected(), status()).mood).toBe('good')
    expect(judge(connected(), status({}, 'user')).mood).not.toBe('good')
    expect(judge(notConnected, status()).mood).not.toBe('good')
  })

  it('does not count the problems of a kind that is switched off', () => {
    const off = idle(5, { enabled: false, counts: { ...counts, problems: 9 } })
    expect(sentence(connected(), status({ tasks: off }))).toBe('Everything agrees.')
  })
})

describe('the time of the last agreement', () => {
  const early = '2026-09-07T07:30:00Z'
  const late = '2026-09-07T09:30:00Z'
  const at = (calendar: string | null, tasks: string | null) =>
    agreedAt(
      status({
        calendar: idle(1, { lastAgreedAt: calendar }),
        tasks: idle(1, { lastAgreedAt: tasks }),
      }),
    )

  it('is the older one of both kinds', () => {
    expect(at(late, early)).toBe(early)
    expect(at(early, late)).toBe(early)
  })

  it('is unknown while one kind has never agreed', () => {
    expect(at(late, null)).toBeNull()
    expect(at(null, late)).toBeNull()
  })

  it('leaves out a kind that is switched off', () => {
    const off = idle(1, { enabled: false, lastAgreedAt: early })
    const on = idle(1, { lastAgreedAt: late })
    expect(agreedAt(status({ calendar: on, tasks: off }))).toBe(late)
  })
})

describe('the fragment of the page’s address', () => {
  it('says for whom the page is', () => {
    expect(parseLaunch('#token=t&level=user&organization=1&user=42')).toEqual({
      token: 't',
      level: 'user',
      scope: 'organizations/1/users/42/',
    })
    expect(parseLaunch('#token=t&level=organization&organization=1')?.scope).toBe(
      'organizations/1/',
    )
    expect(parseLaunch('#token=t&level=system')?.scope).toBe('')
  })

  it.each([
    '',
    '#level=system',
    '#token=t',
    '#token=t&level=admin',
    '#token=t&level=organization',
    '#token=t&level=user&organization=1',
  ])('opens nothing when it is “%s”', (fragment) => {
    expect(parseLaunch(fragment)).toBeNull()
  })

  it('cannot climb out of its scope', () => {
    const climbing = '#token=t&level=user&organization=1&user=..%2F..%2F2'
    expect(parseLaunch(climbing)?.scope).toBe('organizations/1/users/..%2F..%2F2/')
  })
})
