import { Command } from 'commander'
import { cleanupCommand } from './volume/cleanup.ts'
import { getCommand } from './volume/get.ts'
import { linkCommand } from './volume/link.ts'
import { lsCommand } from './volume/ls.ts'
import { prepareCommand } from './volume/prepare.ts'
import { promptCommand } from './volume/prompt.ts'
import { statsCommand } from './volume/stats.ts'

const HELP = `
A volume is a folder that several machines may share: /workspace/models, or what MODELS_BASE_PATH or --base names. No chain is asked:
right is what has the SHA-256 that you name. The Python manager may use the same volume at the same time.

Examples:
  r3mes volume get https://huggingface.co/owner/name/resolve/main/detail.safetensors \\
    --sha256 0d9b…64 digits… --as lora/detail
  r3mes volume prepare request.json
  r3mes volume link --to /opt/ComfyUI --webui comfyui
  r3mes volume cleanup --dry-run

Read on: docs/volume.md`

/** `r3mes volume`: checkpoints, LoRAs and embeddings by URL and hash. */
export function volumeCommand(): Command {
  const command = new Command('volume')
    .description('Keep checkpoints, LoRAs and embeddings on a volume, by URL and SHA-256.')
    .addHelpText('after', HELP)
  const commands = [
    getCommand(),
    prepareCommand(),
    promptCommand(),
    lsCommand(),
    statsCommand(),
    cleanupCommand(),
    linkCommand(),
  ]
  for (const each of commands) command.addCommand(each)
  return command
}
