import type { Check } from '../api/answers'
import { texts } from '../texts'
import { Icon } from './icon'
import { Notice } from './notice'

/** What “Check connection” found, probe by probe, in words. */
export function CheckResult({ check }: { check: Check }) {
  const { healthy, unhealthy } = texts.account.checked
  return (
    <Notice mood={check.healthy ? 'good' : 'bad'}>
      <p class="strong">{check.healthy ? healthy : unhealthy}</p>
      <ul class="probes">
        {check.probes.map((probe) => (
          <li key={probe.name}>
            <Icon mood={probe.ok ? 'good' : 'bad'} />
            <span>
              <span class="strong">{texts.account.probes[probe.name] ?? probe.name}</span>{' '}
              {probe.ok ? texts.account.probeStates.ok : texts.account.probeStates.failed}
              {!probe.ok && <span class="help">{probe.message}</span>}
            </span>
          </li>
        ))}
      </ul>
    </Notice>
  )
}
