/** Hears the clocks of the hosts that a dispatcher asks, without getting in the way of what they say. */
import type { Dispatcher } from 'undici'
import { type Asking, clockOf } from './ask.ts'

type Handler = Dispatcher.DispatchHandler

function listening(handler: Handler, heard: (headers: Parameters<typeof clockOf>[0]) => void): Handler {
  return {
    onRequestStart: (...start) => handler.onRequestStart?.(...start),
    onRequestUpgrade: (...upgrade) => handler.onRequestUpgrade?.(...upgrade),
    onResponseStart: (controller, status, headers, message) => {
      heard(headers)
      handler.onResponseStart?.(controller, status, headers, message)
    },
    onResponseData: (...data) => handler.onResponseData?.(...data),
    onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
    onResponseError: (...error) => handler.onResponseError?.(...error),
  }
}

export function hearingClocks(dispatcher: Dispatcher, heard: Asking['heardClock']): Dispatcher {
  return dispatcher.compose((dispatch) => (options, handler) => {
    const askedAt = Date.now()
    const { host } = new URL(String(options.origin))
    return dispatch(
      options,
      listening(handler, (headers) => {
        const reading = clockOf(headers, askedAt, Date.now())
        if (reading !== undefined) heard(host, reading)
      }),
    )
  })
}
