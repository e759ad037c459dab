import { goProgram } from './go-program.ts'

/** The path of a real S3 server: versitygw on a folder. See {@link goProgram}. */
export async function versitygw(): Promise<string> {
  return await goProgram({
    name: 'versitygw',
    module: 'github.com/versity/versitygw/cmd/versitygw',
    version: 'v1.8.0',
  })
}
