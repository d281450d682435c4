/** A person at the sign-in page: fills in the form as a browser would. `url` = the stand-in; answers where the browser is sent. */
export async function browse(
  url: string,
  authorizeUrl: string,
  as: string,
  decision: string,
): Promise<URL> {
  const first = await fetch(authorizeUrl, { redirect: 'manual' })
  const direct = first.headers.get('location')
  if (direct !== null) return new URL(direct)
  const html = await first.text()
  const action = /action="([^"]+)"/.exec(html)?.[1]
  if (action === undefined) throw new Error(`no form: ${html}`)
  const answer = await fetch(url + action, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({
      request: new URL(authorizeUrl).searchParams.toString(),
      username: as,
      decision,
    }),
  })
  const location = answer.headers.get('location')
  if (location === null) throw new Error(`sent nowhere: ${await answer.text()}`)
  return new URL(location)
}
