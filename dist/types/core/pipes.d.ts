/**
 * Lets a run outlive whoever reads its words: a pipe that closes early (`| head -1`) must not end a transfer or a rollback half-way.
 * A result that could not be written for another reason, such as a full disk, makes the exit code 1.
 */
export declare function outliveClosedPipes(): void;
