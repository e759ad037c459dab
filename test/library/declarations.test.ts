import { describe, expect, it } from 'vitest'
import { declarations } from '../../scripts/declarations.ts'
import { root } from '../support/project.ts'

describe('the declarations of the library', () => {
  const declared = declarations(root, 'tsconfig.types.json', ['index.d.ts'])
  const own = [...declared].filter(([path]) => path.startsWith('library/'))

  it('are all that its door leads to, and need no package', () => {
    expect(own.map(([path]) => path)).toContain('library/unified-registry.d.ts')
    for (const [path, text] of own) {
      expect(text, path).not.toMatch(/undici|@cosmjs|@bufbuild|[:<|] *any\b/)
    }
  })

  it('keep what registries share to themselves', () => {
    const door = declared.get('library/index.d.ts') ?? ''
    expect(door).toContain('UnifiedRegistry')
    expect(door).not.toMatch(/\bSession\b|chainInputs|gatewayInputs|LeaseKeeper/)
  })
})
