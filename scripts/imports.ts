/** What a source file imports, read by a real parser: types, values, re-exports, dynamic imports and `import('…').T`. */
import { parseSync, Visitor } from 'rolldown/utils'

/** One import. `start` and `end` are the offsets of the specifier with its quotes. */
export interface ModuleRequest {
  readonly specifier: string
  readonly kind: 'static' | 'dynamic' | 'type'
  readonly start: number
  readonly end: number
}

/**
 * @param path its ending says the language
 * @throws Error when the file does not parse, or imports something that only the running program knows
 */
export function moduleRequests(path: string, source: string): readonly ModuleRequest[] {
  const { program, errors } = parseSync(path, source)
  const [error] = errors
  if (error !== undefined) throw new Error(`${path} does not parse: ${error.message}`)
  const found: ModuleRequest[] = []
  const add = (
    kind: ModuleRequest['kind'],
    { value, start, end }: { value: string; start: number; end: number },
  ) => found.push({ specifier: value, kind, start, end })
  new Visitor({
    ImportDeclaration: (node) => add(node.importKind === 'type' ? 'type' : 'static', node.source),
    ExportAllDeclaration: (node) => add(node.exportKind === 'type' ? 'type' : 'static', node.source),
    ExportNamedDeclaration(node) {
      if (node.source !== null) add(node.exportKind === 'type' ? 'type' : 'static', node.source)
    },
    ImportExpression({ source }) {
      if (source.type !== 'Literal' || typeof source.value !== 'string') {
        throw new Error(
          `${path} computes what it imports (offset ${source.start}). Write the path as one plain string.`,
        )
      }
      add('dynamic', { value: source.value, start: source.start, end: source.end })
    },
    TSImportType: (node) => add('type', node.source),
  }).visit(program)
  return found
}
