import { EVENTS, meeting, startCompany, stopAll, tokenOf } from './company'

afterEach(stopAll)

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

async function ask(url: string, body: string, headers: Record<string, string>): Promise<any> {
  const response = await fetch(`${url}/oauth2-token`, { method: 'POST', headers, body })
  return { status: response.status, ...((await response.json()) as object) }
}

describe('the token endpoint', () => {
  it('takes credentials from a form body and from Basic authentication', async () => {
    const { oro } = await startCompany()
    const inForm = 'grant_type=client_credentials&client_id=abc&client_secret=s3cr3t'
    expect(await ask(oro.url, inForm, FORM)).toMatchObject({ status: 200, expires_in: 3600 })
    const basic = Buffer.from('abc:s3cr3t').toString('base64')
    expect(
      await ask(oro.url, 'grant_type=client_credentials', {
        ...FORM,
        authorization: `Basic ${basic}`,
      }),
    ).toMatchObject({ status: 200, token_type: 'Bearer' })
  })

  it('answers invalid_client for a wrong secret, an inactive application and a Web API that is off', async () => {
    const { oro } = await startCompany()
    const body = (secret: string): string =>
      `grant_type=client_credentials&client_id=abc&client_secret=${secret}`
    const refused = { status: 401, error: 'invalid_client' }
    expect(await ask(oro.url, body('wrong'), FORM)).toMatchObject(refused)
    oro.seed({ organizations: [{ id: 1, apiEnabled: false }] })
    expect(await ask(oro.url, body('s3cr3t'), FORM)).toMatchObject(refused)
    oro.seed({
      organizations: [{ id: 1, apiEnabled: true }],
      applications: [
        { clientId: 'abc', clientSecret: 's3cr3t', organizationId: 1, userId: 2, active: false },
      ],
    })
    expect(await ask(oro.url, body('s3cr3t'), FORM)).toMatchObject(refused)
  })

  it('refuses other grants', async () => {
    const { oro } = await startCompany()
    const body = 'grant_type=magic&client_id=abc&client_secret=s3cr3t'
    expect(await ask(oro.url, body, FORM)).toMatchObject({
      status: 400,
      error: 'unsupported_grant_type',
    })
  })

  it('never has the back-office prefix, everything else has it', async () => {
    const { oro, call } = await startCompany({ prefix: '/admin' })
    expect((await call('GET', `${EVENTS}.json?calendar=7&page=1&limit=1`)).status).toBe(200)
    const token = await tokenOf(oro, 'abc')
    const bare = await fetch(`${oro.url}${EVENTS}.json?calendar=7&page=1&limit=1`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(bare.status).toBe(404)
    const prefixed = await fetch(`${oro.url}/admin/oauth2-token`, { method: 'POST', body: '' })
    expect(prefixed.status).toBe(404)
  })
})

describe('an access token', () => {
  it('ends after an hour of the clock with an empty 401', async () => {
    const { call, clock } = await startCompany()
    const path = `${EVENTS}.json?calendar=7&page=1&limit=1`
    await call('GET', path)
    clock.now += 3_599_000
    expect((await call('GET', path)).status).toBe(200)
    clock.now += 1000
    const late = await call('GET', path)
    expect([late.status, late.text]).toEqual([401, ''])
  })

  it('reaches one organization only: foreign records answer 403', async () => {
    const { call, oro } = await startCompany()
    const created = await call('POST', EVENTS, meeting())
    const path = `${EVENTS}/${created.body.id}.json`
    const foreign = { clientId: 'other' }
    expect((await call('GET', path, undefined, foreign)).body).toEqual({ code: 403 })
    expect((await call('PUT', path, { title: 'X' }, foreign)).status).toBe(403)
    expect((await call('DELETE', path, undefined, foreign)).status).toBe(403)
    const task = oro.tasks.create({ subject: 'Theirs', ownerId: 20 })
    expect((await call('GET', `/api/tasks/${task}`)).status).toBe(403)
    expect((await call('GET', `/api/rest/latest/tasks/${task}.json`)).status).toBe(403)
    expect((await call('GET', '/api/users/20')).status).toBe(403)
  })

  it('is answered with the Date of the clock', async () => {
    const { call, clock } = await startCompany()
    clock.now = Date.parse('2031-02-03T04:05:06Z')
    const answer = await call('GET', `${EVENTS}.json?calendar=7&page=1&limit=1`)
    expect(answer.headers.get('date')).toBe('Mon, 03 Feb 2031 04:05:06 GMT')
  })
})
