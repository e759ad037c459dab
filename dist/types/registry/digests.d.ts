/** Which digest a record approves. */
import { type Digest } from '../core/index.js';
/** What records say about one artifact's bytes. */
export interface DigestClaims {
    /** In checked words: `model 1.0.0` */
    readonly subject: string;
    readonly checksum: string;
    /** The CID of every record that speaks of this artifact, with our name for the record; empty ones say nothing. */
    readonly cids: readonly {
        readonly record: string;
        readonly cid: string;
    }[];
}
export interface ApprovedDigest {
    readonly digest: Extract<Digest, {
        kind: 'sha256' | 'manifest';
    }>;
    /** In its usual spelling. */
    readonly cid: string | undefined;
    readonly notices: readonly string[];
}
/**
 * The digest that decides for an artifact. A SHA-256 decides wherever one is approved; a CID then only says where bytes
 * may be asked for.
 *
 * @throws R3mesError `DIGEST_MISSING`, `DIGEST_INVALID`, `DIGEST_WEAK`, `DIGEST_UNSUPPORTED`, `REGISTRY_INCONSISTENT`
 */
export declare function approvedDigest(claims: DigestClaims): ApprovedDigest;
