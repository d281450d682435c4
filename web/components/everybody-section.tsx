import type { Status } from '../api/answers'
import type { Api } from '../api/client'
import { useBusy } from '../state/use-busy'
import { useLoad } from '../state/use-load'
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

type Paused = Pick<Status, 'paused'>

/** Pause and Resume for all accounts of an organization or of the system. */
export function EverybodySection({ api, scope, level }: EverybodySectionProps) {
  const status = useLoad(async () => (await api.get<Paused>(`${scope}status`)).body)
  const { busy, problem, run } = useBusy()
  const t = texts.status.everybody[level]
  const act = (call: 'pause' | 'resume') =>
    void run(async () => {
      await api.send('POST', `${scope}${call}`, {})
      status.set({ paused: call === 'pause' ? level : null })
    })
  const paused = status.value?.paused ?? null
  const above = paused !== null && paused !== level
  const sentence = above ? t.pausedAbove : paused ? t.paused : t.running
  const offered = paused ? 'resume' : 'pause'
  return (
    <Part heading={t.heading} id="everybody">
      {!status.value && !status.problem && <Loading lines={1} />}
      {status.problem && <Failed problem={status.problem} retry={status.reload} />}
      {status.value && (
        <div class="account">
          <p class="everybody" role="status">
            <Icon mood={paused ? 'paused' : 'good'} />
            <span class="strong">{sentence}</span>
          </p>
          {!above && (
            <div class="actions">
              <Button
                busy={busy}
                onClick={() => {
                  act(offered)
                }}
              >
                {t[offered]}
              </Button>
            </div>
          )}
        </div>
      )}
      {problem && <Notice mood="bad">{problem.message}</Notice>}
    </Part>
  )
}
