/**
 * Regenerates what is derived: `src/gen` from `proto/` with buf and protoc-gen-es, both from node_modules and offline, and
 * action.yml, action-types.yml and the tables of the documents from `src/ensure/inputs.ts` and `src/manager/volume-inputs.ts`.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import {
  actionTypesYaml,
  actionYaml,
  readmeTables,
  volumeActionTypesYaml,
  volumeActionYaml,
  volumeTables,
  withTables,
} from './metadata.ts'

const root = join(import.meta.dirname, '..')
rmSync(join(root, 'src/gen'), { recursive: true, force: true })
execFileSync(process.execPath, [join(root, 'node_modules/@bufbuild/buf/bin/buf'), 'generate'], {
  cwd: join(root, 'proto'),
  stdio: 'inherit',
  env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env['PATH']}` },
})

mkdirSync(join(root, 'volume'), { recursive: true })
writeFileSync(join(root, 'action.yml'), actionYaml())
writeFileSync(join(root, 'action-types.yml'), actionTypesYaml())
writeFileSync(join(root, 'volume/action.yml'), volumeActionYaml())
writeFileSync(join(root, 'volume/action-types.yml'), volumeActionTypesYaml())
for (const [document, tables] of [
  ['README.md', readmeTables()],
  ['docs/volume.md', volumeTables()],
] as const) {
  const path = join(root, document)
  writeFileSync(path, withTables(readFileSync(path, 'utf8'), tables))
}
