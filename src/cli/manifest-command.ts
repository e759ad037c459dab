import { Command } from 'commander'
import { printableJson } from '../core/index.ts'
import { formatSize, manifestOfFolder } from '../ensure/index.ts'
import { printLine } from './output.ts'

const HELP = `
It writes r3mes-manifest.json into the folder: path, size in bytes and SHA-256 of each file. Publish it beside them.

Examples:
  r3mes manifest ./my-model         manifest:<64 hexadecimal digits>, which the record has to carry
  r3mes manifest ./my-model --json  digest, path, number of files and bytes`

/** `r3mes manifest`: what to get approved for an artifact of several files. */
export function manifestCommand(): Command {
  return new Command('manifest')
    .description('Write the artifact manifest of a folder, and print the digest that a record has to carry.')
    .argument('<folder>', 'Folder that holds the files of one artifact.')
    .option('--json', 'Print the result as JSON.')
    .addHelpText('after', HELP)
    .action(async (folder: string, { json }: { readonly json?: boolean }) => {
      const manifest = await manifestOfFolder(folder)
      if (json === true) {
        await printLine(printableJson(manifest))
        return
      }
      const files = `${manifest.files} files, ${formatSize(manifest.size)}`
      await printLine(`${manifest.digest}\n${files}: ${manifest.path}`)
    })
}
