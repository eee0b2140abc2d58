import type { ShownBucket } from "./bucket.ts";

/** A queueing discipline as the kernel shows it. */
export interface Qdisc {
  /** `tbf`, `htb`, `ingress`… */
  readonly kind: string;
  /** `1:`; `0:` for one that the kernel has put there by itself. */
  readonly handle: string;
  readonly isRoot: boolean;
  /** What a `tbf` or a `bfifo` is set to. */
  readonly bucket: ShownBucket;
}

/** A discipline as `tc -j -d -r qdisc show` prints it. */
interface RawQdisc {
  readonly kind?: string;
  readonly handle?: string;
  readonly root?: boolean;
  readonly options?: {
    readonly rate?: number;
    readonly burst_raw?: string;
    readonly limit?: number | string;
  };
}

/** A filter as the kernel shows it. */
export interface Filter {
  /** `u32`, `bpf`… */
  readonly kind: string;
  /** The links that it redirects to; `*` for one that is gone. */
  readonly redirects: readonly string[];
}

/** A filter as `tc -j filter show` prints it. */
interface RawFilter {
  readonly kind?: string;
  readonly options?: {
    readonly fh?: string;
    readonly ht_divisor?: number;
    readonly actions?: readonly { readonly to_dev?: string }[];
  };
}

/** Reads the JSON that `tc -j -d -r qdisc show` printed. */
export function parseQdiscs(value: unknown): readonly Qdisc[] {
  return (value as readonly RawQdisc[]).map(
    ({ kind = "", handle = "", root = false, options = {} }) => ({
      kind,
      handle,
      isRoot: root,
      bucket: {
        rateBytes: options.rate ?? 0,
        bufferTicks: parseInt(options.burst_raw ?? "", 16),
        limitBytes: Number(options.limit ?? NaN),
      },
    }),
  );
}

/** Reads the JSON that `tc -j filter show` printed. */
export function parseFilters(value: unknown): readonly Filter[] {
  return (value as readonly RawFilter[])
    // The others are tables that hold filters.
    .filter(({ options }) =>
      options !== undefined && options.ht_divisor === undefined
    )
    .map(({ kind = "", options }) => ({
      kind,
      redirects: (options?.actions ?? [])
        .flatMap(({ to_dev }) => to_dev === undefined ? [] : [to_dev]),
    }));
}

/**
 * Whether filters are those of an ADD: all of its kind, and none leads to
 * another link than this one, or one that is gone.
 */
export function redirectsOnlyTo(
  filters: readonly Filter[],
  name: string,
): boolean {
  return filters.every(({ kind, redirects }) =>
    kind === "u32" && redirects.every((one) => one === name || one === "*")
  );
}

/** The discipline that shapes what the container receives, if it is there. */
export function findShaper(qdiscs: readonly Qdisc[]): Qdisc | undefined {
  return qdiscs.find(({ kind, handle, isRoot }) =>
    isRoot && handle === "1:" && (kind === "tbf" || kind === "htb")
  );
}

/** The root discipline that someone else has set, if any. */
export function findForeignRoot(qdiscs: readonly Qdisc[]): Qdisc | undefined {
  const shaper = findShaper(qdiscs);
  return qdiscs.find((qdisc) =>
    qdisc.isRoot && qdisc.handle !== "0:" && qdisc !== shaper
  );
}

/** The discipline whose filters see what the container sends, if there is one. */
export function findIngress(qdiscs: readonly Qdisc[]): Qdisc | undefined {
  return qdiscs.find(({ handle }) => handle === "ffff:");
}
