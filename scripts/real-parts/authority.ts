/** A private certificate authority, made with OpenSSL. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'

/** Paths of PEM files. */
export interface AuthorityFiles {
  /** Certificate of the authority. */
  readonly ca: string
  readonly key: string
  readonly cert: string
}

/** A new authority and a certificate of it for these names and addresses, good for two days. Everything lies in `folder`. */
export function makeAuthority(folder: string, names: readonly string[]): AuthorityFiles {
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  }
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl(
    ...['req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem'],
    ...['-subj', '/CN=Test CA', '-days', '2'],
  )
  openssl('req', ...newKey, '-keyout', 'host.key', '-out', 'host.csr', '-subj', `/CN=${names[0]}`)
  writeFileSync(
    join(folder, 'san'),
    `subjectAltName=${names.map((name) => `${isIP(name) === 0 ? 'DNS' : 'IP'}:${name}`).join(',')}`,
  )
  openssl(
    ...['x509', '-req', '-in', 'host.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
    ...['-days', '2', '-extfile', 'san', '-out', 'host.pem'],
  )
  return { ca: join(folder, 'ca.pem'), key: join(folder, 'host.key'), cert: join(folder, 'host.pem') }
}
