import { SAMPLE } from '../../local/platform'
import { startCompany, type Answer, type Company } from '../scenarios/company'
import { appointment } from '../scenarios/observe'
import { beginSignIn, browser, openPage, stored } from './world'

let company: Company
beforeAll(async () => {
  company = await startCompany({ tables: true })
})
afterAll(() => company.stop())

it('no secret and no token is in any answer, log, page or row of a whole story', async () => {
  const answers: string[] = []
  const keep = (answer: Answer): Answer => {
    answers.push(JSON.stringify([answer.body, [...answer.headers]]))
    return answer
  }
  const call: Company['call'] = async (...given) => keep(await company.call(...given))
  const organizationSecret = 'sample-secret-of-organization-2'
  company.oro.seed({
    organizations: [{ id: 2 }],
    users: [{ id: 900, email: 'service2@oro.example', organizationId: 2 }],
    applications: [
      { clientId: 'second', clientSecret: organizationSecret, organizationId: 2, userId: 900 },
    ],
  })
  const credentials = '/organizations/2/oro-credentials'
  const right = { clientId: 'second', clientSecret: organizationSecret }
  expect((await call('PUT', credentials, right)).status).toBe(204)
  const wrong = { clientId: 'second', clientSecret: 'sample-wrong-secret' }
  expect((await call('PUT', credentials, wrong)).status).toBe(422)

  const person = await company.newPerson()
  await company.settings(person, { tasks: { enabled: false } })
  const tab = browser()
  const { connectUrl, location } = await beginSignIn(company, person, tab)
  const state = new URL(location).searchParams.get('state') ?? ''
  const cookies = [...tab.jar.values()]
  const back = await company.entra.browse(location, person.upn)
  const done = await tab.get(back)
  answers.push(await done.text())
  await company.idle()
  const { token } = await openPage(company, person.path, 'ada')
  const secretTitle = 'Sample title of a surgery'
  company.graph.createEvent(person.upn, { ...appointment(secretTitle), sensitivity: 'private' })
  company.graph.createEvent(person.upn, appointment('Sample title of a lunch', 2))
  // At once: a hundred minutes of timers tell nothing new.
  company.clock.advance(2 * 3_600_000)
  await company.sync(person)
  company.entra.refuse('invalid-grant', { upn: person.upn, times: 0 })
  company.entra.expire(person.upn, 'access')
  await company.advance('PT61S')
  await company.sync(person)
  for (const path of ['connection', 'status', 'problems', 'history', 'hold', 'settings']) {
    await call('GET', `${person.path}/${path}`)
  }
  await call('POST', `${person.path}/connection/check`)
  await call('GET', '/organizations/1/accounts')
  await call('GET', '/health/details')
  await call('GET', '/openapi.json')
  await call('DELETE', `${person.path}/connection`)

  const { issued } = company.entra
  expect(new Set(issued.map(({ kind }) => kind))).toEqual(new Set(['code', 'access', 'refresh']))
  const secrets = [
    ...issued.map((one) => one.token),
    SAMPLE.clientSecret,
    SAMPLE.oroClientSecret,
    SAMPLE.functionKey,
    organizationSecret,
    'sample-wrong-secret',
    company.platform.settings['TOKEN_KEY'] ?? '',
  ]
  const oneTime = [
    new URL(connectUrl).searchParams.get('ticket') ?? '',
    state,
    new URL(back).searchParams.get('code') ?? '',
    token,
    ...cookies,
  ]
  const log = company.platform.host.log().map((line) => JSON.stringify(line))
  const rows = await stored(company)
  expect([log.length > 20, rows.length > 20, answers.length > 10]).toEqual([true, true, true])
  for (const secret of [...secrets, ...oneTime]) {
    expect(secret.length).toBeGreaterThan(5)
    expect(answers.filter((text) => text.includes(secret))).toEqual([])
    expect(log.filter((text) => text.includes(secret))).toEqual([])
    expect(rows.filter((text) => text.includes(secret))).toEqual([])
  }
  // Content has no place in a log, and what is private no place in an answer.
  for (const content of [secretTitle, 'Sample title of a lunch', person.email, person.upn]) {
    expect(log.filter((text) => text.includes(content))).toEqual([])
  }
  expect(answers.filter((text) => text.includes(secretTitle))).toEqual([])
})
