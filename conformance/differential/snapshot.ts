/** The state of a namespace, as programs print it, part by part. */
export type Snapshot = ReadonlyMap<string, string>;
