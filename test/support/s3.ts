/** A real S3 server with one bucket that everybody may read. Objects are put by curl, which signs its requests. */
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../scripts/real-parts/free-port.ts'
import { CURL, demandProgram } from '../../scripts/real-parts/programs.ts'
import { startProgram } from '../../scripts/real-parts/started.ts'
import { versitygw } from '../../scripts/real-parts/versitygw.ts'
import { sha256Of } from './digest.ts'

const BUCKET = 'models'
const USER = 'owner:owner-secret'

const READABLE = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${BUCKET}/*` },
  ],
}

export interface S3 extends AsyncDisposable {
  /** Of the bucket, without a trailing slash. */
  readonly url: string
  /** Puts an object under a key. */
  put(key: string, bytes: Uint8Array): Promise<void>
}

/** @throws Error when it cannot be built or does not start */
export async function startS3(): Promise<S3> {
  await using begun = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'r3mes-s3-'))
  begun.defer(() => rm(folder, { recursive: true, force: true }))
  const root = join(folder, 'root')
  const sidecar = join(folder, 'sidecar')
  await mkdir(root)
  await mkdir(sidecar)
  const port = await freePort()
  const [access = '', secret = ''] = USER.split(':')
  begun.use(
    await startProgram({
      path: await versitygw(),
      // Metadata lie beside the objects: not every file system of a test machine has extended attributes.
      args: ['--port', `127.0.0.1:${port}`, 'posix', '--sidecar', sidecar, root],
      env: { ROOT_ACCESS_KEY: access, ROOT_SECRET_KEY: secret },
      ready: /http:\/\/127\.0\.0\.1/,
    }),
  )
  const url = `http://127.0.0.1:${port}/${BUCKET}`
  const put = async (bytes: Uint8Array, to: string): Promise<void> => {
    const body = join(folder, 'body')
    await writeFile(body, bytes)
    execFileSync(
      demandProgram(CURL),
      [
        ...['-sS', '--fail-with-body', '--aws-sigv4', 'aws:amz:us-east-1:s3', '--user', USER],
        ...['-H', `x-amz-content-sha256: ${sha256Of(bytes)}`, '-T', body, to],
      ],
      { stdio: 'pipe' },
    )
  }
  await put(new Uint8Array(), url)
  await put(Buffer.from(JSON.stringify(READABLE)), `${url}?policy=`)
  const ended = begun.move()
  return {
    url,
    put: (key, bytes) => put(bytes, `${url}/${key}`),
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  }
}
