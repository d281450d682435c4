import { useMemo, useState } from 'preact/hooks'
import { createApi } from '../api/client'
import { forgetLaunch, type Launch } from '../launch'
import { texts } from '../texts'
import { AdministratorPage } from './administrator-page'
import { ClosedDoor } from './closed-door'
import { UserPage } from './user-page'

/** The page of one level. When the right has expired it stays readable, so that nothing typed is lost. */
export function App({ launch, base }: { launch: Launch | null; base: URL }) {
  const [expired, setExpired] = useState<'no' | 'at-once' | 'later'>('no')
  const api = useMemo(
    () =>
      launch &&
      createApi(base, launch.token, (answered) => {
        forgetLaunch()
        setExpired(answered ? 'later' : 'at-once')
      }),
    [launch, base],
  )
  const opened = launch && api && expired !== 'at-once' ? { ...launch, api } : null
  return (
    <>
      {opened && (
        <a class="skip" href="#settings">
          {texts.skip}
        </a>
      )}
      <header class="top">
        <h1>{texts.title}</h1>
        {launch && <p class="help">{texts.levels[launch.level]}</p>}
      </header>
      <main>
        {!launch && <ClosedDoor text={texts.closedDoor.unknown} />}
        {expired !== 'no' && (
          <ClosedDoor text={texts.closedDoor.expired} unsaved={expired === 'later'} />
        )}
        {opened?.level === 'user' && <UserPage api={opened.api} scope={opened.scope} />}
        {opened && opened.level !== 'user' && (
          <AdministratorPage api={opened.api} scope={opened.scope} level={opened.level} />
        )}
      </main>
    </>
  )
}
