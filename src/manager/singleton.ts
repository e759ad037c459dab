import { ModelManager } from './model-manager.ts'

let made: ModelManager | undefined

/**
 * The manager of the volume that the environment names (`MODELS_BASE_PATH`, else `/workspace/models`), made when it is first used.
 *
 * @example
 * ```ts
 * const [checkpointPath, loraPaths] = await modelManager.prepareModelsForRequest(checkpoint, loras)
 * ```
 */
export const modelManager: ModelManager = new Proxy(Object.create(ModelManager.prototype) as ModelManager, {
  get(_target, property) {
    made ??= new ModelManager()
    const value: unknown = Reflect.get(made, property, made)
    return typeof value === 'function' ? value.bind(made) : value
  },
})
