import { chromium, type Browser } from 'playwright-core'

// Systems without NSS and its kin: with this set, the package unpacks its own copies. It is read when the package loads.
process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs22.x'

// The package's switches suit a sandboxed function. The first two would hide what is tested here: origins, and pages that live beside each
// other; without the zygote every process is loaded anew; the others paint through an emulated graphics card, which costs most of the time.
const unwanted = new Set([
  '--disable-web-security',
  '--single-process',
  '--no-zygote',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--in-process-gpu',
])

/** Real Chromium out of an npm package. */
export async function launchChromium(): Promise<Browser> {
  const { default: packaged } = await import('@sparticuz/chromium')
  return chromium.launch({
    executablePath: await packaged.executablePath(),
    args: [...packaged.args.filter((arg) => !unwanted.has(arg)), '--no-sandbox', '--disable-gpu'],
  })
}
