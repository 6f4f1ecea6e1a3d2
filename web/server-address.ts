/** Root of the server that this page came from, below whatever path it is mounted. */
export const SERVER = new URL('.', document.baseURI)

/** An address on that server; the browser's own view of it, for the public one may be another origin. */
export function onServer(path: string): URL {
  return new URL(path, SERVER)
}
