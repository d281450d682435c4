'use strict'
// Installs the locked dependencies when they are missing or older than the lock, so that a fresh clone needs one command.
const { existsSync, statSync } = require('node:fs')
const { execSync } = require('node:child_process')
const { join } = require('node:path')

const root = join(__dirname, '..')
const marker = join(root, 'node_modules', '.package-lock.json')
const lock = join(root, 'package-lock.json')
if (!existsSync(marker) || statSync(marker).mtimeMs + 1000 < statSync(lock).mtimeMs) {
  console.log('Installing dependencies (npm ci) …')
  try {
    execSync('npm ci --no-audit --no-fund --loglevel=error', { cwd: root, stdio: 'inherit' })
  } catch {
    console.error('npm ci failed, see above: nothing was started.')
    process.exit(1)
  }
}
