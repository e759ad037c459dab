/** nginx from Debian, on loopback, with its own configuration and nothing of the system's. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuthorityFiles } from './authority.ts'
import { freePort } from './free-port.ts'
import { demandProgram, NGINX } from './programs.ts'
import { startProgram } from './started.ts'

export interface NginxOptions {
  /** Folder whose files are served, each under its path. */
  readonly root: string
  /** Bytes per second of each connection, as nginx spells it: `20m`. */
  readonly limitRate?: string
  readonly tls?: Pick<AuthorityFiles, 'key' | 'cert'>
  /** `host:port` of a server that is asked before each answer: its 204 lets the answer begin. */
  readonly askFirst?: string
  /** Sends `<file>.gz` under the name of the file, as `Content-Encoding: gzip`, whether the client can read it or not. */
  readonly forceGzip?: boolean
}

/** One answered request, as the access log has it. */
export interface Answered {
  readonly method: string
  readonly path: string
  readonly status: number
  /** Body bytes that nginx gave to the operating system. */
  readonly bytes: number
  /** The `Range` header, empty when there was none. */
  readonly range: string
}

export interface Nginx extends AsyncDisposable {
  /** Without a trailing slash. */
  readonly url: string
  /** `127.0.0.1:port` */
  readonly hostPort: string
  /** Every request whose answer has ended, in the order of their ends. */
  answered(): Promise<readonly Answered[]>
}

function configuration(options: NginxOptions, folder: string, port: number): string {
  const { root, limitRate, tls, askFirst, forceGzip } = options
  const lines = [
    'daemon off;',
    // Started by root it would otherwise read files as a user who may not.
    process.getuid?.() === 0 ? 'user root;' : '',
    'worker_processes auto;',
    `pid ${folder}/nginx.pid;`,
    'error_log stderr notice;',
    'events { worker_connections 1024; }',
    'http {',
    '  default_type application/octet-stream;',
    '  sendfile on;',
    '  tcp_nopush on;',
    "  log_format answered '$request_method\\t$uri\\t$status\\t$body_bytes_sent\\t$http_range';",
    `  access_log ${folder}/access.log answered;`,
    ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `  ${name}_temp_path ${folder}/${name};`,
    ),
    ...(askFirst === undefined ? [] : [`  upstream first { server ${askFirst}; keepalive 64; }`]),
    '  server {',
    `    listen 127.0.0.1:${port}${tls === undefined ? '' : ' ssl'};`,
    ...(tls === undefined ? [] : [`    ssl_certificate ${tls.cert};`, `    ssl_certificate_key ${tls.key};`]),
    `    root ${root};`,
    limitRate === undefined ? '' : `    limit_rate ${limitRate};`,
    forceGzip === true ? '    gzip_static always;' : '',
    ...(askFirst === undefined
      ? []
      : [
          '    auth_request /ask-first;',
          '    location = /ask-first {',
          '      internal;',
          '      auth_request off;',
          '      proxy_pass http://first;',
          '      proxy_http_version 1.1;',
          '      proxy_set_header Connection "";',
          '      proxy_pass_request_body off;',
          '      proxy_set_header Content-Length "";',
          '    }',
        ]),
    '  }',
    '}',
  ]
  return lines.filter((line) => line !== '').join('\n')
}

function parseAnswered(line: string): Answered {
  const [method = '', path = '', status = '', bytes = '', range = ''] = line.split('\t')
  return { method, path, status: Number(status), bytes: Number(bytes), range: range === '-' ? '' : range }
}

/** How often another port is tried when somebody took the free one. */
const TRIES = 5

/**
 * Starts nginx on a free loopback port.
 *
 * @throws Error when it is not installed or does not start
 */
export async function startNginx(options: NginxOptions): Promise<Nginx> {
  const path = demandProgram(NGINX)
  const folder = await mkdtemp(join(tmpdir(), 'r3mes-nginx-'))
  await mkdir(options.root, { recursive: true })
  const log = join(folder, 'access.log')
  for (let left = TRIES; ; left -= 1) {
    const port = await freePort()
    const config = join(folder, 'nginx.conf')
    await writeFile(config, configuration(options, folder, port))
    try {
      const program = await startProgram({
        path,
        args: ['-p', folder, '-e', 'stderr', '-c', config],
        ready: /start worker process \d/,
      })
      return {
        url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
        hostPort: `127.0.0.1:${port}`,
        answered: async () => (await readFile(log, 'utf8')).split('\n').filter(Boolean).map(parseAnswered),
        async [Symbol.asyncDispose]() {
          await program[Symbol.asyncDispose]()
          await rm(folder, { recursive: true, force: true })
        },
      }
    } catch (cause) {
      const taken = cause instanceof Error && cause.message.includes('Address already in use')
      if (taken && left > 1) continue
      await rm(folder, { recursive: true, force: true })
      throw cause
    }
  }
}
