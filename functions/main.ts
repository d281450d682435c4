import { join } from 'node:path'
import { registerFunctions } from './register'

// The page lies beside the bundle.
registerFunctions({ pageFolder: join(__dirname, 'settings-page') })
