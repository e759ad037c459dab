/**
 * What the library's types need of undici, so that its users need not install it. Every dispatcher of undici 8 (`Agent`,
 * `ProxyAgent`, `EnvHttpProxyAgent`, …) is one of these.
 */
export interface Dispatcher {
  // Methods, not properties: their parameters are compared both ways, so undici's own narrower ones fit.
  dispatch(options: object, handler: object): boolean
  close(): Promise<void>
  destroy(): Promise<void>
}
