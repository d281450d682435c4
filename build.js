'use strict'
// Builds the deployable folder dist/app (bundle, page, host.json, package.json) and the local platform dist/local.
const { cpSync, mkdirSync, rmSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { build } = require('esbuild')
const { bundlePage } = require('./web/bundle')

const root = __dirname
const app = join(root, 'dist', 'app')
const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  sourcemap: true,
  logLevel: 'warning',
}

async function main() {
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  mkdirSync(app, { recursive: true })
  await Promise.all([
    // Azure-only libraries stay apart: they are slow to load and used nowhere else.
    build({
      ...common,
      entryPoints: { main: 'functions/main.ts' },
      outdir: app,
      external: ['@azure/functions-core'],
      minify: true,
      keepNames: true,
    }),
    build({
      ...common,
      entryPoints: { 'local/start': 'local/start.ts', 'bench/main': 'bench/main.ts' },
      outdir: join(root, 'dist'),
      packages: 'external',
    }),
    bundlePage(join(app, 'settings-page')),
  ])
  cpSync(join(root, 'host.json'), join(app, 'host.json'))
  const { name, version, engines } = require('./package.json')
  writeFileSync(
    join(app, 'package.json'),
    `${JSON.stringify({ name, version, private: true, main: 'main.js', engines }, null, 2)}\n`,
  )
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
