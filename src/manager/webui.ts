/** Where programs that make pictures look for models. */
import type { VolumeSection } from './types.ts'

/** Programs whose folders are known. */
export const WEBUIS = ['automatic1111', 'comfyui'] as const
/** `automatic1111`: also its forks, such as Forge, which kept the folders. */
export type Webui = (typeof WEBUIS)[number]

export type LinkFolders = Readonly<Record<VolumeSection, string>>

const PLAIN: LinkFolders = { checkpoints: 'checkpoints', loras: 'loras', embeddings: 'embeddings' }

const OF_WEBUI: Readonly<Record<Webui, LinkFolders>> = {
  automatic1111: {
    checkpoints: 'models/Stable-diffusion',
    loras: 'models/Lora',
    embeddings: 'embeddings',
  },
  comfyui: {
    checkpoints: 'models/checkpoints',
    loras: 'models/loras',
    embeddings: 'models/embeddings',
  },
}

/** Folders below the program's own one, `/` between segments. Undefined: the volume's own names. */
export function linkFolders(webui: Webui | undefined): LinkFolders {
  return webui === undefined ? PLAIN : OF_WEBUI[webui]
}

/** Every folder that links are ever made in. */
export const ALL_LINK_FOLDERS: readonly string[] = [PLAIN, ...Object.values(OF_WEBUI)].flatMap((folders) =>
  Object.values(folders),
)
