'use strict'
// Builds the deployable folder dist/app (bundle, page, host.json, package.json) and the local platform dist/local.
const { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } = require('node:fs')
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

/** What runs on one machine only, and the page of the demo company. */
const local = ['local/start', 'bench/main', 'bench/stand-ins']
const companyPage = 'local/demo/page'

async function main() {
  // Only what is built here: other things (screenshots) lie beside it.
  for (const folder of ['app', 'local', 'bench']) {
    rmSync(join(root, 'dist', folder), { recursive: true, force: true })
  }
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
      entryPoints: Object.fromEntries(local.map((name) => [name, `./${name}.ts`])),
      outdir: join(root, 'dist'),
      packages: 'external',
    }),
    build({
      ...common,
      entryPoints: { company: `./${companyPage}/company.ts` },
      outdir: join(root, 'dist', companyPage),
      platform: 'browser',
      format: 'esm',
      target: 'es2022',
    }),
    bundlePage(join(app, 'settings-page')),
  ])
  cpSync(join(root, 'host.json'), join(app, 'host.json'))
  // For Core Tools (`npm run start:func`); never committed, never deployed.
  const own = join(root, 'local.settings.json')
  if (existsSync(own)) cpSync(own, join(app, 'local.settings.json'))
  for (const file of ['index.html', 'company.css']) {
    cpSync(join(root, companyPage, file), join(root, 'dist', companyPage, file))
  }
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
