import { goProgram } from './go-program.ts'

/** The path of act, which runs workflows as GitHub's runner does, here without containers. See {@link goProgram}. */
export async function act(): Promise<string> {
  return await goProgram({ name: 'act', module: 'github.com/nektos/act', version: 'v0.2.89' })
}
