import type { Status } from '../api/answers'
import type { Api } from '../api/client'
import { useBusy } from '../state/use-busy'
import { problemOf, useLoad } from '../state/use-load'
import { texts } from '../texts'
import { Button } from './button'
import { Icon } from './icon'
import { Notice } from './notice'
import { Failed, Loading, Part } from './part'

interface EverybodySectionProps {
  api: Api
  scope: string
  level: 'organization' | 'system'
}

type Paused = Partial<Pick<Status, 'paused'>>

/** Absent where the interface does not tell it at this level: then both can be asked for. */
async function readPaused(api: Api, scope: string): Promise<Paused> {
  try {
    return (await api.get<Paused>(`${scope}status`)).body
  } catch (cause) {
    if (problemOf(cause).status === 404) return {}
    throw cause
  }
}

/** Pause and Resume for all accounts of an organization or of the system. */
export function EverybodySection({ api, scope, level }: EverybodySectionProps) {
  const status = useLoad(() => readPaused(api, scope))
  const { busy, problem, run } = useBusy()
  const t = texts.status.everybody[level]
  const act = (call: 'pause' | 'resume') =>
    void run(async () => {
      await api.send('POST', `${scope}${call}`, {})
      status.set({ paused: call === 'pause' ? level : null })
    })
  const paused = status.value?.paused
  const known = paused !== undefined
  const above = known && paused !== null && paused !== level
  const sentence = above ? t.pausedAbove : paused ? t.paused : known ? t.running : t.unknown
  const offered = known ? ([paused ? 'resume' : 'pause'] as const) : (['pause', 'resume'] as const)
  return (
    <Part heading={t.heading} id="everybody">
      {!status.value && !status.problem && <Loading lines={1} />}
      {status.problem && <Failed problem={status.problem} retry={status.reload} />}
      {status.value && (
        <div class="account">
          <p class="everybody" role="status">
            <Icon mood={paused ? 'paused' : known ? 'good' : 'off'} />
            <span class="strong">{sentence}</span>
          </p>
          {!above && (
            <div class="actions">
              {offered.map((call) => (
                <Button
                  key={call}
                  busy={busy}
                  onClick={() => {
                    act(call)
                  }}
                >
                  {t[call]}
                </Button>
              ))}
            </div>
          )}
        </div>
      )}
      {problem && <Notice mood="bad">{problem.message}</Notice>}
    </Part>
  )
}
