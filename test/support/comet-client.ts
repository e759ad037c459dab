import { Comet38Client } from '@cosmjs/tendermint-rpc'

/** Asks a node through a client that is not ours, which is gone afterwards. */
export async function withCometClient<T>(
  url: string,
  work: (client: Comet38Client) => Promise<T>,
): Promise<T> {
  const client = await Comet38Client.connect(url)
  try {
    return await work(client)
  } finally {
    client.disconnect()
  }
}
