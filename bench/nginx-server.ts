import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'

/** Debian's nginx with one worker and a configuration of its own: what `locations` says, on one port. */
export class NginxServer implements AsyncDisposable {
  readonly url: string
  readonly #process: ChildProcess
  readonly #folder: string

  /** `before` goes outside the server block: upstreams. */
  static async start({
    locations,
    before = '',
    port = 18_690,
  }: {
    locations: string
    before?: string
    port?: number
  }): Promise<NginxServer> {
    const folder = mkdtempSync(path.join(tmpdir(), 'klieg-nginx-'))
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${folder}/${name};`)
      .join(' ')
    const configuration = path.join(folder, 'nginx.conf')
    writeFileSync(
      configuration,
      `${process.getuid?.() === 0 ? 'user root;' : ''} worker_processes 1; daemon off;
error_log ${folder}/error.log; pid ${folder}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; ${temporary}
  ${before}
  server { listen 127.0.0.1:${port}; ${locations} }
}
`,
    )
    const nginx = spawn('nginx', ['-p', folder, '-c', configuration], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    await once(nginx, 'spawn')
    const url = `http://127.0.0.1:${port}`
    while (
      !(await fetch(url).then(
        () => true,
        () => false,
      ))
    ) {
      if (nginx.exitCode !== null) throw new Error(`nginx left with code ${nginx.exitCode}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return new NginxServer(url, nginx, folder)
  }

  private constructor(url: string, nginx: ChildProcess, folder: string) {
    this.url = url
    this.#process = nginx
    this.#folder = folder
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.#process, 'exit')
    this.#process.kill()
    await gone
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
