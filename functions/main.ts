import { join } from 'node:path'
import { registerFunctions } from './register'

// The Functions host looks at no export; the local one, in whose process this runs, does (DESIGN 12).
export { configure, hint } from './local-host'

// The page lies beside the bundle.
registerFunctions({ pageFolder: join(__dirname, 'settings-page') })
