'use strict'
const { readFile, writeFile } = require('node:fs/promises')
const path = require('node:path')
const { build } = require('esbuild')

/**
 * Writes the settings page into a folder: index.html, page-{hash}.js and page-{hash}.css, to be served side by side below
 * `…/settings-page/`. Hashed names may be cached for ever, index.html not at all.
 *
 * @param {string} outFolder
 * @returns {Promise<string[]>} the names of the files
 */
async function bundlePage(outFolder) {
  const { metafile } = await build({
    entryPoints: {
      page: path.join(__dirname, 'main.tsx'),
      style: path.join(__dirname, 'page.css'),
    },
    entryNames: 'page-[hash]',
    outdir: outFolder,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    metafile: true,
    logLevel: 'warning',
  })
  const written = Object.keys(metafile.outputs).map((name) => path.basename(name))
  const named = (extension) => written.find((name) => name.endsWith(extension)) ?? ''
  const template = await readFile(path.join(__dirname, 'index.html'), 'utf8')
  const html = template.replace('{page.css}', named('.css')).replace('{page.js}', named('.js'))
  await writeFile(path.join(outFolder, 'index.html'), html)
  return ['index.html', ...written]
}

module.exports = { bundlePage }
