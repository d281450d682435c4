import { render } from 'preact'
import { App } from './components/app'
import { takeLaunch } from './launch'

// Another address in the same tab differs in the fragment alone, which by itself loads nothing. The skip link's fragment is none of these.
window.addEventListener('hashchange', () => {
  if (location.hash.includes('token=')) location.reload()
})

const root = document.getElementById('page')
if (root) render(<App launch={takeLaunch()} base={new URL('../page/', document.baseURI)} />, root)
