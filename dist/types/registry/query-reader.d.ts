import { type ChainView, type StoreReader } from '../chain/index.js';
/**
 * A reader that answers `gms_` and the `ad_` records from the Query service.
 *
 * @throws R3mesError `CHAIN_RESPONSE_INVALID` from each read that the service has no method for
 */
export declare function queryReader(view: ChainView): Promise<StoreReader<'rpc'>>;
