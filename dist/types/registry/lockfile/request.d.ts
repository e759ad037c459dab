/** The request of a lockfile: what was asked, as it would be typed again. */
import type { RawRequest } from '../request.js';
import type { Request } from '../types.js';
import type { LockedRequest } from './types.js';
/** What `parseRequest` takes, so that a lockfile can be checked and updated without naming everything again. */
export declare function rawRequestOf(request: LockedRequest): RawRequest;
/** What was asked, for the lockfile. Adapters that a job has in memory and pins of one machine are not part of it. */
export declare function lockedRequestOf(request: Request): LockedRequest;
