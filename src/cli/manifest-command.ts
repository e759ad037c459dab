import { Command } from 'commander'
import { printableJson, sanitiseText } from '../core/index.ts'
import { formatSize, manifestOfFolder } from '../ensure/index.ts'

/** `r3mes manifest`: what to get approved for an artifact of several files. */
export function manifestCommand(): Command {
  return new Command('manifest')
    .description('Write the artifact manifest of a folder, and print the digest that a record has to carry.')
    .argument('<folder>', 'Folder that holds the files of one artifact.')
    .option('--json', 'Print the result as JSON.')
    .action(async (folder: string, { json }: { readonly json?: boolean }) => {
      const manifest = await manifestOfFolder(folder)
      if (json === true) {
        process.stdout.write(`${printableJson(manifest)}\n`)
        return
      }
      const files = `${manifest.files} files, ${formatSize(manifest.size)}`
      process.stdout.write(`${sanitiseText(`${manifest.digest}\n${files}: ${manifest.path}`)}\n`)
    })
}
