/**
 * Regenerates what is derived: `src/gen` from `proto/` with buf and protoc-gen-es, both from node_modules and offline, and
 * action.yml, action-types.yml and the tables of the README from `src/ensure/inputs.ts`.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { actionTypesYaml, actionYaml, readmeTables, withTables } from './metadata.ts'

const root = join(import.meta.dirname, '..')
rmSync(join(root, 'src/gen'), { recursive: true, force: true })
execFileSync(process.execPath, [join(root, 'node_modules/@bufbuild/buf/bin/buf'), 'generate'], {
  cwd: join(root, 'proto'),
  stdio: 'inherit',
  env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env['PATH']}` },
})

writeFileSync(join(root, 'action.yml'), actionYaml())
writeFileSync(join(root, 'action-types.yml'), actionTypesYaml())
const readme = join(root, 'README.md')
writeFileSync(readme, withTables(readFileSync(readme, 'utf8'), readmeTables()))
