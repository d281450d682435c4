import { app as functions } from '@azure/functions'
import { app, withLog } from '../shared/compose'
import { tick } from '../shared/usecases/schedule'

/** The minute timer over the due index (DESIGN 4). */
export function registerSchedule(): void {
  functions.timer('schedule', {
    schedule: '%SCHEDULE_CRON%',
    handler: (_timer, context) => withLog(context, () => tick(app().deps)),
  })
}
