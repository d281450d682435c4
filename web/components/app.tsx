import { useMemo, useState } from 'preact/hooks'
import { createApi } from '../api/client'
import { forgetLaunch, type Launch } from '../launch'
import { texts } from '../texts'
import { AdministratorPage } from './administrator-page'
import { ClosedDoor } from './closed-door'
import { UserPage } from './user-page'

/** The page of one level. When the right has expired it stays readable, so that nothing typed is lost. */
export function App({ launch, base }: { launch: Launch | null; base: URL }) {
  const [expired, setExpired] = useState(false)
  const api = useMemo(
    () =>
      launch &&
      createApi(base, launch.token, () => {
        forgetLaunch()
        setExpired(true)
      }),
    [launch, base],
  )
  return (
    <>
      <a class="skip" href="#settings">
        {texts.skip}
      </a>
      <header class="top">
        <h1>{texts.title}</h1>
        {launch && <p class="help">{texts.levels[launch.level]}</p>}
      </header>
      <main>
        {(!launch || expired) && <ClosedDoor reason={launch ? 'expired' : 'unknown'} />}
        {launch && api && launch.level === 'user' && <UserPage api={api} scope={launch.scope} />}
        {launch && api && launch.level !== 'user' && (
          <AdministratorPage api={api} scope={launch.scope} level={launch.level} />
        )}
      </main>
    </>
  )
}
