/** Writes index.html, page-{hash}.js and page-{hash}.css into a folder; answers their names. */
export function bundlePage(outFolder: string): Promise<string[]>
